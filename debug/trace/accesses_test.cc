// Traces of programs whose accesses are known, on both backends: exactly the records that there must be.
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boards/registry.h"
#include "debug/symbols.h"
#include "debug/trace/session.h"
#include "debug/trace/trace_reader.h"
#include "debug/watch_hub.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Object/ELFObjectFile.h"
#include "loaders/bytes.h"

namespace emu::debug {
namespace {

using boards::Accel;
using ::testing::HasSubstr;
using translate::AccessType;

std::string Program(const std::string& name) { return "testdata/riscv64/" + name + ".elf"; }

struct Traced {
  int status = -1;
  std::string report;
  std::vector<std::string> warnings;
  std::unique_ptr<TraceReader> reader;
  std::vector<TraceRecord> records;
};

// Runs the program with a trace of these words.
Traced RunTraced(Accel accel, const std::string& program, const std::string& words,
                 const std::vector<boards::DeviceRequest>& devices = {},
                 translate::EngineObserver* observer = nullptr) {
  const std::string path = absl::StrCat(getenv("TEST_TMPDIR"), "/accesses.", static_cast<int>(accel));
  boards::MachineConfig config;
  config.accel = accel;
  config.bios = "none";
  config.kernel = Program(program);
  config.ram_bytes = 16 << 20;
  config.deterministic = true;
  config.insn_limit = 10'000'000;
  config.devices = devices;
  auto machine = (*boards::FindBoard("riscv-virt"))->make(config);
  EXPECT_TRUE(machine.ok()) << machine.status();
  Traced traced;
  {
    WatchHub hub((*machine)->processor().cpu(), (*machine)->memory());
    const SymbolTable symbols = *SymbolTable::Load(Program(program));
    TraceSessionOptions options;
    options.warn = [&](absl::string_view line) { traced.warnings.emplace_back(line); };
    TraceSession session((*machine)->processor().cpu(), hub, symbols, options);
    if (!words.empty()) {
      const absl::StatusOr<int> id = session.Start(absl::StrCat(words, ",format=binary,file=", path));
      EXPECT_TRUE(id.ok()) << id.status();
    }
    if (observer != nullptr) (*machine)->processor().engine().AddObserver(observer);
    const boards::Machine::Result result = (*machine)->Run();
    traced.status = result.status;
    traced.report = result.report;
    EXPECT_TRUE(session.StopAll().ok());
  }
  if (words.empty()) return traced;
  traced.reader = std::make_unique<TraceReader>(*TraceReader::Open(path));
  EXPECT_TRUE(traced.reader->ForEach(0, ~uint64_t{0}, [&](const TraceRecord& r) { traced.records.push_back(r); }).ok());
  EXPECT_EQ(traced.reader->warning(), "");
  return traced;
}

// What the program's file says.
class ProgramFile {
 public:
  explicit ProgramFile(const std::string& name)
      : bytes_(*loaders::ReadFile(Program(name))), symbols_(*SymbolTable::Load(Program(name))) {
    const llvm::StringRef file(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
    auto elf = llvm::object::ELFObjectFileBase::createELFObjectFile(llvm::MemoryBufferRef(file, name));
    for (const llvm::object::SectionRef& section : (*elf)->sections()) {
      const std::string contents = llvm::cantFail(section.getContents()).str();
      sections_[llvm::cantFail(section.getName()).str()] = {section.getAddress(), contents};
    }
  }
  uint64_t Address(const std::string& symbol) const { return symbols_.FindByName(symbol)->address; }
  std::vector<uint64_t> Words(const std::string& section) const {
    const std::string& contents = sections_.at(section).second;
    std::vector<uint64_t> words(contents.size() / 8);
    memcpy(words.data(), contents.data(), 8 * words.size());
    return words;
  }
  // `size` bytes of code, lowest first.
  uint64_t Code(uint64_t address, unsigned size) const {
    const auto& [first, contents] = sections_.at(".text");
    uint64_t value = 0;
    memcpy(&value, contents.data() + (address - first), size);
    return value;
  }

 private:
  loaders::Bytes bytes_;
  SymbolTable symbols_;
  std::map<std::string, std::pair<uint64_t, std::string>> sections_;
};

std::string Line(AccessType type, uint64_t pc, uint64_t size, uint64_t gva, uint64_t gpa, uint64_t gpa2, uint64_t value,
                 uint64_t old, bool device) {
  return absl::StrCat(AccessTypeName(type), " at ", absl::Hex(pc), ": ", absl::Hex(gva), " -> ", absl::Hex(gpa), " ",
                      absl::Hex(gpa2), " size ", size, " value ", absl::Hex(value), " old ", absl::Hex(old),
                      device ? " device" : " memory");
}
std::string Line(const TraceRecord& r) {
  EXPECT_NE(r.place, nullptr);
  const bool device = r.place == nullptr || r.place->kind == memory::RegionKind::kIo;
  EXPECT_EQ(device, r.host() == 0);
  EXPECT_EQ(r.crosses, r.gpa2 != 0);
  return Line(r.type, r.pc, r.size, r.gva, r.gpa, r.gpa2, r.value, r.old, device);
}

std::vector<std::string> Lines(const std::vector<TraceRecord>& records) {
  std::vector<std::string> lines;
  for (const TraceRecord& r : records) lines.push_back(Line(r));
  return lines;
}

class AccessesTest : public ::testing::TestWithParam<Accel> {
 protected:
  const ProgramFile file_{"accesses"};
};
INSTANTIATE_TEST_SUITE_P(Backends, AccessesTest, ::testing::Values(Accel::kInterp, Accel::kJit),
                         [](const auto& info) { return info.param == Accel::kJit ? "Jit" : "Interpreter"; });

TEST_P(AccessesTest, DataAccessesAreExactlyThoseOfTheList) {
  std::vector<std::string> expected;
  const std::vector<uint64_t> words = file_.Words(".expected");
  ASSERT_GT(words.size(), 900u);
  for (size_t i = 0; i + 9 < words.size(); i += 10) {
    const uint64_t* const w = &words[i];
    expected.push_back(Line(static_cast<AccessType>(w[0]), w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8] != 0));
  }
  const Traced traced = RunTraced(GetParam(), "accesses", "mem,gpa=0x10000..0xffffffffffff");
  EXPECT_EQ(traced.status, 0) << traced.report;
  EXPECT_EQ(traced.warnings, std::vector<std::string>());
  EXPECT_EQ(Lines(traced.records), expected);
  for (size_t i = 1; i < traced.records.size(); ++i) {
    ASSERT_GE(traced.records[i].insn, traced.records[i - 1].insn);
    ASSERT_EQ(traced.records[i].insn == traced.records[i - 1].insn, traced.records[i].pc == traced.records[i - 1].pc);
  }
}

TEST_P(AccessesTest, DevicesNameTheirRegisters) {
  const Traced traced = RunTraced(GetParam(), "accesses", "mem,region=serial|virtio|mtimer|test");
  std::vector<std::string> names;
  for (const TraceRecord& r : traced.records) names.push_back(absl::StrCat(r.place->region, " ", r.register_name));
  EXPECT_EQ(names, (std::vector<std::string>{"serial SCR", "serial SCR", "virtio-mmio MagicValue",
                                             "riscv.aclint.mtimer mtimecmp", "riscv.aclint.mtimer mtimecmp",
                                             "riscv.sifive.test FINISHER"}));
}

TEST_P(AccessesTest, EachFilterAloneGivesItsPartOfAll) {
  const Traced all = RunTraced(GetParam(), "accesses", "mem,kind=rwx,walks=on");
  const uint64_t page = file_.Address("second_page");
  const std::pair<std::string, std::function<bool(const TraceRecord&)>> filters[] = {
      {"mem,kind=r", [](const TraceRecord& r) { return r.type == AccessType::kRead || r.type == AccessType::kAtomic; }},
      {"mem,kind=w",
       [](const TraceRecord& r) { return r.type == AccessType::kWrite || r.type == AccessType::kAtomic; }},
      {absl::StrCat("mem,kind=w,gpa=", page, "+4096"),
       [&](const TraceRecord& r) {
         return (r.type == AccessType::kWrite || r.type == AccessType::kAtomic) && (r.gpa2 == page || r.gpa == page);
       }},
      {"mem,kind=r,gva=0xc0001000+0x1000",
       [](const TraceRecord& r) {
         return r.type == AccessType::kRead && r.gva >> 30 == 3 && r.gva + r.size > 0xc0001000;
       }},
      {"mem,kind=x,region=mrom", [](const TraceRecord& r) { return r.type == AccessType::kFetch && r.gpa < 0x10000; }},
      {absl::StrCat("mem,kind=x,gpa=", file_.Address("first_code"), "+0x1000"),
       [](const TraceRecord& r) { return r.type == AccessType::kFetch && r.pc == 0xc0002ffe; }},
      {absl::StrCat("mem,kind=x,gpa=", file_.Address("line") + 10),
       [&](const TraceRecord& r) {
         return r.type == AccessType::kFetch && r.gpa <= file_.Address("line") + 10 &&
                r.gpa + r.size > file_.Address("line") + 10;
       }},
      {"mem,kind=none,walks=on",
       [](const TraceRecord& r) { return r.type == AccessType::kWalkRead || r.type == AccessType::kWalkWrite; }},
      {absl::StrCat("mem,kind=rwx,pc=line..", file_.Address("line_end")),
       [&](const TraceRecord& r) {
         return r.type <= AccessType::kFetch && r.pc >= file_.Address("line") && r.pc <= file_.Address("line_end");
       }},
  };
  for (const auto& [words, wanted] : filters) {
    std::vector<TraceRecord> part;
    for (const TraceRecord& r : all.records) {
      if (wanted(r)) part.push_back(r);
    }
    EXPECT_GT(part.size(), 0u) << words;
    EXPECT_EQ(Lines(RunTraced(GetParam(), "accesses", words).records), Lines(part)) << words;
  }
}

TEST_P(AccessesTest, InstructionsAreThoseOfTheFile) {
  const uint64_t begin = file_.Address("line"), end = file_.Address("line_end");
  std::vector<std::string> expected;
  for (uint64_t pc = begin; pc < end;) {
    const unsigned size = (file_.Code(pc, 1) & 3) == 3 ? 4 : 2;
    expected.push_back(Line(AccessType::kFetch, pc, size, pc, pc, 0, file_.Code(pc, size), 0, false));
    pc += size;
  }
  const Traced traced = RunTraced(GetParam(), "accesses", absl::StrCat("mem,kind=x,pc=", begin, "..", end - 1));
  EXPECT_EQ(Lines(traced.records), expected);
  EXPECT_GT(expected.size(), 100u);
  for (size_t i = 1; i < traced.records.size(); ++i) {
    ASSERT_EQ(traced.records[i].insn, traced.records[i - 1].insn + 1);
  }
}

TEST_P(AccessesTest, AnInstructionOnTwoPages) {
  const Traced traced = RunTraced(GetParam(), "accesses", "mem,kind=x,gva=0xc0000000+0x10000");
  const uint64_t first = file_.Address("first_code") + 0xffe, second = file_.Address("second_code");
  EXPECT_EQ(Lines(traced.records),
            (std::vector<std::string>{
                Line(AccessType::kFetch, 0xc0002ffe, 4, 0xc0002ffe, first, second, 0x00150513, 0, false),
                Line(AccessType::kFetch, 0xc0003002, 2, 0xc0003002, second + 2, 0, 0x8082, 0, false)}));
}

TEST_P(AccessesTest, WalksOfPageTables) {
  const Traced traced = RunTraced(GetParam(), "accesses", "mem,kind=none,walks=on,gva=0xc0000000..0xc0004fff");
  const uint64_t root = file_.Address("root"), middle = file_.Address("middle"), leaves = file_.Address("leaves");
  ASSERT_GE(traced.records.size(), 7u);
  const uint64_t pc = file_.Address("line");
  const auto read = [&](uint64_t gpa) {
    return Line(AccessType::kWalkRead, pc, 8, 0xc0000000, gpa, 0, file_.Code(gpa, 8), 0, false);
  };
  const std::vector<std::string> lines = Lines(traced.records);
  EXPECT_EQ(std::vector<std::string>(lines.begin(), lines.begin() + 3),
            (std::vector<std::string>{read(root + 24), read(middle), read(leaves)}));
  const uint64_t entry = file_.Code(leaves + 32, 8);
  EXPECT_EQ(entry & 0xc0, 0u);
  EXPECT_EQ(lines.back(), Line(AccessType::kWalkWrite, traced.records.back().pc, 8, 0xc0004000, leaves + 32, 0,
                               entry | 0xc0, 0, false));
}

TEST_P(AccessesTest, DevicesThatReachIntoMemory) {
  const ProgramFile file("dma");
  const Traced traced = RunTraced(GetParam(), "dma", "mem,kind=none,dma=on", {{"virtio-rng-device", {}}});
  EXPECT_EQ(traced.status, 0) << traced.report;
  const uint64_t rings = file.Address("rings"), used = rings + 0x1000, buffer = file.Address("buffer") + 0xff0;
  // As the virtio specification says (1.2, sections 2.7.13 and 2.7.14), by offsets from where things lie.
  std::vector<std::string> lines;
  for (const TraceRecord& r : traced.records) {
    const bool in_used = r.gpa >= used && r.gpa < used + 0x1000, in_buffer = r.gpa == buffer;
    const uint64_t base = in_buffer ? buffer : in_used ? used : rings;
    lines.push_back(absl::StrCat(AccessTypeName(r.type), " ",
                                 in_buffer ? "buffer"
                                 : in_used ? "used"
                                           : "rings",
                                 "+", r.gpa - base, " size ", r.size,
                                 in_buffer ? "" : absl::StrCat(" value ", r.value)));
    EXPECT_NE(r.host(), 0u);
    EXPECT_EQ(r.pc, traced.records[0].pc);  // the store that notified
  }
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "dma-read rings+66 size 2 value 1",                       // the driver's index
                       "dma-read rings+68 size 2 value 0",                       // the first descriptor
                       absl::StrCat("dma-read rings+0 size 16 value ", buffer),  // which is
                       "dma-write buffer+0 size 48",                             // the answer
                       "dma-write used+4 size 4 value 0",                        // of the first descriptor
                       "dma-write used+8 size 4 value 48",                       // so much
                       "dma-write used+2 size 2 value 1",                        // the device's index
                       "dma-read rings+66 size 2 value 1", "dma-write used+0 size 2 value 0",  // no more; notify me
                       "dma-read rings+64 size 2 value 0",  // does the driver want to know
                   }));
}

