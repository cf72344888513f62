#include "mmu/address_space_words.h"

#include "gtest/gtest.h"
#include "memory/address_space.h"
#include "memory/ram_block.h"
#include "memory/region.h"
#include "mmu/walkers.h"

namespace emu::mmu {
namespace {

using memory::AddressSpace;
using memory::Gpa;
using memory::Gva;
using memory::MemStatus;

constexpr uint64_t kBase = 0x80000000;

class AddressSpaceWordsTest : public ::testing::Test {
 protected:
  AddressSpaceWordsTest() {
    EXPECT_TRUE(
        system_
            ->Map(memory::Region::Ram("ram", *memory::RamBlock::Anonymous("ram", 0x4000)), memory::RegionOffset(kBase))
            .ok());
  }

  memory::RegionPtr system_ = memory::Region::Container("system", memory::Size::Whole());
  AddressSpace space_{"memory", system_};
};

TEST_F(AddressSpaceWordsTest, ReadsInTheOrderOfTheTables) {
  space_.Store(Gpa(kBase), 4, 0x01020304, {}, memory::Endian::kLittle);
  AddressSpaceWords little(space_), big(space_, memory::Endian::kBig);
  EXPECT_EQ(little.Read(Gpa(kBase), 4).value, 0x01020304u);
  EXPECT_EQ(big.Read(Gpa(kBase), 4).value, 0x04030201u);
  EXPECT_EQ(little.Read(Gpa(0x1000), 8).status, MemStatus::kDecodeError);
}

TEST_F(AddressSpaceWordsTest, ChangesNothing) {
  AddressSpaceWords words(space_);
  EXPECT_NE(words.CompareExchange(Gpa(kBase), 8, 0, 5).status, MemStatus::kOk);
  EXPECT_EQ(space_.Load(Gpa(kBase), 8).value, 0u);
}

TEST_F(AddressSpaceWordsTest, AWalkerByNameLooksThroughThem) {
  space_.Store(Gpa(kBase), 8, (kBase + 0x1000) >> 12 << 10 | 1);
  space_.Store(Gpa(kBase + 0x1008), 8, uint64_t{0x40000000} >> 12 << 10 | 0xC7);  // 2 MiB, readable and writable
  AddressSpaceWords words(space_);
  const auto walker = MakeWalker("riscv-sv39", {.user = false, .settings = {{"root", kBase}}});
  ASSERT_TRUE(walker.ok());
  EXPECT_EQ((*walker)->Walk(Gva(0x201234), AccessKind::kWrite, words).gpa, Gpa(0x40001234));
  const MappingList list = (*walker)->Scan(words, {});
  ASSERT_EQ(list.ranges.size(), 1u);
  EXPECT_EQ(list.ranges[0].gva, (memory::Range{0x200000, 0x3FFFFF}));
}

}  // namespace
}  // namespace emu::mmu
