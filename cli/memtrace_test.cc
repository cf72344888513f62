// emu -trace and memtrace together, on a guest program whose accesses are known (testdata/riscv64/accesses.S).
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/memtrace_run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/JSON.h"

namespace emu::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Temp(const std::string& name) { return absl::StrCat(getenv("TEST_TMPDIR"), "/", name); }
std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void WriteAll(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

struct Outcome {
  int status = -1;
  std::string out, err;
};

Outcome Emu(const std::string& flags) {
  const std::string command =
      absl::StrCat("cli/emu -M riscv-virt -bios none -deterministic -kernel testdata/riscv64/accesses.elf ", flags,
                   " </dev/null >", Temp("out"), " 2>", Temp("err"));
  const int status = system(command.c_str());
  return {WEXITSTATUS(status), ReadAll(Temp("out")), ReadAll(Temp("err"))};
}

Outcome Memtrace(const std::vector<std::string>& arguments) {
  Outcome o;
  const MemtraceOutcome outcome =
      RunMemtrace(arguments, [&](absl::string_view text) { absl::StrAppend(&o.out, text); });
  o.status = outcome.status;
  o.err = outcome.error;
  return o;
}

size_t Lines(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

class MemtraceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Outcome o = Emu(absl::StrCat("-symbols testdata/riscv64/accesses.elf -trace mem,kind=rwx,walks=on,dma=on,",
                                       "format=binary,file=", File()));
    ASSERT_EQ(o.status, 0) << o.err;
    ASSERT_EQ(o.err, "");
  }
  static std::string File() { return Temp("trace"); }
};

TEST_F(MemtraceTest, WhatIsInIt) {
  const Outcome o = Memtrace({File()});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_THAT(o.out, AllOf(HasSubstr("trace:         mem,kind=rwx,walks=on"), HasSubstr("architecture:  riscv64\n"),
                           HasSubstr("instructions:  0 to 15"), HasSubstr("  atomic       14\n"),
                           HasSubstr("  walk-write   1\n")));
}

TEST_F(MemtraceTest, RecordsByFilter) {
  const Outcome text = Memtrace({File(), "--text", "--kind", "rw", "--region", "^serial$"});
  EXPECT_THAT(text.out, AllOf(StartsWith("#"), HasSubstr("<line+0x"), HasSubstr("serial:SCR"), HasSubstr("0x5a\n")));
  EXPECT_EQ(Lines(text.out), 3u);
  const Outcome part = Memtrace({File(), "--json", "--kind=x", "--from", "40", "--to=49"});
  EXPECT_EQ(Lines(part.out), 10u);
  for (const absl::string_view line : absl::StrSplit(part.out, '\n', absl::SkipEmpty())) {
    EXPECT_TRUE(static_cast<bool>(llvm::json::parse(llvm::StringRef(line.data(), line.size())))) << line;
  }
  EXPECT_EQ(Lines(Memtrace({File(), "--text", "--walks=on", "--kind=none", "--gva", "0xc0004000"}).out), 4u);
  EXPECT_EQ(Lines(Memtrace({File(), "--text", "--kind=w", "--symbol", "nothing|supervisor"}).out), 1u);
}

TEST_F(MemtraceTest, Counts) {
  const Outcome regions = Memtrace({File(), "--count", "region", "--kind", "rw"});
  EXPECT_EQ(regions.out,
            "   records       read      write     atomic  region\n"
            "        87         45         28         14  riscv_virt_board.ram\n"
            "         2          1          1          0  riscv.aclint.mtimer\n"
            "         2          2          0          0  riscv_virt_board.mrom\n"
            "         2          1          1          0  serial\n"
            "         1          0          1          0  riscv.sifive.test\n"
            "         1          1          0          0  virtio-mmio\n");
  EXPECT_THAT(Memtrace({File(), "--count=symbol", "--top", "1"}).out,
              AllOf(HasSubstr("  line\n"), HasSubstr("more\n")));
  EXPECT_THAT(Memtrace({File(), "--count=page"}).out, HasSubstr("  0x80014000 riscv_virt_board.ram\n"));
  EXPECT_THAT(Memtrace({File(), "--count=pc", "--kind=w"}).out, HasSubstr(" <line+0x"));
  const Outcome json = Memtrace({File(), "--count=page", "--json"});
  EXPECT_TRUE(static_cast<bool>(llvm::json::parse(json.out))) << json.out;
}

TEST_F(MemtraceTest, FirstAndLastWriters) {
  const Outcome first = Memtrace({File(), "--first-writer", "0x80014100"});
  EXPECT_THAT(first.out, HasSubstr("0x00000010 was 0x00000000\n"));
  const Outcome last = Memtrace({File(), "--last-writer", "gva=0xc0000107"});
  EXPECT_THAT(last.out, HasSubstr("0xfffffffffffffffd was 0xffffffff00000010\n"));
  EXPECT_THAT(Memtrace({File(), "--last-writer=0x80013000", "--json"}).out, HasSubstr("\"gpa2\":\"0x80013000\""));
  const Outcome none = Memtrace({File(), "--last-writer", "0x80000000"});
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.err, "no record writes to 0x80000000");
}

