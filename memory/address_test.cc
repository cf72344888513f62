#include "memory/address.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace emu::memory {
namespace {

TEST(AddressTest, OffsetsAndDistancesAreModulo64Bits) {
  EXPECT_EQ(Gpa(0x1000) + 0x234, Gpa(0x1234));
  EXPECT_EQ(Gpa(0x1000) - 1, Gpa(0xfff));
  EXPECT_EQ(Gpa(~uint64_t{0}) + 1, Gpa(0));
  EXPECT_EQ(Gpa(2) - Gpa(5), ~uint64_t{0} - 2);
  EXPECT_LT(Gpa(1), Gpa(2));
}

TEST(AddressTest, KindsDoNotMix) {
  static_assert(!std::is_convertible_v<Gva, Gpa>);
  static_assert(!std::is_convertible_v<uint64_t, Gpa>);
  static_assert(!std::is_same_v<Gpa, RegionOffset>);
  EXPECT_EQ(sizeof(Gpa), 8u);
}

}  // namespace
}  // namespace emu::memory
