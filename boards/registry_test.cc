#include "boards/registry.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using ::testing::HasSubstr;

const BoardRegistration kFirst({.name = "zebra", .aliases = {"z"}, .family = "africa", .description = "striped"});
const BoardRegistration kSecond({.name = "ant", .family = "africa", .description = "small", .family_default = true});

TEST(RegistryTest, FindsByNameAndAlias) {
  EXPECT_EQ((*FindBoard("zebra"))->name, "zebra");
  EXPECT_EQ((*FindBoard("z"))->name, "zebra");
  EXPECT_THAT(std::string(FindBoard("y").status().message()),
              HasSubstr("-M \"y\": unknown board; known are ant, zebra, z"));
  EXPECT_EQ(AllBoards()[0]->name, "ant");
}

TEST(RegistryTest, DefaultsOfFamilies) {
  EXPECT_EQ(DefaultBoard("africa")->name, "ant");
  EXPECT_EQ(DefaultBoard("asia"), nullptr);
  EXPECT_EQ(DefaultBoard(""), nullptr);
}

TEST(RegistryTest, Help) {
  EXPECT_THAT(BoardHelp(""), HasSubstr("zebra                striped\n"));
  EXPECT_THAT(BoardHelp("africa"), HasSubstr("ant                  small (default)\n"));
  EXPECT_EQ(BoardHelp("asia"), "Supported machines are:\n");
}

}  // namespace
}  // namespace emu::boards