TEST_F(MemtraceTest, Drawings) {
  const Outcome o = Memtrace({File(), "--svg", Temp("time.svg"), "--map-svg", Temp("map.svg")});
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.out, "");
  EXPECT_THAT(ReadAll(Temp("time.svg")), AllOf(StartsWith("<svg "), HasSubstr("80014000")));
  EXPECT_THAT(ReadAll(Temp("map.svg")), AllOf(StartsWith("<svg "), HasSubstr("riscv.sifive.plic")));
  EXPECT_EQ(Memtrace({File(), "--svg", "/nowhere/x"}).status, 1);
}

TEST_F(MemtraceTest, WrongArguments) {
  const auto error = [](const std::vector<std::string>& arguments) {
    const Outcome o = Memtrace(arguments);
    EXPECT_EQ(o.status, 1);
    EXPECT_EQ(o.out, "");
    return o.err;
  };
  EXPECT_THAT(error({}), HasSubstr("expected one file of a binary trace, got 0"));
  EXPECT_THAT(error({File(), "--nonsense"}), HasSubstr("unknown flag"));
  EXPECT_THAT(error({File(), "--kind", "q"}), HasSubstr("--kind \"q\": expected letters of rwx"));
  EXPECT_THAT(error({File(), "--count", "line"}), HasSubstr("expected page, region, symbol or pc"));
  EXPECT_THAT(error({File(), "--text", "--json"}), HasSubstr("--text does not go with"));
  EXPECT_THAT(error({File(), "--last-writer", "nobody"}), HasSubstr("\"nobody\": expected A, A..B"));
  EXPECT_THAT(error({"/nowhere"}), HasSubstr("/nowhere"));
  EXPECT_THAT(error({"testdata/riscv64/accesses.elf"}), HasSubstr("no binary trace"));
  EXPECT_THAT(Memtrace({"--help"}).out, HasSubstr("--map-svg FILE"));
}

TEST_F(MemtraceTest, AFileThatIsCutOff) {
  const std::string whole = ReadAll(File());
  WriteAll(Temp("cut"), whole.substr(0, whole.size() - 20));
  const Outcome o = Memtrace({Temp("cut"), "--count=region"});
  EXPECT_EQ(o.status, 2);
  EXPECT_THAT(o.err, HasSubstr("is cut off or damaged after byte"));
  EXPECT_EQ(o.out, Memtrace({File(), "--count=region"}).out);  // all chunks are there
}

TEST_F(MemtraceTest, MutatedFiles) {
  std::mt19937 random(3);
  const std::string whole = ReadAll(File());
  int bad = 0;
  for (int round = 0; round < 300; ++round) {
    std::string file = whole.substr(0, random() % 2 == 0 ? random() % whole.size() : whole.size());
    for (int n = random() % 5; n > 0 && !file.empty(); --n) file[random() % file.size()] = static_cast<char>(random());
    WriteAll(Temp("mutated"), file);
    for (const char* what : {"--count=page", "--text", "--last-writer=0x80014000"}) {
      const Outcome o = Memtrace({Temp("mutated"), what});
      EXPECT_EQ(o.status != 0, !o.err.empty());
      bad += o.status != 0;
    }
  }
  EXPECT_GT(bad, 300);
}

TEST(EmuTrace, ErrorsNameTheFlagAndThePart) {
  const auto error = [](const std::string& flags) {
    const Outcome o = Emu(flags);
    EXPECT_EQ(o.status, 1);
    return o.err;
  };
  EXPECT_EQ(error("-trace mem,kind=q"),
            "emu: -trace \"mem,kind=q\": kind \"q\": expected letters of rwx (read, write, execute), or none\n");
  EXPECT_THAT(error("-trace mem,symbol=x"), HasSubstr("none are known: -symbols FILE"));
  EXPECT_THAT(error("-trace mem,file=/nowhere/x"), HasSubstr("\"/nowhere/x\": No such file"));
  EXPECT_THAT(error("-symbols /nowhere/x"), HasSubstr("-symbols"));
  EXPECT_THAT(error("-symbols /dev/null"), HasSubstr("-symbols \"/dev/null\": no table of symbols"));
}

TEST(EmuTrace, LinesOnStandardErrorAndWarnings) {
  const Outcome o = Emu("-trace mem,region=serial");
  EXPECT_EQ(o.status, 0);
  EXPECT_EQ(Lines(o.err), 3u);
  EXPECT_THAT(o.err, HasSubstr("serial:SCR"));
  EXPECT_THAT(Emu("-trace mem,file=/dev/full").err,
              HasSubstr("emu: trace: trace file \"/dev/full\": No space left on device; the trace ends before this\n"));
}

}  // namespace
}  // namespace emu::cli
