// The host's floating-point environment while guest code runs. Guest code uses SSE directly, so that the guest's
// rounding mode and sticky exception flags live in MXCSR (Intel SDM vol. 1, 10.2.3); whoever reads the guest's flags
// merges them from here.
#ifndef EMU_TRANSLATE_ENGINE_FP_ENV_H_
#define EMU_TRANSLATE_ENGINE_FP_ENV_H_

#include <immintrin.h>

#include <cstdint>

#include "translate/ir/ir.h"

namespace emu::translate {

// Sticky exception flags, as MXCSR has them (the denormal-operand flag, bit 1, has no IEEE 754 counterpart).
enum FpFlag : uint32_t { kFpInvalid = 1, kFpDivByZero = 4, kFpOverflow = 8, kFpUnderflow = 16, kFpInexact = 32 };
inline constexpr uint32_t kFpFlagMask = 0x3f;
inline constexpr uint32_t kMxcsrDefault = 0x1f80;  // all exceptions masked, round to nearest, no flags
inline constexpr uint32_t kMxcsrRoundingShift = 13;

inline uint32_t HostFpFlags() { return _mm_getcsr() & kFpFlagMask & ~2u; }
inline void RaiseHostFpFlags(uint32_t flags) { _mm_setcsr(_mm_getcsr() | flags); }

// As IR and several guests have them: inexact, underflow, overflow, division by zero, invalid from bit 0.
constexpr uint32_t PackFpFlags(uint32_t mxcsr) {
  return (mxcsr >> 5 & 1) | (mxcsr >> 4 & 1) << 1 | (mxcsr >> 3 & 1) << 2 | (mxcsr >> 2 & 1) << 3 | (mxcsr & 1) << 4;
}
constexpr uint32_t UnpackFpFlags(uint32_t flags) {
  return (flags & 1) << 5 | (flags >> 1 & 1) << 4 | (flags >> 2 & 1) << 3 | (flags >> 3 & 1) << 2 | (flags >> 4 & 1);
}
inline void SetHostFpFlags(uint32_t flags) { _mm_setcsr((_mm_getcsr() & ~kFpFlagMask) | flags); }

// MXCSR.RC. kDynamic, and kNearestMaxMagnitude (which the host does not have) give nearest-even.
constexpr uint32_t MxcsrRounding(ir::Rounding r) {
  return (r == ir::Rounding::kTowardZero ? 3u
          : r == ir::Rounding::kDown     ? 1u
          : r == ir::Rounding::kUp       ? 2u
                                         : 0u)
         << kMxcsrRoundingShift;
}
inline void SetHostRounding(ir::Rounding r) { _mm_setcsr((_mm_getcsr() & ~0x6000u) | MxcsrRounding(r)); }

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_FP_ENV_H_
