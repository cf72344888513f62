// Runs irdump, mostly without its process.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "cli/irdump_run.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/JSON.h"

namespace emu::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kElf[] = "testdata/riscv64/hello.elf";

std::string OutputOf(const std::vector<std::string>& arguments) {
  const IrdumpOutcome outcome = RunIrdump(arguments);
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  return outcome.output;
}
std::string ErrorOf(const std::vector<std::string>& arguments) {
  const IrdumpOutcome outcome = RunIrdump(arguments);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.output, "");
  EXPECT_EQ(outcome.error.find('\n'), std::string::npos) << outcome.error;
  return outcome.error;
}

TEST(IrdumpTest, EveryStageOfText) {
  EXPECT_THAT(OutputOf({"li a0,5; addi a0,a0,1; ld a1,8(a2)"}),
              AllOf(HasSubstr("guest code:\n0x00001000:  1545"), HasSubstr("intermediate code:\nblock 0x1000 insns=3"),
                    HasSubstr("after fold"), HasSubstr("\n- %7 = add.i64 %2, %5\n+ %14 = const.i64 6\n~ set a0, %14\n"),
                    HasSubstr("host code of 0x1000:")));
}

TEST(IrdumpTest, ArgumentsAreLines) {
  EXPECT_EQ(OutputOf({"--stage", "guest", "nop", "j 4"}),
            "guest code:\n"
            "0x00001000:  0100                 nop\n"
            "0x00001002:  11a0                 j 0x1006\n");
}

TEST(IrdumpTest, Bytes) {
  const std::string expected = "guest code:\n0x80000000:  1305f502             addi a0, a0, 0x2f\n";
  for (const char* hex : {"1305f502", "0x1305F502", "13 05 f5 02"}) {
    EXPECT_EQ(OutputOf({"--bytes", hex, "--pc=0x80000000", "--stage=guest"}), expected);
  }
}

TEST(IrdumpTest, PartsOfElfFiles) {
  EXPECT_EQ(OutputOf({"--elf", kElf, "--range", "0x8000000c..0x80000011", "--stage", "guest"}),
            "guest code:\n"
            "0x8000000c:  03460500             lbu a2, 0x0(a0)\n"
            "0x80000010:  11ca                 beqz a2, 0x80000024\n");
  EXPECT_THAT(OutputOf({"--elf", kElf, "--symbol", "_start", "--stage", "ir"}),
              HasSubstr("block 0x80000000 insns=3 labels=0\n"));
}

TEST(IrdumpTest, ArchitectureIsaAndKey) {
  EXPECT_THAT(OutputOf({"--arch", "riscv32", "--stage", "ir", "add a0, a0, a1"}), HasSubstr("add.i32"));
  EXPECT_THAT(OutputOf({"--isa", "rv64i", "--stage", "guest", "addi a0, a0, 1"}), HasSubstr("13051500"));
  EXPECT_THAT(OutputOf({"--key", "nofp", "--stage", "ir", "fadd.d fa0, fa0, fa1"}), HasSubstr("raise Illegal"));
  EXPECT_THAT(OutputOf({"--no-opt", "nop"}), Not(HasSubstr("after")));
  EXPECT_THAT(OutputOf({"--host-features", "none", "--stage", "host", "clz a0, a1"}), Not(HasSubstr("lzcnt")));
  EXPECT_THAT(OutputOf({"--host-features", "all", "--stage", "host", "clz a0, a1"}), HasSubstr("lzcnt"));
}

TEST(IrdumpTest, Json) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(OutputOf({"--json", "ld a1,8(a0)"}));
  ASSERT_TRUE(static_cast<bool>(value));
  EXPECT_EQ(value->getAsObject()->getArray("blocks")->size(), 1u);
}

