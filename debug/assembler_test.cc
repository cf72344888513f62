#include "debug/assembler.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const McTarget kPlain{"riscv64", "+m,+a,+f,+d"};
const McTarget kCompressed{"riscv64", "+m,+a,+f,+d,+c"};

std::string ErrorOf(absl::string_view text) { return std::string(Assemble(text, kPlain).status().message()); }

TEST(AssemblerTest, Statements) {
  EXPECT_THAT(*Assemble("addi a0, a0, 1", kPlain), ElementsAre(0x13, 0x05, 0x15, 0x00));
  EXPECT_THAT(*Assemble("nop; nop\nnop", kPlain), ::testing::SizeIs(12));
  EXPECT_THAT(*Assemble("", kPlain), ::testing::IsEmpty());
  EXPECT_THAT(*Assemble(".word 0x12345678", kPlain), ElementsAre(0x78, 0x56, 0x34, 0x12));
}

TEST(AssemblerTest, CompressedWhereTheFeatureIsOn) {
  EXPECT_THAT(*Assemble("addi a0, a0, 1", kCompressed), ElementsAre(0x05, 0x05));
  EXPECT_THAT(*Assemble(".option norvc; addi a0, a0, 1", kCompressed), ::testing::SizeIs(4));
}

TEST(AssemblerTest, LabelsForwardsAndBackwards) {
  EXPECT_THAT(*Assemble("1: addi a0, a0, -1; bnez a0, 1b; beqz a1, 2f; nop; 2: nop", kPlain),
              ElementsAre(0x13, 0x05, 0xf5, 0xff, 0xe3, 0x1e, 0x05, 0xfe, 0x63, 0x84, 0x05, 0x00, 0x13, 0, 0, 0, 0x13,
                          0, 0, 0));
  EXPECT_THAT(*Assemble("j 8", kPlain), ElementsAre(0x6f, 0x00, 0x80, 0x00));
}

TEST(AssemblerTest, OtherArchitectures) {
  EXPECT_THAT(*Assemble("movq %rbx, %rax; ret", {"x86_64", ""}), ElementsAre(0x48, 0x89, 0xd8, 0xc3));
  EXPECT_THAT(Assemble("nop", {"pdp11", ""}).status().message(), HasSubstr("\"pdp11\""));
}

TEST(AssemblerTest, ErrorsQuoteTheStatement) {
  EXPECT_EQ(ErrorOf("nop; frobnicate a0 ; nop"), "assembler text \"frobnicate a0\": unrecognized instruction mnemonic");
  EXPECT_THAT(ErrorOf("addi a0, a0"), HasSubstr("\"addi a0, a0\": too few operands"));
  EXPECT_THAT(ErrorOf("addi a0, a0, 5000"), HasSubstr("\"addi a0, a0, 5000\": "));
  EXPECT_THAT(ErrorOf("sh1add a0, a1, a2"), HasSubstr("requires the following: 'Zba'"));
  EXPECT_THAT(ErrorOf("nop\nadd q0, q1, q2\nnop"), HasSubstr("\"add q0, q1, q2\": "));
  EXPECT_THAT(ErrorOf("call printf"), HasSubstr("refers to \"printf\""));
  EXPECT_THAT(ErrorOf("nop; .word -there"), HasSubstr("\".word -there\": expected a number"));
  EXPECT_THAT(ErrorOf("here = -there - 1; nop"), HasSubstr("expected a number"));
  EXPECT_THAT(ErrorOf("beqz a0, nowhere"), HasSubstr("refers to \"nowhere\""));
}

// Whatever the text, it is code or an error.
TEST(AssemblerTest, AnyText) {
  const char* const pieces[] = {"addi", "ld",  " ",  "a0", ",",  "(",  ")",    "1",     "-", ";",    ":",      "1:",
                                "1b",   "1f",  "\n", "j ", "%",  "\"", "call", "c.li ", "#", "beqz", "\x80",   ".word",
                                "csrr", "li ", "0x", "$",  "sp", "=",  "lui",  "%hi(",  "[", "x32",  "fadd.d", "\t"};
  std::mt19937 random(7);
  unsigned good = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (unsigned n = random() % 12; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const auto code = Assemble(text, kCompressed);
    good += code.ok();
    EXPECT_TRUE(code.ok() || !code.status().message().empty()) << text;
  }
  EXPECT_GT(good, 10u);
}

}  // namespace
}  // namespace emu::debug
