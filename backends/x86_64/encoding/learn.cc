#include "backends/x86_64/encoding/learn.h"

#include <bit>
#include <cstring>
#include <utility>

#include "backends/x86_64/encoding/encode.h"
#include "backends/x86_64/encoding/samples.h"

namespace emu::backends::x86_64 {
namespace {

bool IsReg(Kind kind) { return kind >= Kind::kGpr8 && kind <= Kind::kYmm; }

bool IsLegacyPrefix(uint8_t byte) { return byte == 0xf0 || byte == 0x66 || byte == 0xf2 || byte == 0xf3; }

// Learns one form. Each step returns false with why_ set if MC's bytes do not look as expected.
class Learner {
 public:
  Learner(const McEncoder& mc, unsigned opcode, std::string* why) : mc_(mc), opcode_(opcode), why_(why) {}

  std::optional<Form> Learn() {
    std::optional<std::vector<Kind>> kinds = mc_.Kinds(opcode_, why_);
    if (!kinds) return std::nullopt;
    kinds_ = *std::move(kinds);
    base_ = mc_.Encode(opcode_, Operands()).bytes;
    if (!Signatures() || !ImmSize() || !SplitBase() || !Registers() || !Condition()) return std::nullopt;
    return form_;
  }

 private:
  bool Fail(const char* why) {
    *why_ = why;
    return false;
  }

  bool Has(bool (*is)(Kind)) const {
    for (Kind kind : kinds_) {
      if (is(kind)) return true;
    }
    return false;
  }

  bool Signatures() {
    if (kinds_.size() > 4) return Fail("more than four operands");
    for (size_t i = 0; i < kinds_.size(); ++i) form_.signature |= static_cast<unsigned>(kinds_[i]) << (4 * i);
    return true;
  }

  // The immediate is what changes when it goes from all zeros to all ones; a branch distance is what MC leaves open.
  bool ImmSize() {
    Operands ones;
    ones.imm = -1;
    McEncoder::Bytes other = mc_.Encode(opcode_, ones);
    if (other.bytes.size() != base_.size()) return Fail("the length depends on the immediate");
    size_t first = base_.size() - other.rel_bytes;
    while (first > 0 && base_[first - 1] != other.bytes[first - 1]) --first;
    form_.imm_bytes = static_cast<uint8_t>(base_.size() - first);
    return true;
  }

  bool SplitBase() {
    size_t at = 0;
    // Without register fields there is nothing to insert, so all is tail.
    if (Has(IsReg) || Has([](Kind kind) { return kind == Kind::kMem; })) at = SplitPrefixes();
    size_t end = base_.size() - form_.imm_bytes;
    if (end <= at || end - at > 4) return Fail("opcode and ModRM are not 1 to 4 bytes");
    tail_at_ = at;
    form_.tail_bytes = static_cast<uint8_t>(end - at);
    form_.field_shift = static_cast<uint8_t>(8 * (form_.tail_bytes - 1));
    std::memcpy(&form_.tail, &base_[at], form_.tail_bytes);
    return true;
  }

  // Takes the prefixes from the front of base_; returns how many bytes they are.
  size_t SplitPrefixes() {
    if (base_[0] == 0xc5 || base_[0] == kVex || base_[0] == kEvex) return SplitVex();
    size_t at = 0;
    for (; at < 2 && IsLegacyPrefix(base_[at]); ++at) form_.prefix |= base_[at] << (8 * at);
    form_.prefix_bytes = static_cast<uint8_t>(at);
    if ((base_[at] & 0xf0) == 0x40) form_.rex = base_[at++];
    return at;
  }

  size_t SplitVex() {
    bool is_short = base_[0] == 0xc5;
    form_.vex = is_short ? kVex : base_[0];
    form_.prefix = is_short ? 1 : base_[1] & 0x1f;
    form_.rex = is_short ? base_[1] & 0x07 : base_[2] & 0x87;
    return is_short ? 2 : 3;
  }

  // The position in base_ of the only bit that differs in `other`; its byte and bit numbers.
  std::optional<std::pair<size_t, int>> OneBit(const std::vector<uint8_t>& other) const {
    std::optional<std::pair<size_t, int>> result;
    if (other.size() != base_.size()) return std::nullopt;
    for (size_t i = 0; i < base_.size(); ++i) {
      uint8_t difference = base_[i] ^ other[i];
      if (difference == 0) continue;
      if (result || std::popcount(difference) != 1) return std::nullopt;
      result = {i, std::countr_zero(difference)};
    }
    return result;
  }

