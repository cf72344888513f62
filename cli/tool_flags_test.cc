#include "cli/tool_flags.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ToolFlagsTest : public ::testing::Test {
 protected:
  std::vector<std::string> Parse(const std::vector<std::string>& arguments) {
    seen_.clear();
    const absl::StatusOr<std::vector<std::string>> rest = ParseToolFlags(arguments, flags_);
    error_ = std::string(rest.status().message());
    return rest.ok() ? *rest : std::vector<std::string>();
  }

  std::string seen_, error_;
  const std::vector<ToolFlag> flags_ = {
      {"all", "", "everything",
       [this](absl::string_view) {
         seen_ += "all;";
         return absl::OkStatus();
       }},
      {"base", "ADDR", "where",
       [this](absl::string_view value) {
         if (value == "bad") return absl::InvalidArgumentError("\"bad\": expected a number");
         seen_ += "base " + std::string(value) + ";";
         return absl::OkStatus();
       }},
  };
};

TEST_F(ToolFlagsTest, FlagsAnywhereWithOneDashOrTwo) {
  EXPECT_THAT(Parse({"a", "--base", "1", "b", "-base=2", "-all", "--base=", "-", "--base", "--all"}),
              ElementsAre("a", "b", "-"));
  EXPECT_EQ(seen_, "base 1;base 2;all;base ;base --all;");
  EXPECT_EQ(error_, "");
  EXPECT_THAT(Parse({"--", "--all", "--"}), ElementsAre("--all", "--"));
  EXPECT_EQ(seen_, "");
}

TEST_F(ToolFlagsTest, ErrorsNameTheFlag) {
  Parse({"--bas", "1"});
  EXPECT_EQ(error_, "--bas: unknown flag; known are --all, --base");
  Parse({"--base"});
  EXPECT_EQ(error_, "--base: wants ADDR");
  Parse({"--all=1"});
  EXPECT_EQ(error_, "--all: takes no value, got 1");
  Parse({"--base", "bad"});
  EXPECT_EQ(error_, "--base: \"bad\": expected a number");
}

TEST_F(ToolFlagsTest, HelpHasALinePerFlag) {
  EXPECT_THAT(ToolFlagsHelp(flags_), HasSubstr("  --all                   everything\n  --base ADDR "));
}

}  // namespace
}  // namespace emu::cli
