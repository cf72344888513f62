// One line of the instruction tables in the form that decoding uses, and its making from the line's strings. That
// happens at compile time: a wrong count of bits, a field out of place or an immediate that does not fit its i's is a
// compile error.
#ifndef EMU_TARGETS_RISCV_ISA_DECODE_LINE_H_
#define EMU_TARGETS_RISCV_ISA_DECODE_LINE_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "targets/riscv/isa/isa_config.h"

namespace emu::riscv {

// value = (bits >> shift & mask) + base: a five-bit field, a three-bit one (x8-x15), or a number that the encoding
// implies.
struct RegisterField {
  uint8_t shift = 0;
  uint8_t mask = 0;
  uint8_t base = 0;
  constexpr uint8_t Extract(uint32_t bits) const { return static_cast<uint8_t>((bits >> shift & mask) + base); }
};

// Consecutive bits of the immediate that are consecutive in the instruction.
struct ImmediatePiece {
  uint32_t mask = 0;
  uint8_t from = 0;
  uint8_t to = 0;
};

// The bits under `mask` must not be `value`.
struct Exclusion {
  uint32_t mask = 0;
  uint32_t value = 0;
};

inline constexpr unsigned kMaxPieces = 8;
inline constexpr unsigned kMaxExclusions = 2;

struct DecodeLine {
  absl::string_view mnemonic;
  uint64_t extensions = 0;
  uint32_t mask = 0;
  uint32_t match = 0;
  RegisterField rd, rs1, rs2, rs3;
  uint8_t length = 4;
  uint8_t xlen = 0;            // 0: any
  uint8_t immediate_bits = 0;  // width of a signed immediate; 0: unsigned or none
  uint8_t piece_count = 0;
  uint8_t exclusion_count = 0;
  bool has_rm = false;
  bool has_aqrl = false;
  ImmediatePiece pieces[kMaxPieces];
  Exclusion exclusions[kMaxExclusions];

  constexpr bool Matches(uint32_t bits) const {
    if ((bits & mask) != match) return false;
    for (unsigned i = 0; i < exclusion_count; ++i) {
      if ((bits & exclusions[i].mask) == exclusions[i].value) return false;
    }
    return true;
  }

  constexpr int32_t Immediate(uint32_t bits) const {
    uint32_t value = 0;
    for (unsigned i = 0; i < piece_count; ++i) value |= (bits >> pieces[i].from & pieces[i].mask) << pieces[i].to;
    if (immediate_bits == 0) return static_cast<int32_t>(value);
    return static_cast<int32_t>(value << (32 - immediate_bits)) >> (32 - immediate_bits);
  }
};

// Turns the strings of a table line into a DecodeLine. To `throw` while the compiler evaluates is to reject the table.
class LineParser {
 public:
  static constexpr DecodeLine Parse(absl::string_view mnemonic, absl::string_view bits, absl::string_view immediate,
                                    absl::string_view rules, uint64_t extensions, uint8_t xlen, uint8_t length) {
    LineParser p;
    p.line_.mnemonic = mnemonic;
    p.line_.extensions = extensions;
    p.line_.xlen = xlen;
    p.line_.length = length;
    p.Bits(bits);
    p.Registers();
    p.Immediate(immediate);
    p.Rules(rules);
    return p.line_;
  }

 private:
  // Bits of the word that each letter stands for.
  constexpr uint32_t& Where(char letter) { return where_[letter - 'a']; }

  constexpr void Bits(absl::string_view text) {
    unsigned position = line_.length * 8;
    for (char c : text) {
      if (c == ' ') continue;
      if (position == 0) throw "too many bits";
      Bit(c, uint32_t{1} << --position);
    }
    if (position != 0) throw "too few bits";
    if (((line_.match & 3) == 3) != (line_.length == 4)) throw "the two lowest bits tell the length";
  }

  constexpr void Bit(char c, uint32_t bit) {
    if (c == '0' || c == '1') {
      line_.mask |= bit;
      if (c == '1') line_.match |= bit;
      return;
    }
    if (!Known(c)) throw "unknown field letter";
    Where(c) |= bit;
  }

  static constexpr bool Known(char letter) {
    for (char c : absl::string_view("dstubimal")) {
      if (c == letter) return true;
    }
    return false;
  }

  constexpr void Registers() {
    const bool both = Where('b') != 0;
    if (both && (Where('d') | Where('s')) != 0) throw "b already stands for d and s";
    line_.rd = Register(both ? 'b' : 'd', 7);
    line_.rs1 = Register(both ? 'b' : 's', 15);
    line_.rs2 = Register('t', 20);
    line_.rs3 = Register('u', 27);
    line_.has_rm = Fixed('m', 0x7000);
    line_.has_aqrl = Fixed('a', uint32_t{1} << 26);
    if (Fixed('l', uint32_t{1} << 25) != line_.has_aqrl) throw "aq without rl";
  }

