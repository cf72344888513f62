#include "memory/mmio_dispatch.h"

#include <gtest/gtest.h>

#include <functional>

#include "memory/fake_device.h"

namespace emu::memory {
namespace {

using Log = std::vector<FakeDevice::Access>;

TEST(MmioDispatchTest, WhatTheDeviceImplementsGoesStraightToIt) {
  FakeDevice device;
  const MmioTraits traits;
  const MmioPort port{&device, &traits, false};
  EXPECT_EQ(MmioRead(port, RegionOffset(4), 4, false, {}).value, 0x07060504u);
  EXPECT_EQ(MmioWrite(port, RegionOffset(8), 8, 0x1122334455667788, false, {}), MemStatus::kOk);
  EXPECT_EQ(device.accesses, (Log{{false, 4, 4, 0x07060504}, {true, 8, 8, 0x1122334455667788}}));
}

TEST(MmioDispatchTest, OutsideOfValidTheDeviceSeesNothing) {
  FakeDevice device;
  MmioTraits traits;
  traits.valid = {2, 4, false};
  const MmioPort port{&device, &traits, false};
  EXPECT_EQ(MmioRead(port, RegionOffset(0), 1, false, {}).status, MemStatus::kDeviceError);
  EXPECT_EQ(MmioRead(port, RegionOffset(0), 8, false, {}).status, MemStatus::kDeviceError);
  EXPECT_EQ(MmioRead(port, RegionOffset(2), 4, false, {}).status, MemStatus::kDeviceError);
  EXPECT_EQ(MmioWrite(port, RegionOffset(1), 2, 0, false, {}), MemStatus::kDeviceError);
  EXPECT_TRUE(device.accesses.empty());
  EXPECT_EQ(MmioRead(port, RegionOffset(2), 2, false, {}).status, MemStatus::kOk);
}

TEST(MmioDispatchTest, LargeAccessesAreSplit) {
  FakeDevice little, big(true);
  MmioTraits traits;
  traits.impl = {1, 2, false};
  EXPECT_EQ(MmioRead({&little, &traits, false}, RegionOffset(0), 4, false, {}).value, 0x03020100u);
  EXPECT_EQ(little.accesses, (Log{{false, 0, 2, 0x0100}, {false, 2, 2, 0x0302}}));
  EXPECT_EQ(MmioRead({&big, &traits, true}, RegionOffset(0), 4, true, {}).value, 0x00010203u);
  EXPECT_EQ(big.accesses, (Log{{false, 0, 2, 0x0001}, {false, 2, 2, 0x0203}}));
}

TEST(MmioDispatchTest, SmallAccessesGoToTheirUnit) {
  FakeDevice device;
  MmioTraits traits;
  traits.impl = {4, 4, false};
  const MmioPort port{&device, &traits, false};
  EXPECT_EQ(MmioRead(port, RegionOffset(6), 1, false, {}).value, 0x06u);
  EXPECT_EQ(MmioWrite(port, RegionOffset(5), 1, 0xaa, false, {}), MemStatus::kOk);
  EXPECT_EQ(device.accesses, (Log{{false, 4, 4, 0x07060504}, {false, 4, 4, 0x07060504}, {true, 4, 4, 0x0706aa04}}));
}

TEST(MmioDispatchTest, UnalignedAccessesAreComposedOfAlignedOnes) {
  FakeDevice device;
  MmioTraits traits;
  traits.impl = {1, 4, false};
  const MmioPort port{&device, &traits, false};
  EXPECT_EQ(MmioRead(port, RegionOffset(3), 4, false, {}).value, 0x06050403u);
  EXPECT_EQ(device.accesses, (Log{{false, 3, 1, 3}, {false, 4, 2, 0x0504}, {false, 6, 1, 6}}));
  device.accesses.clear();
  traits.impl.unaligned = true;
  EXPECT_EQ(MmioRead(port, RegionOffset(3), 4, false, {}).value, 0x06050403u);
  EXPECT_EQ(device.accesses, (Log{{false, 3, 4, 0x06050403}}));
}

TEST(MmioDispatchTest, ErrorsGiveZeroAndTheWorstStatus) {
  FakeDevice device;
  device.status = MemStatus::kDecodeError;
  MmioTraits traits;
  traits.impl = {1, 2, false};
  const MmioPort port{&device, &traits, false};
  const MemValue got = MmioRead(port, RegionOffset(0), 4, false, {});
  EXPECT_EQ(got.status, MemStatus::kDecodeError);
  EXPECT_EQ(got.value, 0u);
  EXPECT_EQ(MmioWrite(port, RegionOffset(0), 4, 1, false, {}), MemStatus::kDecodeError);
  EXPECT_EQ(device.accesses.size(), 4u) << "all parts are made";
}

TEST(MmioDispatchTest, AttributesReachTheDevice) {
  FakeDevice device;
  const MmioTraits traits;
  MmioRead({&device, &traits, false}, RegionOffset(0), 1, false, {.requester = 5, .dma = true});
  EXPECT_EQ(device.last_attrs.requester, 5);
  EXPECT_TRUE(device.last_attrs.dma);
}

// Calls function(traits) for every way to implement a device.
void ForEachTraits(const std::function<void(const MmioTraits&)>& function) {
  for (unsigned min : {1, 2, 4, 8}) {
    for (unsigned max = min; max <= 8; max *= 2) {
      for (bool unaligned : {false, true}) {
        MmioTraits traits;
        traits.impl = {static_cast<uint8_t>(min), static_cast<uint8_t>(max), unaligned};
        function(traits);
      }
    }
  }
}

// However a device is implemented, and whatever the byte orders, its bytes look the same to the guest.
TEST(MmioDispatchTest, EveryImplementationShowsTheSameBytes) {
  ForEachTraits([](const MmioTraits& traits) {
    for (unsigned mask = 0; mask < 4; ++mask) {
      const bool device_big = mask & 1, bus_big = mask & 2;
      for (unsigned size : {1, 2, 4, 8}) {
        for (uint64_t offset = 0; offset < 17; ++offset) {
          FakeDevice device(device_big), plain;
          const MmioPort port{&device, &traits, device_big};
          uint8_t bytes[8];
          StoreValue(bytes, size, MmioRead(port, RegionOffset(offset), size, bus_big, {}).value, bus_big);
          for (unsigned i = 0; i < size; ++i) ASSERT_EQ(bytes[i], offset + i);

          MmioWrite(port, RegionOffset(offset), size, 0xf1f2f3f4f5f6f7f8, bus_big, {});
          StoreValue(&plain.bytes[offset], size, 0xf1f2f3f4f5f6f7f8, bus_big);
          ASSERT_EQ(device.bytes, plain.bytes) << "write of " << size << " at " << offset;
          for (const FakeDevice::Access& access : device.accesses) {
            ASSERT_TRUE(Allows(traits.impl, RegionOffset(access.offset), access.size))
                << access.size << " at " << access.offset << " for " << size << " at " << offset;
            ASSERT_EQ(access.value, LowBytes(access.value, access.size));
          }
        }
      }
    }
  });
}

TEST(MmioDispatchTest, TransfersUseTheLargestValidAccess) {
  MmioTraits traits;
  traits.valid = {1, 4, false};
  EXPECT_EQ(MmioTransferSize(traits, RegionOffset(0), 100), 4u);
  EXPECT_EQ(MmioTransferSize(traits, RegionOffset(2), 100), 2u);
  EXPECT_EQ(MmioTransferSize(traits, RegionOffset(1), 100), 1u);
  EXPECT_EQ(MmioTransferSize(traits, RegionOffset(4), 3), 2u);
  traits.valid.unaligned = true;
  EXPECT_EQ(MmioTransferSize(traits, RegionOffset(1), 100), 4u);
  EXPECT_EQ(MmioTransferSize(traits, RegionOffset(1), ~uint64_t{0}), 4u);
}

}  // namespace
}  // namespace emu::memory