// The same machine, whatever its backend.
TEST(AccessesOfBoth, EveryRecordIsTheSame) {
  for (const char* program : {"accesses", "dma"}) {
    const std::vector<boards::DeviceRequest> devices = {{"virtio-rng-device", {}}};
    const char* const words = "mem,kind=rwx,walks=on,dma=on";
    const Traced a = RunTraced(Accel::kInterp, program, words, devices),
                 b = RunTraced(Accel::kJit, program, words, devices);
    ASSERT_EQ(Lines(a.records), Lines(b.records));
    for (size_t i = 0; i < a.records.size(); ++i) ASSERT_EQ(a.records[i].insn, b.records[i].insn);
  }
}

// Host code of every block, by address and in the order in which they are made.
class HostCode : public translate::EngineObserver {
 public:
  void OnCompiled(const ir::Block& block, absl::Span<const uint8_t> code,
                  absl::Span<const translate::CodeMark>) override {
    blocks.emplace_back(block.pc, std::vector<uint8_t>(code.begin(), code.end()));
  }
  std::vector<std::pair<uint64_t, std::vector<uint8_t>>> blocks;
};

// All but the addresses of this process that stand in it: two machines have their state at two places.
TEST(TracedCode, IsTheSameToTheByte) {
  HostCode plain, again, traced, fetches;
  RunTraced(Accel::kJit, "accesses", "", {}, &plain);
  RunTraced(Accel::kJit, "accesses", "", {}, &again);
  ASSERT_EQ(plain.blocks, again.blocks) << "the comparison is worth nothing";
  RunTraced(Accel::kJit, "accesses", "mem,kind=rw,walks=on,dma=on", {}, &traced);
  EXPECT_GT(plain.blocks.size(), 10u);
  EXPECT_EQ(plain.blocks, traced.blocks);
  RunTraced(Accel::kJit, "accesses", "mem,kind=x,pc=0x40000000", {}, &fetches);  // nothing is there
  EXPECT_EQ(plain.blocks, fetches.blocks);
}

TEST(TracedCode, OnlyWantedInstructionsDiffer) {
  HostCode plain, fetches;
  const uint64_t line = ProgramFile("accesses").Address("line");
  RunTraced(Accel::kJit, "accesses", "", {}, &plain);
  RunTraced(Accel::kJit, "accesses", absl::StrCat("mem,kind=x,pc=", line), {}, &fetches);
  ASSERT_EQ(plain.blocks.size(), fetches.blocks.size());
  int different = 0;
  // Blocks behind it may lie elsewhere, and their jumps then go other distances.
  for (size_t i = 0; i < plain.blocks.size(); ++i) {
    different += plain.blocks[i].second.size() != fetches.blocks[i].second.size();
  }
  EXPECT_EQ(different, 1);
}

}  // namespace
}  // namespace emu::debug
