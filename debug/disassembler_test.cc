#include "debug/disassembler.h"

#include "gtest/gtest.h"

namespace emu::debug {
namespace {

TEST(DisassemblerTest, Riscv) {
  const auto d = Disassembler::Make("riscv64");
  ASSERT_NE(d, nullptr);
  const uint8_t code[] = {0x13, 0x05, 0xf5, 0x02, 0x01, 0xa0, 0xff, 0xff, 0xff, 0xff};
  EXPECT_EQ(d->Print(absl::MakeConstSpan(code, 6), 0x80000000),
            "0x80000000:  1305f502             addi a0, a0, 0x2f\n"
            "0x80000004:  01a0                 j 0x80000004\n");
  EXPECT_NE(d->Print(code, 0).find("unknown"), std::string::npos);
  EXPECT_EQ(d->Print(code, 0, 0), "0x00000000:  1305f502             addi a0, a0, 0x2f\n");
}

TEST(DisassemblerTest, Host) {
  const auto d = Disassembler::Make("x86_64");
  ASSERT_NE(d, nullptr);
  const uint8_t code[] = {0x48, 0x89, 0xd8, 0xc3};
  EXPECT_EQ(d->Print(code, 0x1000),
            "0x00001000:  4889d8               movq %rbx, %rax\n"
            "0x00001003:  c3                   retq\n");
  const uint8_t jumps[] = {0xeb, 0xfe, 0xe8, 0x10, 0x00, 0x00, 0x00};
  EXPECT_EQ(d->Print(jumps, 0x1000),
            "0x00001000:  ebfe                 jmp 0x1000\n"
            "0x00001002:  e810000000           callq 0x1017\n");
}

TEST(DisassemblerTest, UnknownTriple) { EXPECT_EQ(Disassembler::Make("pdp11"), nullptr); }

}  // namespace
}  // namespace emu::debug
