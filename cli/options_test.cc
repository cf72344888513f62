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

TEST(OptionsTest, JitOptions) {
  const auto o = Parse({"-jit-opt", "no-fold,no-chain", "-jit-opt", "no-pin", "-jit-cache", "8"});
  ASSERT_TRUE(o.ok());
  EXPECT_EQ(translate::JitOptionsText(o->machine.jit), "no-fold,no-chain,no-pin");
  EXPECT_EQ(o->machine.jit_cache_bytes, 8u << 20);
  EXPECT_EQ(translate::JitOptionsText(Parse({})->machine.jit), "all");
  EXPECT_EQ(Parse({"-jit-opt", "help"})->action, Options::Action::kJitOptHelp);
  EXPECT_THAT(std::string(Parse({"-jit-opt", "no-speed"}).status().message()),
              HasSubstr("-jit-opt \"no-speed\": expected no-"));
  for (const char* size : {"64K", "2G", "1000K5", "300001", ""}) {
    EXPECT_THAT(std::string(Parse({"-jit-cache", size}).status().message()), HasSubstr("-jit-cache")) << size;
  }
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

TEST(OptionsTest, Monitors) {
  const auto o = Parse({"-monitor", "null", "-qmp", "unix:a", "-qmp-pretty", "tcp::5,server=on", "-mon",
                        "chardev=c,mode=control,pretty=on", "-mon", "d"});
  ASSERT_TRUE(o.ok()) << o.status();
  const std::vector<MonitorOption>& m = o->debug.monitors;
  ASSERT_THAT(m, SizeIs(5));
  EXPECT_FALSE(m[0].control);
  EXPECT_TRUE(m[1].control && m[1].may_listen && !m[1].pretty);
  EXPECT_TRUE(m[2].control && !m[2].may_listen && m[2].pretty);
  EXPECT_EQ(m[2].stream.socket.host, "127.0.0.1");
  EXPECT_TRUE(m[3].control && m[3].pretty);
  EXPECT_EQ(m[3].stream.id, "c");
  EXPECT_FALSE(m[4].control);
  EXPECT_FALSE(Parse({"-qmp", "unix:a,server=off"})->debug.monitors[0].may_listen);
  EXPECT_EQ(Parse({"-name", "x"})->debug.name, "x");
  EXPECT_EQ(Parse({"-name", "guest=x,process=y"})->debug.name, "x");
}

// One terminal, and what it is for.
TEST(OptionsTest, MonitorsAndTheSerialPort) {
  using Kind = devices::CharSpec::Kind;
  EXPECT_TRUE(Parse({"-nographic"})->debug.serial_monitors);
  EXPECT_FALSE(Parse({"-nographic", "-monitor", "none"})->debug.serial_monitors);
  EXPECT_TRUE(Parse({"-serial", "mon:stdio", "-monitor", "none"})->debug.serial_monitors);
  EXPECT_EQ(Parse({"-monitor", "stdio"})->machine.serials[0].kind, Kind::kNull);
  EXPECT_EQ(Parse({"-chardev", "stdio,id=c", "-mon", "c"})->machine.serials[0].kind, Kind::kNull);
  EXPECT_EQ(Parse({"-qmp", "unix:a"})->machine.serials[0].kind, Kind::kStdio);
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