  constexpr RegisterField Register(char letter, unsigned wide_position) {
    const uint32_t field = Where(letter);
    if (field == 0) return {};
    unsigned shift = 0;
    while ((field >> shift & 1) == 0) ++shift;
    if (line_.length == 4 && shift != wide_position) throw "register field out of place";
    const uint32_t mask = field >> shift;
    if (mask != 31 && mask != 7) throw "a register field has five or three bits";
    return {static_cast<uint8_t>(shift), static_cast<uint8_t>(mask), static_cast<uint8_t>(mask == 7 ? 8 : 0)};
  }

  constexpr bool Fixed(char letter, uint32_t place) {
    if (Where(letter) != 0 && Where(letter) != place) throw "field out of place";
    return Where(letter) != 0;
  }

  // "s12|10:5|4:1|11": the i's from the left are these bits of the immediate.
  constexpr void Immediate(absl::string_view text) {
    if (text.empty()) {
      if (Where('i') != 0) throw "an immediate without its layout";
      return;
    }
    if (text[0] != 's' && text[0] != 'u') throw "s or u";
    uint32_t left = Where('i');
    unsigned highest = 0;
    size_t at = 1;
    while (at < text.size()) {
      const unsigned high = Number(text, &at);
      unsigned low = high;
      if (at < text.size() && text[at] == ':') low = Number(text, &++at);
      if (at < text.size() && text[at++] != '|') throw "expected |";
      if (high > highest) highest = high;
      for (int bit = static_cast<int>(high); bit >= static_cast<int>(low); --bit) left = Piece(left, bit);
    }
    if (left != 0) throw "more i's than bits of the immediate";
    line_.immediate_bits = text[0] == 's' ? highest + 1 : 0;
  }

  // The highest bit of `left` is bit `to` of the immediate. Gives what remains of `left`.
  constexpr uint32_t Piece(uint32_t left, int to) {
    if (left == 0) throw "fewer i's than bits of the immediate";
    int from = 31;
    while ((left >> from & 1) == 0) --from;
    ImmediatePiece* last = line_.piece_count == 0 ? nullptr : &line_.pieces[line_.piece_count - 1];
    if (last != nullptr && last->from == from + 1 && last->to == to + 1) {
      *last = {last->mask << 1 | 1, static_cast<uint8_t>(from), static_cast<uint8_t>(to)};
    } else {
      if (line_.piece_count == kMaxPieces) throw "an immediate in too many pieces";
      line_.pieces[line_.piece_count++] = {1, static_cast<uint8_t>(from), static_cast<uint8_t>(to)};
    }
    return left & ~(uint32_t{1} << from);
  }

  // "s=2 d!=0": what the encoding implies, and what it excludes.
  constexpr void Rules(absl::string_view text) {
    size_t at = 0;
    while (at < text.size()) {
      const char letter = text[at++];
      const bool exclude = text[at] == '!';
      if (exclude) ++at;
      if (text[at++] != '=') throw "expected =";
      const unsigned number = Number(text, &at);
      if (exclude) {
        Exclude(letter, number);
      } else {
        Implied(letter).base = static_cast<uint8_t>(number);
      }
      if (at < text.size() && text[at++] != ' ') throw "expected a blank";
    }
  }

  constexpr RegisterField& Implied(char letter) {
    if (letter != 'd' && letter != 's' && letter != 't') throw "only d, s and t can be implied";
    RegisterField& field = letter == 'd' ? line_.rd : letter == 's' ? line_.rs1 : line_.rs2;
    if (field.mask != 0) throw "a field that is there cannot be implied";
    return field;
  }

  constexpr void Exclude(char letter, unsigned number) {
    const uint32_t mask = Where(letter);
    if (mask == 0) throw "no such field";
    if (letter == 'i' && number != 0) throw "an immediate can only exclude zero";
    if (line_.exclusion_count == kMaxExclusions) throw "too many exclusions";
    uint32_t lowest = mask & (~mask + 1);
    line_.exclusions[line_.exclusion_count++] = {mask, number * lowest};
  }

  static constexpr unsigned Number(absl::string_view text, size_t* at) {
    unsigned value = 0;
    const size_t start = *at;
    while (*at < text.size() && text[*at] >= '0' && text[*at] <= '9') value = value * 10 + (text[(*at)++] - '0');
    if (*at == start) throw "expected a number";
    return value;
  }

  DecodeLine line_;
  uint32_t where_[26] = {};
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_ISA_DECODE_LINE_H_
