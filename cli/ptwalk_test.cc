// Runs ptwalk, mostly without its process, on memory with page tables (testdata/riscv64/page_tables.S).
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "cli/ptwalk_run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/JSON.h"
#include "loaders/bytes.h"

namespace emu::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kImage[] = "testdata/riscv64/page_tables.elf";

std::string Temp(const std::string& name) { return std::string(getenv("TEST_TMPDIR")) + "/" + name; }

// On the image, at its root.
PtwalkOutcome Walk(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--arch", "riscv-sv39", "--root", "0x80000000"});
  return RunPtwalk(arguments);
}
std::string ErrorOf(const std::vector<std::string>& arguments) {
  const PtwalkOutcome outcome = RunPtwalk(arguments);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.output, "");
  return outcome.error;
}

TEST(PtwalkTest, EveryStepAndWhatCameOut) {
  const PtwalkOutcome outcome = Walk({"--privilege", "u", "--access=x", kImage, "0x10002"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output,
            "riscv-sv39, root 0x80000000, user; memory 0x80000000-0x8001ffff\n"
            "\n"
            "gva 0x10002: execute\n"
            "level 2 [   0] 0000000080000000: 0000000020000401 -------V  table: points to the next table\n"
            "level 1 [   0] 0000000080001000: 0000000020000801 -------V  table: points to the next table\n"
            "level 0 [  16] 0000000080002080: 0000000020000c5b -A-UX-RV  leaf: maps the page\n"
            "gpa 0x80003002: 4K page at 0x80003000, r-x, user accessed, byte 0x70\n");
}

TEST(PtwalkTest, FaultsSayWhy) {
  const auto last_line = [](const std::vector<std::string>& arguments) {
    const PtwalkOutcome outcome = Walk(arguments);
    EXPECT_EQ(outcome.status, 2);
    const std::string text = outcome.output.substr(0, outcome.output.size() - 1);
    return text.substr(text.rfind('\n') + 1);
  };
  EXPECT_EQ(last_line({kImage, "0x10000"}), "page fault, exception 13: user page and SUM is 0");
  EXPECT_EQ(last_line({kImage, "0x0"}), "page fault, exception 13: not valid");
  EXPECT_EQ(last_line({kImage, "0x800000"}), "page fault, exception 13: misaligned superpage");
  EXPECT_EQ(last_line({kImage, "0x8000000000"}), "page fault, exception 13: the address is not sign-extended");
  EXPECT_EQ(last_line({kImage, "0xffffffffc0000000"}), "access fault, exception 5: the entry cannot be read");
  EXPECT_EQ(last_line({"--access", "w", kImage, "0xffffffff80000000"}), "page fault, exception 15: not writable");
  EXPECT_EQ(last_line({"--svade", "--sum", kImage, "0x14000"}), "page fault, exception 13: A is clear");
}

TEST(PtwalkTest, TheStateOfTheCpuCounts) {
  EXPECT_EQ(Walk({"--sum", kImage, "0x10000"}).status, 0);
  EXPECT_EQ(Walk({"--privilege=u", kImage, "0x20000"}).status, 0);
  EXPECT_EQ(Walk({"--privilege=u", "--no-svnapot", kImage, "0x20000"}).status, 2);
  EXPECT_EQ(Walk({kImage, "0x40000"}).status, 0);
  EXPECT_EQ(Walk({"--no-svpbmt", kImage, "0x40000"}).status, 2);
  EXPECT_THAT(Walk({kImage, "0x40000"}).output, HasSubstr("rw-, global accessed dirty io, no memory there\n"));
}

TEST(PtwalkTest, SatpIsRootAndAsid) {
  const PtwalkOutcome outcome =
      RunPtwalk({"--arch=riscv-sv39", "--satp=0x8000700000080000", kImage, "0xffffffff80003001"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.output, StartsWith("riscv-sv39, root 0x80000000, asid 7, supervisor"));
  EXPECT_THAT(outcome.output, HasSubstr("1G page at 0x80000000, r-x, global accessed, byte 0x20\n"));
}

TEST(PtwalkTest, ListsEverything) {
  const PtwalkOutcome outcome = Walk({"--all", kImage});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.output.substr(outcome.output.find("----\n") + 5),
            "0000000000000000-000000000000ffff       64K  hole\n"
            "0000000000010000-0000000000011fff        8K  0000000080003000  r-x     4K  user accessed\n"
            "0000000000012000-0000000000012fff        4K  0000000080005000  r--     4K  user accessed\n"
            "0000000000013000-0000000000013fff        4K  0000000080008000  rw-     4K  user accessed dirty\n"
            "0000000000014000-0000000000014fff        4K  0000000080007000  rw-     4K  user\n"
            "0000000000015000-0000000000015fff        4K  0000000080006000  rw-     4K  accessed dirty\n"
            "0000000000016000-000000000001ffff       40K  hole\n"
            "0000000000020000-000000000002ffff       64K  0000000080010000  rw-    64K  user accessed dirty\n"
            "0000000000030000-000000000003ffff       64K  hole\n"
            "0000000000040000-0000000000040fff        4K  0000000010000000  rw-     4K  global accessed dirty io\n"
            "0000000000041000-0000000000041fff        4K  000000008000a000  rw-     4K  global accessed dirty nc\n"
            "0000000000042000-0000000000042fff        4K  fault: writable without readable is reserved"
            " (entry at 0000000080002210)\n"
            "0000000000043000-00000000003fffff     3828K  hole\n"
            "0000000000400000-00000000007fffff        4M  0000000080400000  rw-     2M  user accessed dirty\n"
            "0000000000800000-00000000009fffff        2M  fault: misaligned superpage (entry at 0000000080001020)\n"
            "0000000000a00000-0000000000ffffff        6M  hole\n"
            "0000000001000000-00000000015fffff        6M  again: 3 times the 2M listed at 0000000000000000"
            " (table 0000000080002000)\n"
            "0000000001600000-000000007fffffff     2026M  hole\n"
            "0000000080000000-00000000bfffffff        1G  0000000080000000  rwx     1G  global accessed dirty\n"
            "00000000c0000000-0000003fffffffff      253G  hole\n"
            "ffffffc000000000-ffffffff7fffffff      254G  hole\n"
            "ffffffff80000000-ffffffffbfffffff        1G  0000000080000000  r-x     1G  global accessed\n"
            "ffffffffc0000000-ffffffffffffffff        1G  fault: the entry cannot be read (entry at 00000000bff00000)\n"
            "mapped: 2G by pages of 1G, 4M by pages of 2M, 256K by pages of 64K, 128K by pages of 4K\n");
}

TEST(PtwalkTest, AListThatIsTooLongStops) {
  const PtwalkOutcome outcome = Walk({"--all", "--limit", "3", kImage});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.output, HasSubstr("\nstopped at 0000000000014000: "));
}

