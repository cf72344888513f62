#include "debug/explorer/ir_explorer.h"

#include <random>
#include <string>
#include <vector>

#include "debug/assembler.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

namespace emu::debug {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IrExplorerTest : public ::testing::Test {
 protected:
  IrExplorerTest() : guest_(*MakeRiscv64IrGuest("rv64gc_zba_zbb_zbs")) { options_.key = *guest_->ParseKey(""); }

  absl::StatusOr<Exploration> Code(const std::vector<uint8_t>& code) { return Explore(*guest_, code, options_); }
  Exploration Text(absl::string_view text) {
    const auto code = Assemble(text, guest_->mc());
    EXPECT_TRUE(code.ok()) << code.status();
    auto all = Code(*code);
    EXPECT_TRUE(all.ok()) << all.status();
    return *std::move(all);
  }

  std::unique_ptr<IrGuest> guest_;
  ExploreOptions options_;
};

TEST_F(IrExplorerTest, BlocksFollowEachOther) {
  options_.pc = 0x80000000;
  const Exploration all = Text("addi a0, a0, 1; beqz a0, 8; ld a1, 8(a0); ecall; nop");
  ASSERT_EQ(all.blocks.size(), 3u);
  EXPECT_EQ(all.end, 0x80000000 + 12);
  EXPECT_EQ(all.blocks[0].lifted.pc, 0x80000000u);
  EXPECT_EQ(all.blocks[1].lifted.pc, 0x80000004u);
  EXPECT_EQ(all.blocks[1].lifted.insn_count, 2u);
  ASSERT_EQ(all.blocks[1].guest.size(), 2u);
  EXPECT_EQ(all.blocks[1].guest[0].text, "ld a1, 0x8(a0)");
  EXPECT_EQ(all.blocks[1].guest[1].pc, 0x80000006u);
  EXPECT_THAT(all.blocks[2].guest[0].bytes, ElementsAre(0x01, 0x00));
}

TEST_F(IrExplorerTest, TheLastPassGivesWhatTheEngineCompiles) {
  const Exploration all = Text("addi a0, a0, 1; addi a0, a0, 2; sub a1, a0, a0");
  ir::Block block = all.blocks[0].lifted;
  ir::Optimize(&block);
  EXPECT_EQ(ir::Print(all.blocks[0].last()), ir::Print(block));
  EXPECT_EQ(all.blocks[0].passes.size(), std::size(ir::kPasses));
  options_.optimize = false;
  const Exploration plain = Text("addi a0, a0, 1; addi a0, a0, 2; sub a1, a0, a0");
  EXPECT_TRUE(plain.blocks[0].passes.empty());
  EXPECT_EQ(ir::Print(plain.blocks[0].last()), ir::Print(all.blocks[0].lifted));
}

// Each line of host code is for an instruction, in order until the out-of-line code begins; only the end is not.
TEST_F(IrExplorerTest, HostCodeKnowsWhatItIsFor) {
  const Exploration all = Text("ld a1, 8(a0); add a2, a1, a0; sd a2, 16(a0)");
  const ExploredBlock& block = all.blocks[0];
  ASSERT_FALSE(block.host.empty());
  EXPECT_EQ(block.host[0].pc, 0u);
  EXPECT_EQ(block.host[0].instr, 0u);
  EXPECT_FALSE(block.host[0].insn.has_value());
  EXPECT_FALSE(block.host.back().instr.has_value());
  EXPECT_THAT(block.host.back().text, HasSubstr("exit_stale"));
  std::vector<uint64_t> insns;
  size_t size = 0;
  for (const HostLine& line : block.host) {
    EXPECT_EQ(line.pc, size);
    size += line.bytes.size();
    EXPECT_THAT(line.text, testing::Not(HasSubstr("unknown")));
    if (line.insn.has_value() && (insns.empty() || insns.back() != *line.insn)) insns.push_back(*line.insn);
  }
  EXPECT_EQ(size, block.host_code.size());
  // In line, the exit; out of line, both accesses.
  EXPECT_THAT(insns, ElementsAre(0x1000, 0x1002, 0x1006, 0x1000, 0x1006));
}

TEST_F(IrExplorerTest, HostFeatures) {
  const auto uses = [&](absl::string_view mnemonic) {
    const Exploration all = Text("clz a0, a1");
    for (const HostLine& line : all.blocks[0].host) {
      if (line.text.find(std::string(mnemonic)) != std::string::npos) return true;
    }
    return false;
  };
  options_.features = {};
  EXPECT_FALSE(uses("lzcnt"));
  options_.features.lzcnt = true;
  EXPECT_TRUE(uses("lzcnt"));
}

TEST_F(IrExplorerTest, KeysMatter) {
  EXPECT_THAT(ir::Print(Text("fadd.d fa0, fa0, fa1").blocks[0].lifted), HasSubstr("fadd.f64"));
  options_.key = *guest_->ParseKey("nofp");
  EXPECT_THAT(ir::Print(Text("fadd.d fa0, fa0, fa1").blocks[0].lifted), testing::Not(HasSubstr("fadd.f64")));
}

// A page ends a block, and an instruction may lie on two of them.
TEST_F(IrExplorerTest, Pages) {
  options_.pc = 0x1ffc;
  const Exploration all = Text("nop; .option norvc; addi a0, a0, 1; .option rvc; nop");
  ASSERT_EQ(all.blocks.size(), 3u);
  EXPECT_EQ(all.blocks[1].lifted.pc, 0x1ffeu);
  EXPECT_EQ(all.blocks[1].guest[0].text, "addi a0, a0, 0x1");
  EXPECT_EQ(all.blocks[2].lifted.pc, 0x2002u);
}

TEST_F(IrExplorerTest, PartsOfInstructions) {
  const auto part = Code({0x01, 0x00, 0x13, 0x05});
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(part->end, 0x1002u);
  EXPECT_EQ(part->blocks.size(), 1u);
  EXPECT_THAT(std::string(Code({0x13}).status().message()), HasSubstr("the 1 bytes of code are no whole instruction"));
  EXPECT_THAT(std::string(Code({}).status().message()), HasSubstr("there is no code"));
  EXPECT_THAT(std::string(Code(std::vector<uint8_t>(kMaxExploredBytes + 1)).status().message()), HasSubstr("too many"));
}

// Whatever the bytes: valid code after each pass, and every byte in exactly one block.
TEST_F(IrExplorerTest, AnyBytes) {
  std::vector<ir::Type> types;
  for (const translate::RegisterInfo& r : guest_->target().registers()) types.push_back(r.type);
  const unsigned helpers = static_cast<unsigned>(guest_->target().helpers().size());
  std::mt19937 random(11);
  for (int n = 0; n < 400; ++n) {
    std::vector<uint8_t> code(1 + random() % 64);
    for (uint8_t& byte : code) byte = static_cast<uint8_t>(random());
    options_.pc = (random() & ~1u) | uint64_t{random()} << 32;
    const auto all = Code(code);
    if (!all.ok()) continue;
    uint64_t pc = options_.pc;
    for (const ExploredBlock& block : all->blocks) {
      EXPECT_EQ(block.lifted.pc, pc);
      for (const GuestLine& line : block.guest) pc += line.bytes.size();
      for (const PassResult& result : block.passes) EXPECT_TRUE(ir::Verify(result.block, {types, helpers}).ok());
    }
    EXPECT_EQ(all->end, pc);
    EXPECT_LT(options_.pc + code.size() - pc, 4u);
  }
}

}  // namespace
}  // namespace emu::debug
