#include "memory/byte_order.h"

#include <gtest/gtest.h>

namespace emu::memory {
namespace {

TEST(ByteOrderTest, Swaps) {
  EXPECT_EQ(SwapBytes(0x12, 1), 0x12u);
  EXPECT_EQ(SwapBytes(0x1234, 2), 0x3412u);
  EXPECT_EQ(SwapBytes(0xffff12345678, 4), 0x78563412u);  // what lies above the size does not matter
  EXPECT_EQ(SwapBytes(0x0102030405060708, 8), 0x0807060504030201u);
}

TEST(ByteOrderTest, LowBytes) {
  EXPECT_EQ(LowBytes(0x123456789abcdef0, 1), 0xf0u);
  EXPECT_EQ(LowBytes(0x123456789abcdef0, 4), 0x9abcdef0u);
  EXPECT_EQ(LowBytes(0x123456789abcdef0, 8), 0x123456789abcdef0u);
}

TEST(ByteOrderTest, PartsOfAValue) {
  EXPECT_EQ(PartShift(false, 4, 1, 2), 8u);
  EXPECT_EQ(PartShift(true, 4, 1, 2), 8u);
  EXPECT_EQ(PartShift(true, 4, 0, 1), 24u);
  EXPECT_EQ(PartShift(false, 8, 4, 4), 32u);
  EXPECT_EQ(PartShift(true, 8, 4, 4), 0u);
}

TEST(ByteOrderTest, EverySizeAtEveryAlignmentInBothOrders) {
  for (unsigned size = 1; size <= 8; ++size) {
    for (unsigned at = 0; at < 9; ++at) {
      for (bool big : {false, true}) {
        alignas(8) uint8_t bytes[24] = {};
        const uint64_t value = LowBytes(0x8182838485868788, size);
        StoreValue(bytes + at, size, ~uint64_t{0} << (size * 8 - 1) << 1 | value, big);
        for (unsigned i = 0; i < 24; ++i) {
          const bool inside = i >= at && i < at + size;
          const unsigned byte = big ? at + size - 1 - i : i - at;
          ASSERT_EQ(bytes[i], inside ? static_cast<uint8_t>(value >> byte * 8) : 0) << size << " at " << at;
        }
        ASSERT_EQ(LoadValue(bytes + at, size, big), value);
      }
    }
  }
}

}  // namespace
}  // namespace emu::memory
