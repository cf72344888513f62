#include "devices/fw_cfg.h"

#include <gtest/gtest.h>

#include "devices/test_guest.h"
#include "devices/test_support.h"

namespace emu::devices {
namespace {

// The three registers at their places in a guest, so that byte order is as software sees it.
class FwCfgTest : public testing::Test {
 protected:
  static constexpr uint64_t kFw = 0x10100000, kRam = TestGuest::kBase;

  FwCfgTest() {
    Map(FwCfg::kDataOffset, FwCfg::kDataSize, &fw_.data(), FwCfg::DataTraits());
    Map(FwCfg::kSelectorOffset, FwCfg::kSelectorSize, &fw_.selector(), FwCfg::SelectorTraits());
    Map(FwCfg::kDmaOffset, FwCfg::kDmaSize, &fw_.dma(), FwCfg::DmaTraits());
  }
  void Map(uint64_t offset, uint64_t size, memory::MmioDevice* device, const memory::MmioTraits& traits) {
    ASSERT_TRUE(
        guest_.root()->Map(memory::Region::Io("fw", size, device, traits), memory::RegionOffset(kFw + offset)).ok());
  }
  void StoreBig(uint64_t at, unsigned size, uint64_t value) {
    guest_.space().Store(memory::Gpa(at), size, value, {}, memory::Endian::kBig);
  }
  uint64_t LoadBig(uint64_t at, unsigned size) {
    return guest_.space().Load(memory::Gpa(at), size, {}, memory::Endian::kBig).value;
  }
  void Select(uint16_t key) { StoreBig(kFw + 8, 2, key); }
  std::string Bytes(size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) text.push_back(static_cast<char>(guest_.Get(kFw, 1)));
    return text;
  }
  uint64_t Dma(uint32_t control, uint32_t length, uint64_t address) {
    StoreBig(kRam, 4, control);
    StoreBig(kRam + 4, 4, length);
    StoreBig(kRam + 8, 8, address);
    StoreBig(kFw + 0x10, 8, kRam);
    return LoadBig(kRam, 4);
  }

  TestGuest guest_;
  FwCfg fw_{guest_.space()};
};

TEST_F(FwCfgTest, SignatureAndInterface) {
  Select(0);
  EXPECT_EQ(Bytes(6), std::string("QEMU\0\0", 6));
  Select(0);
  EXPECT_EQ(guest_.Get(kFw, 4), 0x554d4551u) << "wide reads keep the bytes' order in memory";
  Select(1);
  EXPECT_EQ(guest_.Get(kFw, 4), 3u);
  EXPECT_EQ(LoadBig(kFw + 0x10, 8), 0x51454d5520434647u);
  EXPECT_EQ(LoadBig(kFw + 0x14, 4), 0x20434647u);
}

TEST_F(FwCfgTest, DirectoryNamesTheFiles) {
  ASSERT_TRUE(fw_.AddFile("opt/b", {1, 2, 3}).ok());
  ASSERT_TRUE(fw_.AddFile("etc/a", {4}).ok());
  Select(0x19);
  EXPECT_EQ(LoadBig(kFw, 4), 2u);
  EXPECT_EQ(LoadBig(kFw, 4), 1u);
  EXPECT_EQ(LoadBig(kFw, 2), 0x21u);
  EXPECT_EQ(LoadBig(kFw, 2), 0u);
  EXPECT_EQ(Bytes(56), "etc/a" + std::string(51, '\0'));
  EXPECT_EQ(LoadBig(kFw, 4), 3u);
  Select(0x20);
  EXPECT_EQ(Bytes(4), std::string("\1\2\3\0", 4));
  EXPECT_FALSE(fw_.AddFile("etc/a", {}).ok());
  EXPECT_FALSE(fw_.AddFile(std::string(56, 'x'), {}).ok());
}

TEST_F(FwCfgTest, DmaSelectsReadsAndSkips) {
  ASSERT_TRUE(fw_.AddFile("f", {'a', 'b', 'c', 'd', 'e'}).ok());
  guest_.PutText(kRam + 0x100, "........");
  EXPECT_EQ(Dma(0x20 << 16 | 8 | 2, 2, kRam + 0x100), 0u);
  EXPECT_EQ(guest_.GetText(kRam + 0x100, 4), "ab..");
  EXPECT_EQ(Dma(4, 1, 0), 0u);
  EXPECT_EQ(Dma(2, 4, kRam + 0x100), 0u);
  EXPECT_EQ(guest_.GetText(kRam + 0x100, 5), std::string("de\0\0.", 5));
  // The two halves of the address, one after the other.
  StoreBig(kRam, 4, 0x20 << 16 | 8);
  StoreBig(kFw + 0x10, 4, 0);
  StoreBig(kFw + 0x14, 4, kRam);
  EXPECT_EQ(LoadBig(kRam, 4), 0u);
  EXPECT_EQ(Bytes(1), "a");
}

TEST_F(FwCfgTest, BadTransfersAreReported) {
  EXPECT_EQ(Dma(2, 4, 0x1000), 1u) << "no memory there";
  EXPECT_EQ(Dma(2, 0xffffffff, kRam + 0x1000), 1u) << "longer than memory";
  EXPECT_EQ(Dma(16, 4, kRam + 0x100), 1u) << "nothing can be written";
  EXPECT_EQ(Dma(0xfff0 << 16 | 8 | 4, 0xffffffff, 0), 0u);
  StoreBig(kFw + 0x10, 8, 0xdead0000);
  StoreBig(kFw + 0x10, 8, kFw + 0x10);  // at itself
  EXPECT_EQ(Dma(8 | 2, 8, kFw + 0x10), 0u);
  fw_.Reset();
  EXPECT_EQ(Bytes(4), "QEMU");
}

}  // namespace
}  // namespace emu::devices