TEST(IrdumpTest, CodeThatEndsWithinAnInstruction) {
  const IrdumpOutcome outcome = RunIrdump({"--bytes", "01001305", "--stage", "guest"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.output, "guest code:\n0x00001000:  0100                 nop\n");
  EXPECT_EQ(outcome.error, "the last 2 bytes, at 0x1002, are no whole instruction");
}

TEST(IrdumpTest, Errors) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("there is no code"));
  EXPECT_THAT(ErrorOf({"nop; addi a0"}), HasSubstr("\"addi a0\": too few operands"));
  EXPECT_THAT(ErrorOf({""}), HasSubstr("there is no code"));
  EXPECT_THAT(ErrorOf({"--isa", "rv64i", "mul a0,a0,a0"}), HasSubstr("\"mul a0,a0,a0\": instruction requires"));
  EXPECT_THAT(ErrorOf({"--bytes", "1g"}), HasSubstr("'g' in \"1g\" is no hexadecimal digit"));
  EXPECT_THAT(ErrorOf({"--bytes", "123"}), HasSubstr("\"123\" has 3 digits"));
  EXPECT_THAT(ErrorOf({"--bytes", "13"}), HasSubstr("no whole instruction"));
  EXPECT_THAT(ErrorOf({"--bytes", "0100", "nop"}), HasSubstr("code is given twice"));
  EXPECT_THAT(ErrorOf({"--arch", "vax", "nop"}), HasSubstr("unknown architecture \"vax\"; known are riscv64"));
  EXPECT_THAT(ErrorOf({"--isa", "rv64x", "nop"}), HasSubstr("--isa: "));
  EXPECT_THAT(ErrorOf({"--key", "root", "nop"}), HasSubstr("--key: unknown word \"root\""));
  EXPECT_THAT(ErrorOf({"--pc", "here", "nop"}), HasSubstr("\"here\": expected an address"));
  EXPECT_THAT(ErrorOf({"--stage", "end", "nop"}), HasSubstr("unknown stage \"end\""));
  EXPECT_THAT(ErrorOf({"--host-features", "mmx", "nop"}),
              HasSubstr("\"mmx\": expected some of host, none, all, sse41"));
  EXPECT_THAT(ErrorOf({"--symbol", "main", "nop"}), HasSubstr("need --elf FILE"));
  EXPECT_THAT(ErrorOf({"--elf", kElf}), HasSubstr("expected --range A..B or --symbol NAME"));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--range", "5"}), HasSubstr("\"5\": expected FIRST..LAST"));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--range", "5..4"}), HasSubstr("\"5..4\": expected FIRST..LAST"));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--range", "0..5"}), HasSubstr("nothing of the file is loaded at 0x0..0x5"));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--range", "0..0xffffffffffffffff"}), HasSubstr("too much code"));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--symbol", "nobody"}), HasSubstr("has no symbol \"nobody\""));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--arch", "riscv32", "--symbol", "_start"}), HasSubstr("another CPU"));
  EXPECT_THAT(ErrorOf({"--elf", kElf, "--symbol", "_start", "--pc", "0"}), HasSubstr("has its address"));
  EXPECT_THAT(ErrorOf({"--elf", "/nonexistent", "--symbol", "x"}), HasSubstr("/nonexistent"));
  EXPECT_THAT(ErrorOf({"--frob"}), HasSubstr("unknown flag"));
}

TEST(IrdumpTest, Help) {
  EXPECT_THAT(OutputOf({"--help"}), AllOf(HasSubstr("usage: irdump"), HasSubstr("riscv64"), HasSubstr("--stage LIST")));
}

// Whatever the arguments: output, or an error of one line.
TEST(IrdumpTest, AnyArguments) {
  const char* const pieces[] = {"--bytes", "0100",  "13051500", "--pc",  "0x1000",     "--stage", "guest,opt", "--arch",
                                "riscv32", "nop",   "addi a0,", "--key", "m,nofp",     "--isa",   "rv32i",     "--json",
                                "--elf",   kElf,    "--range",  "1..2",  "--symbol",   "_start",  "--no-opt",  "-",
                                "--",      "li a0", "5",        "\xff",  "ld a0,(a0)", "--pc=-1", ".word 3",   ""};
  std::mt19937 random(9);
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::string> arguments;
    for (unsigned n = random() % 6; n > 0; --n) arguments.emplace_back(pieces[random() % std::size(pieces)]);
    const IrdumpOutcome outcome = RunIrdump(arguments);
    EXPECT_EQ(outcome.status == 0, outcome.error.empty());
    EXPECT_EQ(outcome.error.find('\n'), std::string::npos) << outcome.error;
  }
}

TEST(IrdumpTest, AsAProgram) {
  FILE* const pipe = popen("cli/irdump --stage guest nop", "r");
  char text[100] = {};
  const size_t size = fread(text, 1, sizeof text - 1, pipe);
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(std::string(text, size), "guest code:\n0x00001000:  0100                 nop\n");
}

}  // namespace
}  // namespace emu::cli