TEST(PtwalkTest, JsonIsWellFormedAndHasTheSame) {
  const PtwalkOutcome outcome = Walk({"--json", "--all", "--sum", kImage, "0x10002", "0", "0x40000"});
  EXPECT_EQ(outcome.status, 2);
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(outcome.output);
  ASSERT_TRUE(static_cast<bool>(value)) << llvm::toString(value.takeError());
  const llvm::json::Object& top = *value->getAsObject();
  const llvm::json::Array& translations = *top.getArray("translations");
  ASSERT_EQ(translations.size(), 3u);
  EXPECT_EQ(translations[0].getAsObject()->getString("gpa")->str(), "0x80003002");
  EXPECT_EQ(translations[0].getAsObject()->getInteger("byte"), 0x70);
  EXPECT_EQ(translations[0].getAsObject()->getArray("steps")->size(), 3u);
  EXPECT_EQ(translations[1].getAsObject()->getBoolean("ok"), false);
  EXPECT_EQ(translations[1].getAsObject()->getString("reason")->str(), "not valid");
  EXPECT_EQ(translations[2].getAsObject()->get("byte")->kind(), llvm::json::Value::Null);
  EXPECT_EQ(top.getObject("mappings")->getArray("ranges")->size(), 23u);
  EXPECT_EQ(top.getObject("mappings")->getBoolean("complete"), true);
}

TEST(PtwalkTest, ErrorsNameWhatWasGiven) {
  const auto error = [](std::vector<std::string> more) {
    more.insert(more.begin(), "--arch=riscv-sv39");
    return ErrorOf(more);
  };
  EXPECT_EQ(ErrorOf({}), "--arch NAME is missing; see --help");
  EXPECT_THAT(ErrorOf({"--arch", "vax"}), HasSubstr("--arch: \"vax\": unknown architecture; known are riscv-sv32"));
  EXPECT_EQ(ErrorOf({"--arch"}), "--arch NAME is missing; see --help");
  EXPECT_EQ(error({"--root=0"}), "the image is missing: a file with physical memory");
  EXPECT_EQ(error({"--root=0", kImage}), "nothing to do: name an address behind the image, or --all");
  EXPECT_EQ(error({"--root=0", kImage, "1q"}), "\"1q\": expected a guest-virtual address such as 0xffffffff80000000");
  EXPECT_EQ(error({"--root=x", kImage, "0"}), "--root: \"x\": expected a number such as 0x80000000");
  EXPECT_EQ(error({"--access=rw", kImage, "0"}), "--access: \"rw\": expected r, w or x");
  EXPECT_EQ(error({"--privilege=m", kImage, "0"}), "--privilege: \"m\": expected u or s");
  EXPECT_EQ(error({kImage, "0"}), "riscv-sv39 needs one of root and satp");
  EXPECT_EQ(error({"--root=0x80000004", kImage, "0"}), "root 0x80000004: tables begin at multiples of 0x1000");
  EXPECT_THAT(error({"--cr3=0", kImage, "0"}), HasSubstr("--cr3: unknown flag; known are --arch, --base"));
  EXPECT_THAT(error({"--root=0", "/nonexistent", "0"}), HasSubstr("cannot open \"/nonexistent\""));
  EXPECT_THAT(error({"--root=0", "--base=0", kImage, "0"}), HasSubstr("an ELF file says itself where it lies"));
  EXPECT_EQ(ErrorOf({"--arch=riscv-sv32", "--root=0", kImage, "0x100000000"}),
            "address 0x100000000: at most 0xffffffff is possible");
}

