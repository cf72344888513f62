// Traces of a running machine: started, stopped, listed, asked.
#include "debug/trace/session.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "boards/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TraceSessionTest : public ::testing::Test {
 protected:
  TraceSessionTest() {
    boards::MachineConfig config;
    config.bios = "none";
    config.kernel = "testdata/riscv64/dma.elf";
    config.ram_bytes = 16 << 20;
    config.deterministic = true;
    config.devices = {{"virtio-rng-device", {}}};
    machine_ = *(*boards::FindBoard("riscv-virt"))->make(config);
    hub_.emplace(machine_->processor().cpu(), machine_->memory());
    TraceSessionOptions options;
    options.keep_last_writers = true;
    options.warn = [this](absl::string_view line) { absl::StrAppend(&warnings_, line, "\n"); };
    session_.emplace(machine_->processor().cpu(), *hub_, symbols_, options);
  }
  std::string Path(const std::string& name) { return std::string(getenv("TEST_TMPDIR")) + "/" + name; }
  std::string Read(const std::string& name) {
    std::ifstream file(Path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const SymbolTable symbols_ = *SymbolTable::Load("testdata/riscv64/dma.elf");
  std::unique_ptr<boards::Machine> machine_;
  std::optional<WatchHub> hub_;
  std::string warnings_;
  std::optional<TraceSession> session_;
};

TEST_F(TraceSessionTest, SeveralAtOnce) {
  const auto text = session_->Start(absl::StrCat("mem,symbol=main,hva,file=", Path("text")));
  const auto json = session_->Start(absl::StrCat("mem,kind=x,pc=main,format=json,file=", Path("json")));
  ASSERT_TRUE(text.ok() && json.ok());
  EXPECT_NE(*text, *json);
  ASSERT_EQ(session_->List().size(), 2u);
  EXPECT_EQ(session_->List()[1].file, Path("json"));
  EXPECT_THAT(session_->List()[1].spec, HasSubstr("pc=main"));
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_GT(session_->List()[0].records, 10u);
  EXPECT_TRUE(session_->Stop(*text).ok());
  EXPECT_THAT(session_->Stop(*text).ToString(), HasSubstr(absl::StrCat("trace ", *text, ": there is none; 1 are")));
  EXPECT_TRUE(session_->StopAll().ok());
  EXPECT_TRUE(session_->List().empty());
  EXPECT_THAT(Read("text"), HasSubstr("<main+0x"));
  EXPECT_THAT(Read("text"), HasSubstr("virtio-mmio:QueueNotify"));
  EXPECT_THAT(Read("text"), Not(HasSubstr("<_start")));
  EXPECT_THAT(Read("json"), HasSubstr("\"kind\":\"fetch\""));
  EXPECT_THAT(Read("json"), Not(HasSubstr("\"kind\":\"read\"")));
  EXPECT_EQ(warnings_, "");
}

TEST_F(TraceSessionTest, LastWriters) {
  const uint64_t buffer = symbols_.FindByName("buffer")->address, rings = symbols_.FindByName("rings")->address;
  const auto answer = [&](uint64_t gpa) { return session_->LastWriter(memory::Gpa(gpa)); };
  EXPECT_THAT(answer(buffer).status().ToString(), HasSubstr("nothing is traced"));
  const auto writes = session_->Start(absl::StrCat("mem,kind=w,walks=on,dma=on,file=", Path("writes")));
  ASSERT_TRUE(writes.ok());
  EXPECT_EQ(machine_->Run().status, 0);
  const absl::StatusOr<TraceRecord> device = answer(buffer + 0xff7), cpu = answer(rings + 66);
  ASSERT_TRUE(device.ok() && cpu.ok()) << device.status() << cpu.status();
  EXPECT_EQ(device->type, translate::AccessType::kDmaWrite);
  EXPECT_EQ(device->gpa, buffer + 0xff0);
  EXPECT_EQ(cpu->type, translate::AccessType::kWrite);
  EXPECT_EQ(cpu->value, 1u);
  EXPECT_THAT(answer(0x80f00000).status().ToString(), HasSubstr("no write since the trace began"));
  EXPECT_TRUE(session_->Stop(*writes).ok());
  ASSERT_TRUE(session_->Start(absl::StrCat("mem,kind=w,pc=0,file=", Path("writes"))).ok());
  EXPECT_THAT(answer(buffer).status().ToString(), HasSubstr("no write among those that are traced"));
}

TEST_F(TraceSessionTest, WhatCannotBeIsSaid) {
  EXPECT_THAT(session_->Start("mem,kind=q").status().ToString(), HasSubstr("letters of rwx"));
  EXPECT_THAT(session_->Start("mem,cpu=7").status().ToString(), HasSubstr("cpu \"7\": expected 0, the machine's only"));
  EXPECT_THAT(session_->Start("mem,file=/nowhere/x").status().ToString(), HasSubstr("/nowhere/x"));
  EXPECT_TRUE(session_->List().empty());
  ASSERT_TRUE(session_->Start(absl::StrCat("mem,region=nothing,file=", Path("none"))).ok());
  EXPECT_THAT(warnings_, HasSubstr("region=nothing matches no region that is there now: "));
  const auto none = session_->List().back().id;
  EXPECT_TRUE(session_->Stop(none).ok());
  EXPECT_THAT(Read("none"), HasSubstr("# after 0 instructions: region=nothing matches no region"));
  const auto full = session_->Start("mem,file=/dev/full");
  ASSERT_TRUE(full.ok());
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_THAT(session_->Stop(*full).ToString(), HasSubstr("No space left on device"));
  EXPECT_THAT(warnings_, HasSubstr("trace file \"/dev/full\": No space left on device; the trace ends before this"));
}

TEST_F(TraceSessionTest, ARegionThatComesLater) {
  ASSERT_TRUE(session_->Start(absl::StrCat("mem,kind=x,region=mrom|extra,file=", Path("map"))).ok());
  const memory::RegionPtr root = machine_->memory().root();
  const auto block = memory::RamBlock::Anonymous("extra", 0x1000);
  ASSERT_TRUE(root->Map(memory::Region::Ram("extra", *block), memory::RegionOffset(0x60000000)).ok());
  EXPECT_EQ(machine_->Run().status, 0);
  EXPECT_TRUE(session_->StopAll().ok());
  EXPECT_EQ(warnings_, "");
  EXPECT_THAT(Read("map"), HasSubstr("riscv_virt_board.mrom"));
}

}  // namespace
}  // namespace emu::debug