  bool Registers() {
    int ordinal = 0;
    for (Kind kind : kinds_) {
      if (!IsReg(kind)) continue;
      if (ordinal == 3) return Fail("more than three registers");
      if (!RegisterSlot(ordinal)) return false;
      form_.byte_rex[ordinal] = kind == Kind::kGpr8 ? 0x40 : 0;
      ++ordinal;
    }
    return true;
  }

  // Register 1 in place of 0 shows where the number's low bit is: in the last byte of the tail (ModRM.reg at bit 3,
  // ModRM.rm or the opcode's own field at bit 0) or in VEX.vvvv (bit 3 of the last prefix byte).
  bool RegisterSlot(int ordinal) {
    Operands one;
    one.regs[ordinal] = 1;
    auto bit = OneBit(mc_.Encode(opcode_, one).bytes);
    if (!bit) return Fail("a register's number is not in one place");
    if (bit->first == tail_at_ + form_.tail_bytes - 1 && (bit->second == 0 || bit->second == 3)) {
      form_.slot[ordinal] = bit->second == 3 ? kSlotReg : kSlotRm;
      return true;
    }
    if (form_.vex == 0 || bit->first != tail_at_ - 1 || bit->second != 3)
      return Fail("a register is in no known field");
    form_.slot[ordinal] = kSlotVvvv;
    return true;
  }

  bool Condition() {
    const bool rounds = Has([](Kind kind) { return kind == Kind::kRounding; });
    if (!rounds && !Has([](Kind kind) { return kind == Kind::kCond; })) return true;
    Operands one;
    (rounds ? one.rounding : one.cond) = 1;
    auto bit = OneBit(mc_.Encode(opcode_, one).bytes);
    if (!bit || bit->first < tail_at_) return Fail("the condition or the rounding is in no known field");
    form_.cond_shift = static_cast<uint8_t>(8 * (bit->first - tail_at_) + static_cast<size_t>(bit->second));
    return true;
  }

  const McEncoder& mc_;
  unsigned opcode_;
  std::string* why_;
  std::vector<Kind> kinds_;
  std::vector<uint8_t> base_;  // with every register 0, the address [rax] and zeros
  size_t tail_at_ = 0;
  Form form_ = {};
};

std::string Hex(const std::vector<uint8_t>& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : bytes) text += {kDigits[byte >> 4], kDigits[byte & 15], ' '};
  return text;
}

}  // namespace

std::optional<Form> LearnForm(const McEncoder& mc, unsigned opcode, std::string* why) {
  return Learner(mc, opcode, why).Learn();
}

std::vector<uint8_t> EncodeByForm(const Form& form, const Operands& operands) {
  uint8_t buffer[2 * kEncodeSlack];
  Fields fields;
  bool mem = false;
  int regs = 0;
  uint32_t cond = 0;
  for (int i = 0; i < 4; ++i) {
    if (IsReg(form.kind(i))) {
      fields.Add(form, regs, operands.regs[regs]);
      ++regs;
    }
    mem |= form.kind(i) == Kind::kMem;
    if (form.kind(i) == Kind::kCond) cond = operands.cond;
    if (form.kind(i) == Kind::kRounding) cond = operands.rounding;
  }
  uint8_t* end = mem        ? EncodeMem(form, fields, operands.mem, cond, buffer)
                 : regs > 0 ? EncodeRegs(form, fields, cond, buffer)
                            : EncodePlain(form, cond, buffer);
  end = EncodeImm(form, operands.imm, end);
  return std::vector<uint8_t>(buffer, end);
}

bool CheckForm(const McEncoder& mc, unsigned opcode, const Form& form, int samples, std::string* why) {
  Samples source(opcode);
  for (int n = 0; n < samples; ++n) {
    Operands operands = source.Next(n, form.imm_bytes);
    McEncoder::Bytes expected = mc.Encode(opcode, operands);
    // MC leaves branch distances zero, to be fixed up.
    if (expected.rel_bytes != 0) operands.imm = 0;
    std::vector<uint8_t> actual = EncodeByForm(form, operands);
    if (actual != expected.bytes) {
      *why = "sample " + std::to_string(n) + ": LLVM writes " + Hex(expected.bytes) + "and the rule " + Hex(actual);
      return false;
    }
  }
  return true;
}

}  // namespace emu::backends::x86_64
