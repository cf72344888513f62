#include "debug/gdb/guest_memory.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <vector>

#include "debug/gdb/test_inspector.h"

namespace emu::debug::gdb {
namespace {

using memory::RamBlock;
using memory::Region;
using memory::RegionOffset;

// Reads give the offset; looking leaves no trace.
struct CountingDevice : memory::MmioDevice {
  memory::MemValue Read(RegionOffset offset, unsigned, memory::MemAttrs attrs) override {
    if (!attrs.debug) ++reads;
    return {memory::MemStatus::kOk, offset.value};
  }
  memory::MemStatus Write(RegionOffset, unsigned size, uint64_t value, memory::MemAttrs) override {
    writes.push_back({size, value});
    return memory::MemStatus::kOk;
  }
  int reads = 0;
  std::vector<std::pair<unsigned, uint64_t>> writes;
};

// RAM at 0, a device at 0x1800 within the second page, ROM at 0x2000, nothing at 0x3000.
class GuestMemoryTest : public ::testing::Test {
 protected:
  GuestMemoryTest() {
    std::iota(ram_->block()->host(), ram_->block()->host() + 0x1800, uint8_t{0});
    Map(ram_, 0);
    Map(Region::Io("device", 0x800, &device_), 0x1800);
    Map(rom_, 0x2000);
  }
  void Map(const memory::RegionPtr& child, uint64_t at) { ASSERT_TRUE(root_->Map(child, RegionOffset(at)).ok()); }
  std::vector<uint8_t> Read(uint64_t address, size_t count) {
    std::vector<uint8_t> bytes(count, 0xee);
    bytes.resize(memory_.Read(address, absl::MakeSpan(bytes)));
    return bytes;
  }

  CountingDevice device_;
  memory::RegionPtr root_ = Region::Container("root", memory::Size::Whole());
  memory::RegionPtr ram_ = Region::Ram("ram", *RamBlock::Anonymous("ram", 0x1800));
  memory::RegionPtr rom_ = Region::Rom("rom", *RamBlock::Anonymous("rom", 0x1000));
  memory::AddressSpace space_{"memory", root_};
  TestInspector cpu_;
  GuestMemory memory_{cpu_, space_};
};

TEST_F(GuestMemoryTest, BytesUpToWhereThereAreNone) {
  EXPECT_EQ(Read(0x10, 3), (std::vector<uint8_t>{0x10, 0x11, 0x12}));
  EXPECT_EQ(Read(0x2ffc, 16).size(), 4u);
  EXPECT_EQ(Read(0x3000, 1).size(), 0u);
  EXPECT_EQ(Read(~uint64_t{0}, 2).size(), 0u);
}

TEST_F(GuestMemoryTest, DevicesAreLookedAtAndWritten) {
  EXPECT_EQ(Read(0x17fe, 4), (std::vector<uint8_t>{0xfe, 0xff, 0, 0}));
  EXPECT_EQ(device_.reads, 0);
  EXPECT_EQ(memory_.Write(0x1810, {1, 2, 3, 4}), 4u);
  EXPECT_EQ(device_.writes, (decltype(device_.writes){{4, 0x04030201}}));
}

TEST_F(GuestMemoryTest, RomIsWritten) {
  EXPECT_EQ(memory_.Write(0x2001, {7, 8}), 2u);
  EXPECT_EQ(rom_->block()->host()[2], 8);
  EXPECT_EQ(memory_.Write(0x2fff, {7, 8}), 1u) << "only so far";
}

TEST_F(GuestMemoryTest, AddressesAreVirtualUnlessTheyArePhysical) {
  cpu_.mapped = true;
  EXPECT_EQ(Read(0x40000fff, 2), (std::vector<uint8_t>{0xff, 0}));
  EXPECT_EQ(Read(0x10, 1).size(), 0u);
  EXPECT_EQ(Read(0x40001ffe, 8).size(), 2u) << "the mapping ends";
  memory_.set_physical(true);
  EXPECT_EQ(Read(0x10, 1).size(), 1u);
  EXPECT_EQ(Read(0x40000000, 1).size(), 0u);
}

TEST_F(GuestMemoryTest, WritesAreTold) {
  struct Observer : memory::WriteObserver {
    void OnWatchedWrite(RamBlock&, uint64_t offset, uint64_t length) override { told.push_back({offset, length}); }
    std::vector<std::pair<uint64_t, uint64_t>> told;
  } observer;
  ram_->block()->AddWriteObserver(&observer);
  ram_->block()->Watch(0, 0x1000);
  EXPECT_EQ(memory_.Write(0x20, {1, 2}), 2u);
  EXPECT_EQ(observer.told, (decltype(observer.told){{0x20, 2}}));
  ram_->block()->RemoveWriteObserver(&observer);
}

}  // namespace
}  // namespace emu::debug::gdb
