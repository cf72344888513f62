#include "backends/x86_64/encoding/samples.h"

#include <limits>

namespace emu::backends::x86_64 {

// Around the borders of "none", 8 and 32 bits.
int32_t Samples::Disp() {
  constexpr int32_t kBorders[] = {0,
                                  0,
                                  1,
                                  -1,
                                  8,
                                  127,
                                  -128,
                                  128,
                                  -129,
                                  0x1234,
                                  std::numeric_limits<int32_t>::min(),
                                  std::numeric_limits<int32_t>::max()};
  uint64_t pick = random_() % 16;
  return pick < 12 ? kBorders[pick] : static_cast<int32_t>(random_());
}

Mem Samples::Address(int pair) {
  Reg base = static_cast<Reg>(pair % 18);
  if (base == Mem::kRip) return Mem::RipRelative(Disp());
  int index = pair / 18 % 16;
  uint8_t scale = static_cast<uint8_t>(1 << random_() % 4);
  // rsp cannot be an index: its turn stands for "no index".
  if (index == 4) return {base, -1, 1, Disp()};
  return {base, static_cast<int8_t>(index), scale, Disp()};
}

int64_t Samples::Imm(int bytes) {
  uint64_t value = random_() % 8 == 0 ? random_() % 3 - 1 : random_();
  if (bytes == 0) return 0;
  int unused = 64 - 8 * bytes;
  return static_cast<int64_t>(value << unused) >> unused;
}

Operands Samples::Next(int n, int imm_bytes) {
  Operands result;
  result.regs = {static_cast<uint8_t>(n % 16), static_cast<uint8_t>(n / 16 % 16), static_cast<uint8_t>(random_() % 16)};
  result.mem = Address(n % kAddressPairs);
  result.imm = Imm(imm_bytes);
  result.cond = static_cast<uint8_t>(random_() % 16);
  result.rounding = result.cond % 4;
  return result;
}

}  // namespace emu::backends::x86_64
