// Floating point.
#include "targets/riscv/fuzz/program_maker.h"

namespace emu::riscv {

// Rounding is that of fcsr half of the time, and else one of the five, seldom one that is none.
uint32_t ProgramMaker::FloatInsn() {
  static constexpr uint32_t kFused[] = {0x43, 0x47, 0x4b, 0x4f};
  static constexpr uint32_t kFunct7[] = {0x00, 0x04, 0x08, 0x0c, 0x2c, 0x10, 0x14, 0x20, 0x50, 0x60, 0x68, 0x70, 0x78};
  const uint32_t rm = random_.OneIn(2) ? 7 : random_.OneIn(24) ? 5 + Pick(2) : Pick(5), fmt = Pick(2);
  const uint32_t a = Pick(16), b = Pick(16), to = Pick(16);
  if (random_.OneIn(4)) return EncodeR(random_.Pick(kFused), rm, Pick(16) << 2 | fmt, to, a, b);
  const uint32_t f7 = random_.Pick(kFunct7);
  switch (f7) {
    case 0x2c:
      return EncodeR(0x53, rm, f7 | fmt, to, a, 0);
    case 0x10:
      return EncodeR(0x53, Pick(3), f7 | fmt, to, a, b);
    case 0x14:
      return EncodeR(0x53, Pick(2), f7 | fmt, to, a, b);
    case 0x20:
      return EncodeR(0x53, rm, f7 | fmt, to, a, 1 - fmt);
    case 0x50:
      return EncodeR(0x53, Pick(3), f7 | fmt, Any(), a, b);
    case 0x60:
      return EncodeR(0x53, rm, f7 | fmt, Any(), a, Pick(4));
    case 0x68:
      return EncodeR(0x53, rm, f7 | fmt, to, Any(), Pick(4));
    case 0x70:
      return EncodeR(0x53, Pick(2), f7 | fmt, Any(), a, 0);
    case 0x78:
      return EncodeR(0x53, 0, f7 | fmt, to, Any(), 0);
    default:
      return EncodeR(0x53, rm, f7 | fmt, to, a, b);
  }
}

void ProgramMaker::Float() {
  for (uint32_t n = 1 + Pick(6); n != 0; --n) Emit(FloatInsn());
}

void ProgramMaker::FloatMemory() {
  const uint32_t size = 2 + Pick(2);
  const uint32_t slot = static_cast<uint32_t>(Layout::kFloats) + 8 * Pick(Layout::kTableSlots);
  Emit(EncodeI(0x07, size, Pick(16), kTable, slot));
  if (random_.OneIn(2)) return;
  Address(random_.OneIn(8) ? 1 : 8);
  Emit(random_.OneIn(2) ? EncodeI(0x07, size, Pick(16), kAddress, 8 * Pick(8))
                        : EncodeS(0x27, size, kAddress, Pick(16), 8 * Pick(8)));
}

// Flags that are saved, raised by a comparison, and put back.
void ProgramMaker::QuietComparison() {
  const uint32_t flags = Any();
  ReadCsr(flags, 0x001);
  if (random_.OneIn(4)) Emit(FloatInsn());
  Emit(EncodeR(0x53, Pick(3), 0x50 | Pick(2), Any(), Pick(16), Pick(16)));
  Emit(EncodeCsr(1, 0, flags, 0x001));
}

// Rounding modes, one in eight of them none; flags.
void ProgramMaker::FloatControl() {
  const uint32_t mode = random_.OneIn(8) ? 5 + Pick(3) : Pick(5);
  switch (Pick(5)) {
    case 0:
      return Emit(EncodeCsr(5, Any(), mode, 0x002));
    case 1:
      return Emit(EncodeCsr(5, Any(), random_.OneIn(2) ? 0 : Pick(32), 0x001));
    case 2:
      return ReadCsr(Any(), 0x001 + Pick(3));
    case 3:
      return QuietComparison();
    default:
      return Emit(EncodeCsr(6 + Pick(2), Any(), 1 << Pick(5), 0x001));
  }
}

}  // namespace emu::riscv
