#include "debug/code_listing.h"

#include <string>
#include <vector>

#include "debug/block_listing.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "targets/riscv/target.h"
#include "translate/ir/parser.h"

namespace emu::debug {
namespace {

using translate::CodeMark;
using translate::SharedCode;

// lui a0, 1; addi a1, a0, 0 in 4 bytes; c.nop; and what is no part of the block.
constexpr uint8_t kGuest[] = {0x05, 0x65, 0x93, 0x05, 0x05, 0x00, 0x01, 0x00, 0xff, 0xff};
// movq %rbx, %rax; movq %rax, %rbx; ret; jmp to the shared code behind
constexpr uint8_t kHost[] = {0x48, 0x89, 0xd8, 0x48, 0x89, 0xc3, 0xc3, 0xeb, 0x00, 0x90};

std::vector<translate::GuestCode> CodeAt(uint64_t pc, absl::Span<const uint8_t> bytes) {
  return {{pc, {bytes.begin(), bytes.end()}}};
}

ir::Block TheBlock() {
  return *ir::Parse(
      "block 0x1000 insns=3 labels=0\n"
      "  charge 0x1000 insns=3\n"
      "  insn 0x1000\n"
      "  insn 0x1002\n"
      "  insn 0x1006\n"
      "  goto 0x1008\n");
}

class CodeListingTest : public ::testing::Test {
 protected:
  const riscv::RiscvTarget target_{riscv::IsaConfig::Full(64)};
  const ir::Block block_ = TheBlock();
  const absl::Span<const uint8_t> host_ = absl::MakeConstSpan(kHost, 9);
  const std::vector<CodeMark> marks_ = {{0, 1}, {3, 3}, {6, 1}, {7, translate::kNoInstr}};
  const std::vector<SharedCode> shared_ = {{"behind", absl::MakeConstSpan(kHost + 9, 1)}};
};

TEST_F(CodeListingTest, Guest) {
  const auto disassembler = Disassembler::Make("riscv64");
  const auto insns = ListGuestCode(*disassembler, target_, block_, CodeAt(0x1000, kGuest));
  ASSERT_EQ(insns.size(), 3u);
  EXPECT_EQ(insns[1].pc, 0x1002u);
  EXPECT_EQ(insns[1].text, "mv a1, a0");
  EXPECT_EQ(insns[2].bytes.size(), 2u);
}

// A hot block may go back behind its beginning.
TEST_F(CodeListingTest, GuestCodeBeginsWithItsLowestAddress) {
  const auto disassembler = Disassembler::Make("riscv64");
  const ir::Block block =
      *ir::Parse("block 0x1006 insns=2 labels=0\n  charge 0x1006 insns=2\n  insn 0x1006\n  insn 0x1000\n  goto 4\n");
  const auto insns = ListGuestCode(*disassembler, target_, block, CodeAt(0x1000, kGuest));
  ASSERT_EQ(insns.size(), 2u);
  EXPECT_EQ(insns[0].text, "nop");
  EXPECT_EQ(insns[1].text, "lui a0, 0x1");
}

// What LLVM takes for the beginning of something longer is as long as the target says.
TEST_F(CodeListingTest, UnknownInstructions) {
  const uint8_t code[] = {0x1f, 0x00, 0x01, 0x00, 0x01, 0x00, 0x01, 0x00};
  const auto disassembler = Disassembler::Make("riscv64");
  const ir::Block block =
      *ir::Parse("block 0x1000 insns=1 labels=0\n  charge 0x1000 insns=1\n  insn 0x1000\n  goto 4\n");
  const auto insns = ListGuestCode(*disassembler, target_, block, CodeAt(0x1000, code));
  ASSERT_EQ(insns.size(), 1u);
  EXPECT_EQ(insns[0].bytes.size(), 4u);
  EXPECT_EQ(insns[0].text, "unknown");
}

TEST_F(CodeListingTest, HostLinesKnowWhatTheyAreFor) {
  const auto disassembler = Disassembler::Make("x86_64");
  const auto lines = ListHostCode(*disassembler, block_, host_, marks_, shared_, 0);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].insn, 0x1000u);
  EXPECT_EQ(lines[0].instr, 1u);
  EXPECT_EQ(lines[1].insn, 0x1006u);
  EXPECT_EQ(lines[2].insn, 0x1000u);
  EXPECT_FALSE(lines[3].insn.has_value());
  EXPECT_EQ(lines[3].text, "jmp behind");
}

TEST_F(CodeListingTest, WithoutMarks) {
  const auto disassembler = Disassembler::Make("x86_64");
  for (const HostLine& line : ListHostCode(*disassembler, block_, host_, {}, {}, 0x5000)) {
    EXPECT_FALSE(line.instr.has_value());
    EXPECT_GE(line.pc, 0x5000u);
  }
}

std::string WithoutAddresses(std::string text) {
  for (size_t at = 0; (at = text.find("0x", at)) != std::string::npos;) {
    const size_t end = std::min(text.find_first_not_of("0123456789abcdef", at + 2), text.size());
    if (end - at > 10) text.replace(at, end - at, "HOST");
    at += 2;
  }
  return text;
}

TEST_F(CodeListingTest, SideBySide) {
  BlockListing listing(target_, [](uint64_t address) { return address == 0x1000 ? "start" : ""; });
  EXPECT_EQ(WithoutAddresses(listing.SideBySide(block_, CodeAt(0x1000, kGuest), host_, marks_, shared_)),
            "guest and host code of 0x1000 <start>:\n"
            "0x00001000:  0565      lui a0, 0x1                   | HOST:  movq %rbx, %rax\n"
            "0x00001002:  93050500  mv a1, a0\n"
            "0x00001006:  0100      nop                           | HOST:  movq %rax, %rbx\n"
            "0x00001000: out of line                              | HOST:  retq\n"
            "                                                     | HOST:  jmp behind\n");
}

TEST_F(CodeListingTest, OneByOne) {
  BlockListing listing(target_, nullptr);
  EXPECT_EQ(listing.Guest(block_, CodeAt(0x1000, kGuest)),
            "guest code:\n"
            "0x00001000:  0565                 lui a0, 0x1\n"
            "0x00001002:  93050500             mv a1, a0\n"
            "0x00001006:  0100                 nop\n");
  EXPECT_EQ(WithoutAddresses(listing.Host(block_, absl::MakeConstSpan(kHost, 3), {}, {})),
            "host code of 0x1000:\nHOST:  4889d8               movq %rbx, %rax\n");
}

}  // namespace
}  // namespace emu::debug
