// What the host processor offers beyond the x86-64 baseline.
#ifndef EMU_BACKENDS_X86_64_ENCODING_HOST_FEATURES_H_
#define EMU_BACKENDS_X86_64_ENCODING_HOST_FEATURES_H_

#include <cstdint>

namespace emu::backends::x86_64 {

struct HostFeatures {
  bool sse41 = false;
  bool sse42 = false;
  bool bmi1 = false;
  bool bmi2 = false;
  bool lzcnt = false;
  bool popcnt = false;
  bool avx = false;  // the processor has it and the operating system saves its registers; so with the other vectors
  bool avx2 = false;
  bool avx512f = false;
  bool fma = false;
  bool movbe = false;
  bool erms = false;
  bool cx16 = false;
  bool adx = false;
  bool aes = false;
  bool pclmul = false;
};

// The processor's answers that HostFeatures is made of (Intel SDM vol. 2, CPUID; XCR0: vol. 1, 13.3).
struct CpuidAnswers {
  uint32_t leaf1_ecx = 0;
  uint32_t leaf7_ebx = 0;
  uint32_t extended1_ecx = 0;  // leaf 8000'0001h
  uint64_t xcr0 = 0;           // zero if OSXSAVE is off
};

HostFeatures FeaturesFrom(const CpuidAnswers& answers);

// Of this host; asked once.
const HostFeatures& Host();

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_HOST_FEATURES_H_
