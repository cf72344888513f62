#include "backends/x86_64/encoding/host_features.h"

#include "gtest/gtest.h"

namespace emu::backends::x86_64 {
namespace {

TEST(HostFeatures, NothingFromNothing) {
  HostFeatures f = FeaturesFrom({});
  EXPECT_FALSE(f.bmi1 || f.bmi2 || f.lzcnt || f.popcnt || f.avx || f.avx2 || f.fma || f.movbe || f.erms);
}

TEST(HostFeatures, SingleBits) {
  EXPECT_TRUE(FeaturesFrom({.leaf1_ecx = 1u << 22}).movbe);
  EXPECT_TRUE(FeaturesFrom({.leaf1_ecx = 1u << 23}).popcnt);
  EXPECT_TRUE(FeaturesFrom({.leaf7_ebx = 1u << 3}).bmi1);
  EXPECT_TRUE(FeaturesFrom({.leaf7_ebx = 1u << 8}).bmi2);
  EXPECT_TRUE(FeaturesFrom({.leaf7_ebx = 1u << 9}).erms);
  EXPECT_TRUE(FeaturesFrom({.extended1_ecx = 1u << 5}).lzcnt);
}

TEST(HostFeatures, VectorsNeedTheOperatingSystem) {
  CpuidAnswers answers = {.leaf1_ecx = 1u << 28 | 1u << 12 | 1u << 27, .leaf7_ebx = 1u << 5, .xcr0 = 7};
  HostFeatures f = FeaturesFrom(answers);
  EXPECT_TRUE(f.avx && f.avx2 && f.fma);
  EXPECT_FALSE(f.avx512f);
  answers.leaf7_ebx |= 1u << 16;
  EXPECT_FALSE(FeaturesFrom(answers).avx512f);
  answers.xcr0 = 0xe7;
  EXPECT_TRUE(FeaturesFrom(answers).avx512f);
  answers.xcr0 = 3;
  f = FeaturesFrom(answers);
  EXPECT_FALSE(f.avx || f.avx2 || f.fma);
}

TEST(HostFeatures, AgreesWithTheCompiler) {
  const HostFeatures& f = Host();
  EXPECT_EQ(f.bmi1, __builtin_cpu_supports("bmi") != 0);
  EXPECT_EQ(f.bmi2, __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ(f.popcnt, __builtin_cpu_supports("popcnt") != 0);
  EXPECT_EQ(f.avx, __builtin_cpu_supports("avx") != 0);
  EXPECT_EQ(f.avx2, __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(f.avx512f, __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(f.fma, __builtin_cpu_supports("fma") != 0);
}

}  // namespace
}  // namespace emu::backends::x86_64
