#include "cli/options.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

absl::StatusOr<Options> Parse(std::vector<std::string> arguments) { return ParseOptions(arguments); }

TEST(OptionsTest, NamesAreUnique) {
  std::set<absl::string_view> names;
  for (const Flag& flag : Flags()) EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
}

TEST(OptionsTest, HelpListsWhatHasHelp) {
  const std::string help = HelpText("emu");
  for (const Flag& flag : Flags()) {
    if (!flag.help.empty()) {
      EXPECT_THAT(help, HasSubstr("  -" + std::string(flag.name) + " ")) << flag.name;
    }
  }
}

TEST(OptionsTest, OneDashOrTwo) {
  EXPECT_EQ(Parse({"-kernel", "a"})->machine.kernel, "a");
  EXPECT_EQ(Parse({"--kernel", "a"})->machine.kernel, "a");
}

TEST(OptionsTest, Machine) {
  const auto o = Parse({"-machine", "virt,dumpdtb=f,accel=interp,aia=none"});
  ASSERT_TRUE(o.ok());
  EXPECT_EQ(o->board, "virt");
  EXPECT_EQ(o->machine.dump_dtb, "f");
  EXPECT_EQ(o->machine.accel, boards::Accel::kInterp);
  EXPECT_EQ(o->machine.board_options.at("aia"), "none");
  EXPECT_EQ(Parse({"-machine", "type=virt"})->board, "virt");
  // Options alone, with the board elsewhere.
  const auto two = Parse({"-M", "virt", "-machine", "acpi=off"});
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(two->board, "virt");
  EXPECT_EQ(two->machine.board_options.at("acpi"), "off");
}

TEST(OptionsTest, SerialPorts) {
  EXPECT_THAT(Parse({})->machine.serials, SizeIs(1));
  EXPECT_TRUE(Parse({"-nographic"})->machine.serials[0].mux);
  EXPECT_THAT(Parse({"-nodefaults"})->machine.serials, SizeIs(0));
  EXPECT_EQ(Parse({"-serial", "null"})->machine.serials[0].kind, devices::CharSpec::Kind::kNull);
  EXPECT_THAT(Parse({"-serial", "null", "-serial", "null"})->machine.serials, SizeIs(2));
}

TEST(OptionsTest, LimitMakesTimeCounted) {
  const auto o = Parse({"-icount-limit", "5"});
  EXPECT_EQ(o->machine.insn_limit, 5u);
  EXPECT_TRUE(o->machine.deterministic);
  EXPECT_FALSE(Parse({})->machine.deterministic);
}

TEST(OptionsTest, Devices) {
  const auto o = Parse({"-device", "virtconsole,chardev=c,name=x"});
  ASSERT_THAT(o->machine.devices, SizeIs(1));
  EXPECT_EQ(o->machine.devices[0].driver, "virtconsole");
  EXPECT_EQ(o->machine.devices[0].properties[0], std::make_pair(std::string("chardev"), std::string("c")));
}

TEST(OptionsTest, HelpEndsParsing) {
  EXPECT_EQ(Parse({"-help", "-nonsense"})->action, Options::Action::kHelp);
  EXPECT_EQ(Parse({"-cpu", "help", "-M", "virt"})->board, "virt");
}

}  // namespace
}  // namespace emu::cli
