#include "memory/iommu.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "memory/address_space.h"
#include "memory/fake_device.h"

namespace emu::memory {
namespace {

// Translates pages of 4 KiB by a table.
class PageMap : public IommuTranslator {
 public:
  IommuEntry Translate(RegionOffset offset, bool write, MemAttrs attrs) override {
    last_write = write;
    last_attrs = attrs;
    auto found = entries.find(offset.value >> 12);
    return found == entries.end() ? IommuEntry{nullptr, Gpa(), 0xfff} : found->second;
  }
  std::map<uint64_t, IommuEntry> entries;
  bool last_write = false;
  MemAttrs last_attrs;
};

class IommuTest : public testing::Test {
 protected:
  IommuTest() {
    EXPECT_TRUE(memory_->Map(ram_, RegionOffset(0x10000)).ok());
    EXPECT_TRUE(memory_->Map(Region::Io("io", 0x1000, &device_), RegionOffset(0x20000)).ok());
    map_.entries[1] = {&space_, Gpa(0x10000), 0xfff, true, true};
    map_.entries[2] = {&space_, Gpa(0x11000), 0xfff, true, false};
    map_.entries[3] = {&space_, Gpa(0x10000), 0xfff, true, true};
    map_.entries[4] = {&space_, Gpa(0x20000), 0xfff, true, true};
  }

  FakeDevice device_;
  PageMap map_;
  RegionPtr memory_ = Region::Container("memory", Size::Whole());
  RegionPtr ram_ = Region::Ram("ram", *RamBlock::Anonymous("ram", 0x2000));
  AddressSpace space_{"memory", memory_};
  AddressSpace dma_{"dma", Region::Iommu("iommu", Size::Whole(), &map_)};
};

TEST_F(IommuTest, ValuesGoWhereTheyAreTranslatedTo) {
  EXPECT_EQ(dma_.Store(Gpa(0x1010), 4, 0x11223344, {.requester = 9, .dma = true}), MemStatus::kOk);
  EXPECT_TRUE(map_.last_write);
  EXPECT_EQ(map_.last_attrs.requester, 9);
  EXPECT_EQ(space_.Load(Gpa(0x10010), 4).value, 0x11223344u);
  EXPECT_EQ(dma_.Load(Gpa(0x3010), 4, {}, Endian::kBig).value, 0x44332211u);
  EXPECT_FALSE(map_.last_write);
  EXPECT_EQ(dma_.Load(Gpa(0x4004), 4).value, 0x07060504u);
  EXPECT_EQ(device_.accesses, (std::vector<FakeDevice::Access>{{false, 4, 4, 0x07060504}})) << "in one access";
}

TEST_F(IommuTest, PermissionsAndHoles) {
  EXPECT_EQ(dma_.Store(Gpa(0x2000), 4, 1), MemStatus::kDecodeError);
  EXPECT_EQ(dma_.Load(Gpa(0x2000), 4).status, MemStatus::kOk);
  EXPECT_EQ(dma_.Load(Gpa(0x5000), 4).status, MemStatus::kDecodeError);
  EXPECT_FALSE(dma_.Map(Gpa(0x2000), 4, true));
  EXPECT_EQ(dma_.CompareExchange(Gpa(0x2000), 4, 0, 1).status, MemStatus::kDecodeError);
}

TEST_F(IommuTest, AccessesOverPagesAreTranslatedPageByPage) {
  std::array<uint8_t, 0x1004> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  EXPECT_EQ(space_.Write(Gpa(0x10ffe), bytes), MemStatus::kDecodeError) << "four bytes too many";
  EXPECT_EQ(dma_.Load(Gpa(0x1ffe), 4).value, 0x15'0e'07'00u);
  // Page 3 is the first RAM page again: over the boundary of 2 and 3.
  const uint8_t first = ram_->block()->host()[0], last = ram_->block()->host()[0x1fff];
  EXPECT_EQ(dma_.Load(Gpa(0x2fff), 2).value, static_cast<uint64_t>(first) << 8 | last);
  std::array<uint8_t, 0x1004> got;
  EXPECT_EQ(dma_.Read(Gpa(0x1ffe), absl::MakeSpan(got)), MemStatus::kOk);
  EXPECT_EQ(got[0x1001], bytes[0x1001]);
  EXPECT_EQ(dma_.Write(Gpa(0x0ffe), absl::MakeConstSpan(bytes).first(4)), MemStatus::kDecodeError);
  EXPECT_EQ(ram_->block()->host()[0], bytes[2]) << "the part that may go through does";
  EXPECT_EQ(dma_.Store(Gpa(0x0fff), 2, 0xabcd), MemStatus::kDecodeError);
  EXPECT_EQ(ram_->block()->host()[0], 0xab);
}

TEST_F(IommuTest, MapAndExchangeFollow) {
  const HostSpan span = dma_.Map(Gpa(0x1ff0), 0x100, true);
  ASSERT_TRUE(span);
  EXPECT_EQ(span.data, ram_->block()->host() + 0xff0);
  EXPECT_EQ(span.length, 0x10u);
  EXPECT_TRUE(dma_.CompareExchange(Gpa(0x1000), 4, 0, 5).exchanged);
  EXPECT_EQ(space_.Load(Gpa(0x10000), 4).value, 5u);
}

TEST_F(IommuTest, WholeSpaceMask) {
  map_.entries[7] = {&space_, Gpa(0), ~uint64_t{0}, true, true};
  EXPECT_EQ(dma_.Store(Gpa(0x7000), 4, 1), MemStatus::kDecodeError) << "the same address, where nothing is";
}

TEST_F(IommuTest, ACircleOfTranslationsEnds) {
  map_.entries[8] = {&dma_, Gpa(0x8000), 0xfff, true, true};
  std::array<uint8_t, 4> bytes;
  EXPECT_EQ(dma_.Load(Gpa(0x8000), 4).status, MemStatus::kDeviceError);
  EXPECT_EQ(dma_.Store(Gpa(0x8000), 4, 0), MemStatus::kDeviceError);
  EXPECT_EQ(dma_.Read(Gpa(0x8000), absl::MakeSpan(bytes)), MemStatus::kDeviceError);
  EXPECT_EQ(dma_.Write(Gpa(0x8000), bytes), MemStatus::kDeviceError);
  EXPECT_FALSE(dma_.Map(Gpa(0x8000), 4, false));
  EXPECT_EQ(dma_.CompareExchange(Gpa(0x8000), 4, 0, 0).status, MemStatus::kDeviceError);
}

}  // namespace
}  // namespace emu::memory
