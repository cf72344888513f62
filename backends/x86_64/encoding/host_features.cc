#include "backends/x86_64/encoding/host_features.h"

#include <cpuid.h>

namespace emu::backends::x86_64 {
namespace {

constexpr int kOsxsaveBit = 27;

uint64_t ReadXcr0() {
  uint32_t low, high;
  asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

CpuidAnswers AskProcessor() {
  CpuidAnswers answers;
  uint32_t eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) answers.leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) answers.leaf7_ebx = ebx;
  if (__get_cpuid(0x80000001, &eax, &ebx, &ecx, &edx)) answers.extended1_ecx = ecx;
  if (answers.leaf1_ecx >> kOsxsaveBit & 1) answers.xcr0 = ReadXcr0();
  return answers;
}

}  // namespace

HostFeatures FeaturesFrom(const CpuidAnswers& answers) {
  auto leaf1 = [&](int bit) { return (answers.leaf1_ecx >> bit & 1) != 0; };
  auto leaf7 = [&](int bit) { return (answers.leaf7_ebx >> bit & 1) != 0; };
  // XCR0 bits 1 and 2: the xmm and ymm halves are saved.
  bool ymm_saved = leaf1(kOsxsaveBit) && (answers.xcr0 & 6) == 6;
  HostFeatures f;
  f.pclmul = leaf1(1);
  f.fma = leaf1(12) && leaf1(28) && ymm_saved;
  f.cx16 = leaf1(13);
  f.sse41 = leaf1(19);
  f.sse42 = leaf1(20);
  f.movbe = leaf1(22);
  f.popcnt = leaf1(23);
  f.aes = leaf1(25);
  f.avx = leaf1(28) && ymm_saved;
  f.bmi1 = leaf7(3);
  f.avx2 = leaf7(5) && f.avx;
  // Bits 5 to 7: the mask registers, the upper halves of zmm0 to 15, and all of the others.
  f.avx512f = leaf7(16) && f.avx && (answers.xcr0 & 0xe0) == 0xe0;
  f.bmi2 = leaf7(8);
  f.erms = leaf7(9);
  f.adx = leaf7(19);
  f.lzcnt = (answers.extended1_ecx >> 5 & 1) != 0;
  return f;
}

const HostFeatures& Host() {
  static const HostFeatures features = FeaturesFrom(AskProcessor());
  return features;
}

}  // namespace emu::backends::x86_64
