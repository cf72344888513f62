// The log of a machine that runs testdata/riscv64/hello.S: each item, on both backends, and items that change.
#include "debug/machine_log.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "boards/registry.h"
#include "debug/perf_map.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Temp(const std::string& name) { return std::string(getenv("TEST_TMPDIR")) + "/" + name; }

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class MachineLogTest : public ::testing::TestWithParam<boards::Accel> {
 protected:
  void Make(uint32_t items, absl::string_view filter = "0..0xffffffffffffffff") {
    boards::MachineConfig config;
    config.kernel = "testdata/riscv64/hello.elf";
    config.bios = "none";
    config.ram_bytes = 32 << 20;
    config.deterministic = true;
    config.insn_limit = limit_;
    config.accel = GetParam();
    config.log = *boards::GuestLog::Open(items, Temp("log"), *boards::LogFilter::Parse(filter));
    auto machine = (*boards::FindBoard("virt"))->make(config);
    ASSERT_TRUE(machine.ok()) << machine.status();
    log_.reset();  // before the machine that it looks at
    machine_ = *std::move(machine);
    const auto names = [](uint64_t address) { return address == 0x80000000 ? "entry" : ""; };
    log_.emplace(*machine_, names);
  }
  std::string Text() {
    machine_->config().log.Flush();
    return ReadAll(Temp("log"));
  }
  std::string Run(uint32_t items, absl::string_view filter = "0..0xffffffffffffffff") {
    Make(items, filter);
    EXPECT_EQ(machine_->Run().status, 0);
    return Text();
  }

  std::optional<uint64_t> limit_;
  std::unique_ptr<boards::Machine> machine_;
  std::optional<MachineLog> log_;
};
INSTANTIATE_TEST_SUITE_P(Log, MachineLogTest, ::testing::Values(boards::Accel::kJit, boards::Accel::kInterp));

TEST_P(MachineLogTest, Nothing) { EXPECT_EQ(Run(0), ""); }

TEST_P(MachineLogTest, GuestCode) {
  EXPECT_THAT(Run(boards::kLogInAsm), AllOf(HasSubstr("guest code <entry>:\n0x80000000:  17150000  "),
                                            HasSubstr("beqz a2, 0x80000024\n\n"), Not(HasSubstr("host"))));
}

TEST_P(MachineLogTest, IntermediateCode) {
  EXPECT_THAT(
      Run(boards::kLogOp | boards::kLogOpOpt),
      AllOf(HasSubstr("intermediate code <entry>:\nblock 0x80000000 insns=5 labels=0\n"),
            HasSubstr("intermediate code after its passes <entry>:\nblock 0x80000000"), HasSubstr("set a0, %2")));
}

TEST_P(MachineLogTest, HostCode) {
  const std::string alone = Run(boards::kLogOutAsm), beside = Run(boards::kLogOutAsm | boards::kLogInAsm);
  if (GetParam() == boards::Accel::kInterp) {
    EXPECT_EQ(alone, "");
    EXPECT_THAT(beside, HasSubstr("guest code <entry>:\n"));
    return;
  }
  EXPECT_THAT(alone, AllOf(HasSubstr("host code of 0x80000000 <entry>:\n0x"), HasSubstr("jmp exit_jump")));
  EXPECT_THAT(beside, AllOf(HasSubstr("guest and host code of 0x80000000 <entry>:\n"),
                            HasSubstr("\n0x80000008:  b7050010  lui a1, 0x10000               | 0x")));
}

TEST_P(MachineLogTest, EachBlockThatIsExecuted) {
  const std::string text = Run(boards::kLogExec);
  EXPECT_THAT(text,
              testing::StartsWith("exec 0x1000 insns=6\nexec 0x80000000 insns=5 <entry>\nexec 0x80000012 insns=12\n"));
  uint64_t insns = 0;
  for (size_t at = 0; (at = text.find("insns=", at)) != std::string::npos; ++at)
    insns += std::stoul(text.substr(at + 6));
  EXPECT_GE(insns, machine_->processor().cpu().InsnCount());
}

TEST_P(MachineLogTest, Registers) {
  EXPECT_THAT(Run(boards::kLogCpu, "0x80000000+1"),
              AllOf(HasSubstr("pc       0000000080000000\n"), HasSubstr("x5/t0    0000000080000000"),
                    Not(HasSubstr("pc       0000000080000012"))));
}