TEST(PtwalkTest, HelpListsWhatTheArchitectureHas) {
  const PtwalkOutcome all = RunPtwalk({"--help"});
  EXPECT_EQ(all.status, 0);
  EXPECT_THAT(all.output, HasSubstr("  riscv-sv57 "));
  EXPECT_THAT(RunPtwalk({"--arch=riscv-sv39", "--help"}).output, HasSubstr("  --satp VALUE "));
}

// A raw image of the same memory, whole and cut off anywhere.
TEST(PtwalkTest, RawImages) {
  const loaders::Bytes file = *loaders::ReadFile(kImage);
  const size_t start = 0x1000;  // where the linker puts the first segment
  for (const size_t size : {size_t{0x20000}, size_t{0x3002}, size_t{0x2088}, size_t{0x1008}, size_t{1}}) {
    ASSERT_TRUE(loaders::WriteFile(Temp("raw"), file.Part(start, size).span()).ok());
    const PtwalkOutcome outcome = Walk({"--sum", "--base=0x80000000", Temp("raw"), "0x10001", "--all"});
    EXPECT_EQ(outcome.status, size >= 0x2088 ? 0 : 2) << size;
    if (size >= 0x3002) {
      EXPECT_THAT(outcome.output, HasSubstr("byte 0x20\n"));
    } else {
      EXPECT_THAT(outcome.output, HasSubstr(size == 0x2088 ? "no memory there" : "the entry cannot be read"));
    }
  }
}

TEST(PtwalkTest, AnyBytesGiveAnAnswer) {
  std::mt19937_64 random(1);
  const char* const architectures[] = {"riscv-sv32", "riscv-sv39", "riscv-sv48", "riscv-sv57"};
  const loaders::Bytes file = *loaders::ReadFile(kImage);
  for (int i = 0; i < 1000; ++i) {
    std::vector<uint8_t> bad(file.span().begin(), file.span().begin() + 0x4000);
    for (int n = 0; n < 40; ++n) bad[0x1000 + random() % 0x3000] = static_cast<uint8_t>(random());
    if (random() % 4 == 0) bad[random() % 0x100] = static_cast<uint8_t>(random());
    ASSERT_TRUE(loaders::WriteFile(Temp("bad"), bad).ok());
    const PtwalkOutcome outcome =
        RunPtwalk({"--arch", architectures[random() % 4], "--root=0x80000000", "--raw", "--base=0x7ffff000", "--all",
                   "--limit=100", Temp("bad"), std::to_string(static_cast<uint32_t>(random()))});
    ASSERT_NE(outcome.status, 1) << outcome.error;
    RunPtwalk({"--arch=riscv-sv39", "--root=0x80000000", "--all", Temp("bad")});
  }
}

int Shell(const std::string& command) {
  const int status = system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(PtwalkTest, TheProgram) {
  const std::string walk = std::string("cli/ptwalk --arch riscv-sv39 --root 0x80000000 ") + kImage;
  EXPECT_EQ(Shell(walk + " 0x80000000 >" + Temp("out")), 0);
  EXPECT_EQ(Shell(walk + " 0 >" + Temp("out")), 2);
  EXPECT_EQ(Shell("cli/ptwalk 2>" + Temp("err")), 1);
  const loaders::Bytes err = *loaders::ReadFile(Temp("err"));
  EXPECT_EQ(std::string(err.span().begin(), err.span().end()), "ptwalk: --arch NAME is missing; see --help\n");
  EXPECT_EQ(Shell(walk + " 0x80000000 >/dev/full 2>" + Temp("err")), 1);
}

}  // namespace
}  // namespace emu::cli
