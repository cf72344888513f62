// Writes one instruction by its Form. The generator checks these very functions against LLVM MC, and the emitter
// uses them: nothing else in the house knows how x86-64 is encoded.
#ifndef EMU_BACKENDS_X86_64_ENCODING_ENCODE_H_
#define EMU_BACKENDS_X86_64_ENCODING_ENCODE_H_

#include <cassert>
#include <cstdint>
#include <cstring>

#include "backends/x86_64/encoding/form.h"
#include "backends/x86_64/encoding/operands.h"

namespace emu::backends::x86_64 {

// The functions below store whole words and advance by the bytes meant: this many must be writable.
inline constexpr int kEncodeSlack = 24;

// Register operands gathered for one instruction.
struct Fields {
  uint32_t bits = 0;  // numbers at their slots
  uint32_t rex = 0;   // 0x40 if a byte register asks for a REX

  // Adds the register operand of ordinal `i`.
  void Add(const Form& form, int i, uint8_t number) {
    bits |= static_cast<uint32_t>(number) << form.slot[i];
    rex |= number >= 4 ? form.byte_rex[i] : 0;
  }
  uint32_t reg() const { return bits & 15; }
  uint32_t rm() const { return bits >> 4 & 15; }
  uint32_t vvvv() const { return bits >> 8 & 15; }
};

namespace encode_internal {

inline uint8_t* Store64(uint8_t* p, uint64_t value, int advance) {
  std::memcpy(p, &value, 8);
  return p + advance;
}

inline uint8_t* Store32(uint8_t* p, uint32_t value, int advance) {
  std::memcpy(p, &value, 4);
  return p + advance;
}

// Prefixes (VEX included) and `tail` of `bytes` bytes. `r`, `x`, `b` are the top bits of the register numbers.
inline uint8_t* HeadLegacy(const Form& form, uint64_t tail, int bytes, uint32_t rxb, uint32_t force_rex, uint8_t* p) {
  uint32_t rex = form.rex | rxb | force_rex;
  int rex_bits = rex != 0 ? 8 : 0;
  rex = rex != 0 ? rex | 0x40 : 0;
  uint64_t head = tail << rex_bits | rex;
  head = head << (8 * form.prefix_bytes) | form.prefix;
  return Store64(p, head, form.prefix_bytes + (rex_bits >> 3) + bytes);
}

// The two-byte VEX says map 0F, W 0, X 0 and B 0 by its absence of those fields (Intel SDM vol. 2, 2.3.5). The first
// three bytes of EVEX have their fields where the long VEX has them (2.7.1).
inline uint8_t* HeadVex(const Form& form, uint64_t tail, int bytes, uint32_t rxb, uint32_t vvvv, uint8_t* p) {
  uint32_t last = form.rex | (~vvvv & 15) << 3;
  uint32_t not_rxb = (~rxb & 7) << 5;
  if (form.vex == kVex && (rxb & 3) == 0 && form.prefix == 1 && form.rex < 0x80) {
    return Store64(p, 0xc5 | ((not_rxb & 0x80) | last) << 8 | tail << 16, bytes + 2);
  }
  return Store64(p, form.vex | (not_rxb | form.prefix) << 8 | last << 16 | tail << 24, bytes + 3);
}

inline uint8_t* Head(const Form& form, uint64_t tail, int bytes, uint32_t rxb, const Fields& fields, uint8_t* p) {
  if (form.vex != 0) return HeadVex(form, tail, bytes, rxb, fields.vvvv(), p);
  return HeadLegacy(form, tail, bytes, rxb, fields.rex, p);
}

}  // namespace encode_internal

// An instruction without operands (or with only a condition and an immediate); the immediate is not written.
inline uint8_t* EncodePlain(const Form& form, uint32_t cond, uint8_t* p) {
  uint64_t tail = static_cast<uint64_t>(form.tail) | cond << form.cond_shift;
  return encode_internal::HeadLegacy(form, tail, form.tail_bytes, 0, 0, p);
}

// All operands in registers; the immediate is not written.
inline uint8_t* EncodeRegs(const Form& form, const Fields& fields, uint32_t cond, uint8_t* p) {
  uint32_t modrm = (fields.reg() & 7) << 3 | (fields.rm() & 7);
  uint64_t tail = static_cast<uint64_t>(form.tail) | modrm << form.field_shift | cond << form.cond_shift;
  uint32_t rxb = fields.reg() >> 3 << 2 | fields.rm() >> 3;
  return encode_internal::Head(form, tail, form.tail_bytes, rxb, fields, p);
}

// ModRM, SIB and the number of displacement bytes of an address (Intel SDM vol. 2, tables 2-2 and 2-3).
struct Address {
  uint32_t modrm;  // ModRM | SIB << 8
  int sib_bytes;
  int disp_bytes;
  uint32_t xb;  // top bits of index and base
};

inline Address EncodeBased(const Mem& mem) {
  uint32_t base = static_cast<uint32_t>(mem.base);
  uint32_t low = base & 7;
  // Base field 5 (rbp, r13) with mod 0 means "no base", so those need a displacement.
  bool none = mem.disp == 0 && low != 5;
  bool small = mem.disp == static_cast<int8_t>(mem.disp);
  uint32_t mod = none ? 0x00 : small ? 0x40 : 0x80;
  int disp_bytes = none ? 0 : small ? 1 : 4;
  if (mem.index < 0 && low != 4) return {mod | low, 0, disp_bytes, base >> 3};
  // An index field of 4 (rsp) means "no index".
  uint32_t index = mem.index < 0 ? 4 : static_cast<uint32_t>(mem.index);
  uint32_t sib = static_cast<uint32_t>(__builtin_ctz(mem.scale)) << 6 | (index & 7) << 3 | low;
  return {mod | 4 | sib << 8, 1, disp_bytes, index >> 3 << 1 | base >> 3};
}

inline Address EncodeBaseless(const Mem& mem) {
  if (mem.base == Mem::kRip) return {5, 0, 4, 0};
  uint32_t index = mem.index < 0 ? 4 : static_cast<uint32_t>(mem.index);
  uint32_t sib = static_cast<uint32_t>(__builtin_ctz(mem.scale)) << 6 | (index & 7) << 3 | 5;
  return {4 | sib << 8, 1, 4, index >> 3 << 1};
}

// One operand in memory; the immediate is not written.
inline uint8_t* EncodeMem(const Form& form, const Fields& fields, const Mem& mem, uint32_t cond, uint8_t* p) {
  assert(mem.index != 4 && "rsp cannot be an index");
  Address address = static_cast<uint8_t>(mem.base) < 16 ? EncodeBased(mem) : EncodeBaseless(mem);
  uint64_t modrm = address.modrm | (fields.reg() & 7) << 3;
  uint64_t tail = form.tail | modrm << form.field_shift | static_cast<uint64_t>(cond) << form.cond_shift;
  uint32_t rxb = fields.reg() >> 3 << 2 | address.xb;
  p = encode_internal::Head(form, tail, form.tail_bytes + address.sib_bytes, rxb, fields, p);
  return encode_internal::Store32(p, static_cast<uint32_t>(mem.disp), address.disp_bytes);
}

inline uint8_t* EncodeImm(const Form& form, int64_t imm, uint8_t* p) {
  return encode_internal::Store64(p, static_cast<uint64_t>(imm), form.imm_bytes);
}

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_ENCODE_H_