TEST_P(MachineLogTest, Mmu) {
  EXPECT_THAT(Run(boards::kLogMmu), AllOf(HasSubstr("mmu: execute 0x80000000 -> 0x80000000, page of 4 KiB, rwx\n"),
                                          HasSubstr("mmu: write 0x10000000 -> 0x10000000"), HasSubstr("mmu: forget")));
}

TEST_P(MachineLogTest, MemoryMap) {
  EXPECT_THAT(Run(boards::kLogPage), AllOf(HasSubstr("memory map of \"cpu-memory-0\":\n"),
                                           HasSubstr("page: + 0000000080000000-0000000081ffffff ram ")));
}

TEST_P(MachineLogTest, Filter) {
  EXPECT_EQ(Run(boards::kLogExec, "0x80000000+4,0x1000..0x1003"),
            "exec 0x1000 insns=6\nexec 0x80000000 insns=5 <entry>\n");
  EXPECT_THAT(Run(boards::kLogInAsm, "0x80000024-1"), Not(HasSubstr("0x80000024:")));
  EXPECT_THAT(Run(boards::kLogInAsm, "0x80000024+1"), testing::StartsWith("guest code:\n0x80000024:"));
}

TEST_P(MachineLogTest, ItemsChange) {
  limit_ = 6;
  Make(0);
  machine_->Run();
  translate::Engine& engine = machine_->processor().engine();
  log_->SetItems(boards::kLogExec | boards::kLogMmu);
  engine.Run(20);
  const std::string before = Text();
  EXPECT_THAT(before, AllOf(HasSubstr("exec 0x80000000 "), HasSubstr("mmu: ")));
  log_->SetItems(0);
  engine.Run(20);
  EXPECT_EQ(Text(), before);
  EXPECT_EQ(log_->items(), 0u);
}

TEST_P(MachineLogTest, WhatIsNotThereIsReportedWhenThatIsWanted) {
  Make(0);
  const auto access = [&] { return machine_->memory().Load(memory::Gpa(0x18000000), 4).status; };
  EXPECT_EQ(access(), memory::MemStatus::kDecodeError);
  log_->SetItems(boards::kLogGuestErrors);
  EXPECT_EQ(access(), memory::MemStatus::kDecodeError);
  EXPECT_EQ(Text(), "guest error: read of 4 bytes at 0x18000000, where nothing is\n");
  log_->SetItems(boards::kLogUnimp);
  access();
  log_->SetItems(0);
  EXPECT_EQ(access(), memory::MemStatus::kDecodeError);
  EXPECT_EQ(machine_->memory().Find(memory::Gpa(0x18000000)), nullptr);
  EXPECT_EQ(Text(), "guest error: read of 4 bytes at 0x18000000, where nothing is\n");
}

TEST_P(MachineLogTest, PerfMap) {
  Make(0);
  const auto names = [](uint64_t address) { return address == 0x80000000 ? "entry" : ""; };
  {
    const auto map = PerfMap::Create(Temp("map"), machine_->processor().engine(), names);
    ASSERT_TRUE(map.ok());
    EXPECT_EQ(machine_->Run().status, 0);
  }
  const std::string text = ReadAll(Temp("map"));
  if (GetParam() == boards::Accel::kInterp) {
    EXPECT_EQ(text, "");
    return;
  }
  EXPECT_THAT(text, AllOf(testing::ContainsRegex("\n[0-9a-f]+ [0-9a-f]+ guest 0x80000000 entry\n"),
                          testing::ContainsRegex("\n[0-9a-f]+ [0-9a-f]+ guest 0x80000012\n"),
                          testing::ContainsRegex("\n[0-9a-f]+ [0-9a-f]+ emu exit_jump\n")));
}

// What is gone has no name any more.
TEST_P(MachineLogTest, PerfMapBeginsAnew) {
  limit_ = 6;
  Make(0);
  translate::Engine& engine = machine_->processor().engine();
  {
    const auto map = PerfMap::Create(Temp("map"), engine, nullptr);
    machine_->Run();
    engine.DiscardAll();
    engine.Run(20);
  }
  const std::string text = ReadAll(Temp("map"));
  EXPECT_THAT(text, Not(HasSubstr("guest 0x1000\n")));
  EXPECT_EQ(text.find("guest 0x80000000\n") != std::string::npos, GetParam() == boards::Accel::kJit);
}

TEST(PerfMapTest, Path) { EXPECT_EQ(PerfMap::PathFor(42), "/tmp/perf-42.map"); }

}  // namespace
}  // namespace emu::debug
