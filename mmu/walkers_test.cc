#include "mmu/walkers.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::mmu {
namespace {

using ::testing::HasSubstr;

TEST(WalkersTest, EveryNameIsFoundOnce) {
  std::set<absl::string_view> names;
  for (const WalkerInfo* info : AllWalkers()) {
    EXPECT_TRUE(names.insert(info->name).second) << info->name;
    EXPECT_EQ(*FindWalker(info->name), info);
    EXPECT_FALSE(info->help.empty());
  }
  EXPECT_TRUE(names.contains("riscv-sv39"));
}

TEST(WalkersTest, EveryWalkerCanBeMade) {
  for (const WalkerInfo* info : AllWalkers()) {
    const auto walker = MakeWalker(info->name, {.user = true, .settings = {{"root", 0x1000}}});
    ASSERT_TRUE(walker.ok()) << walker.status();
    EXPECT_THAT((*walker)->Description(), HasSubstr(std::string(info->name)));
  }
}

TEST(WalkersTest, ErrorsSayWhatThereIs) {
  EXPECT_THAT(std::string(FindWalker("riscv").status().message()),
              HasSubstr("\"riscv\": unknown architecture; known are riscv-sv32, riscv-sv39"));
  EXPECT_THAT(std::string(MakeWalker("riscv-sv39", {false, {{"cr3", 1}}}).status().message()),
              HasSubstr("\"cr3\": riscv-sv39 has no such setting; it has root, satp"));
}

}  // namespace
}  // namespace emu::mmu
