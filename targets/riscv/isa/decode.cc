#include "targets/riscv/isa/decode.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <vector>

namespace emu::riscv {
namespace {

namespace table {
#define EMU_RISCV_EXTENSION(Enumerator, name) constexpr uint64_t Enumerator = Bit(Extension::k##Enumerator);
#include "targets/riscv/isa/extensions.def"
#undef EMU_RISCV_EXTENSION

constexpr DecodeLine kLines[] = {
#define EMU_RISCV_INSN(Id, mnemonic, bits, immediate, extensions, xlen, Method) \
  LineParser::Parse(mnemonic, bits, immediate, "", extensions, xlen, 4),
#include "targets/riscv/isa/isa32.def"
#undef EMU_RISCV_INSN
#define EMU_RISCV_INSN16(Id, mnemonic, bits, immediate, rules, extensions, xlen, Method) \
  LineParser::Parse(mnemonic, bits, immediate, rules, extensions, xlen, 2),
#include "targets/riscv/isa/isa16.def"
#undef EMU_RISCV_INSN16
};
}  // namespace table

constexpr uint8_t kNoLine = 0xff;

// Finds lines for one register width. 32-bit words: their major opcode, funct3 and five highest bits name a bucket with
// one to three lines, most fixed bits first. Compressed words: every one has its entry.
class Lookup {
 public:
  explicit Lookup(uint8_t xlen);
  absl::Span<const uint16_t> Bucket(uint32_t bits) const {
    const unsigned b = BucketOf(bits);
    return absl::MakeConstSpan(lines_).subspan(first_[b], first_[b + 1] - first_[b]);
  }
  // Relative to the first compressed line.
  uint8_t Compressed(uint32_t bits) const { return compressed_[bits & 0xffff]; }
  unsigned first_compressed() const { return first_compressed_; }

 private:
  static constexpr unsigned kBuckets = 1u << 13;
  static constexpr uint32_t kBucketBits = 0xf800707c;
  static constexpr unsigned BucketOf(uint32_t bits) {
    return (bits >> 2 & 31) | (bits >> 12 & 7) << 5 | bits >> 27 << 8;
  }
  static constexpr uint32_t WordOf(unsigned bucket) {
    return (bucket & 31) << 2 | (bucket >> 5 & 7) << 12 | bucket >> 8 << 27;
  }
  void FillBuckets(uint8_t xlen);
  void FillCompressed(uint8_t xlen);

  std::vector<uint16_t> first_;
  std::vector<uint16_t> lines_;
  std::vector<uint8_t> compressed_;
  unsigned first_compressed_ = 0;
};

bool ExistsIn(const DecodeLine& line, uint8_t xlen) { return line.xlen == 0 || line.xlen == xlen; }

Lookup::Lookup(uint8_t xlen) {
  while (table::kLines[first_compressed_].length == 4) ++first_compressed_;
  FillBuckets(xlen);
  FillCompressed(xlen);
}

void Lookup::FillBuckets(uint8_t xlen) {
  std::vector<uint16_t> order;
  for (unsigned i = 0; i < first_compressed_; ++i) {
    if (ExistsIn(table::kLines[i], xlen)) order.push_back(static_cast<uint16_t>(i));
  }
  std::stable_sort(order.begin(), order.end(), [](uint16_t a, uint16_t b) {
    return std::popcount(table::kLines[a].mask) > std::popcount(table::kLines[b].mask);
  });
  for (unsigned bucket = 0; bucket < kBuckets; ++bucket) {
    first_.push_back(static_cast<uint16_t>(lines_.size()));
    for (uint16_t i : order) {
      const DecodeLine& line = table::kLines[i];
      if (((WordOf(bucket) ^ line.match) & line.mask & kBucketBits) == 0) lines_.push_back(i);
    }
  }
  first_.push_back(static_cast<uint16_t>(lines_.size()));
}

void Lookup::FillCompressed(uint8_t xlen) {
  compressed_.assign(1u << 16, kNoLine);
  for (unsigned i = first_compressed_; i < kInsnCount; ++i) {
    const DecodeLine& line = table::kLines[i];
    if (!ExistsIn(line, xlen)) continue;
    for (uint32_t free = ~line.mask & 0xffff, subset = free;; subset = (subset - 1) & free) {
      if (line.Matches(line.match | subset)) {
        compressed_[line.match | subset] = static_cast<uint8_t>(i - first_compressed_);
      }
      if (subset == 0) break;
    }
  }
}

// Made when it is first asked for: most runs need only one.
template <uint8_t xlen>
const Lookup& TheLookup() {
  static const Lookup* const kLookup = new Lookup(xlen);
  return *kLookup;
}
const Lookup& LookupFor(uint8_t xlen) { return xlen == 32 ? TheLookup<32>() : TheLookup<64>(); }

Insn Find32(uint32_t bits, const IsaConfig& isa) {
  for (uint16_t i : LookupFor(isa.xlen).Bucket(bits)) {
    const DecodeLine& line = table::kLines[i];
    if (((bits ^ line.match) & line.mask) == 0 && isa.HasAll(line.extensions)) return static_cast<Insn>(i);
  }
  return Insn::kNone;
}

Insn Find16(uint32_t bits, const IsaConfig& isa) {
  const Lookup& lookup = LookupFor(isa.xlen);
  const uint8_t found = lookup.Compressed(bits);
  if (found == kNoLine) return Insn::kNone;
  const unsigned i = lookup.first_compressed() + found;
  return isa.HasAll(table::kLines[i].extensions) ? static_cast<Insn>(i) : Insn::kNone;
}

}  // namespace

const DecodeLine& LineOf(Insn insn) { return table::kLines[static_cast<unsigned>(insn)]; }
absl::Span<const DecodeLine> DecodeLines() { return table::kLines; }

bool Decode(uint32_t bits, const IsaConfig& isa, Decoded* out) {
  const unsigned length = InsnLength(bits);
  if (length == 2) bits &= 0xffff;
  *out = Decoded{};
  out->bits = bits;
  out->length = static_cast<uint8_t>(length);
  const Insn id = length == 2 ? Find16(bits, isa) : Find32(bits, isa);
  if (id == Insn::kNone) return false;
  const DecodeLine& line = LineOf(id);
  out->rm = line.has_rm ? bits >> 12 & 7 : 0;
  if (out->rm == 5 || out->rm == 6) return false;  // reserved: "Floating-Point Control and Status Register"
  out->id = id;
  out->rd = line.rd.Extract(bits);
  out->rs1 = line.rs1.Extract(bits);
  out->rs2 = line.rs2.Extract(bits);
  out->rs3 = line.rs3.Extract(bits);
  out->aq = line.has_aqrl && (bits >> 26 & 1) != 0;
  out->rl = line.has_aqrl && (bits >> 25 & 1) != 0;
  out->imm = line.Immediate(bits);
  return true;
}

}  // namespace emu::riscv
