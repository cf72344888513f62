// Blocks that run often are made anew, and the guest cannot tell: each program ends as it does in the interpreter.
#include <string>

#include <gtest/gtest.h>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

constexpr int64_t kInsns = 20000;
constexpr uint64_t kData = TestMachine::kRam + 0x8000;

class HotBlocksTest : public ::testing::Test {
 protected:
  HotBlocksTest() : jit_({.accel = TestAccel::kJit}), plain_({.jit = translate::JitOptions::None()}) {}

  // Gives the number of blocks that were made anew.
  uint64_t Compare(const std::string& text) {
    for (TestMachine* m : {&plain_, &jit_}) {
      m->Assemble(text, TestMachine::kCode);
      m->state().x[10] = kData;
      m->state().base.pc = TestMachine::kCode;
      for (int64_t done = 0; done < kInsns; done += 997) m->Run(997);
    }
    for (int r = 1; r < 32; ++r) EXPECT_EQ(jit_.state().x[r], plain_.state().x[r]) << "x" << r;
    EXPECT_EQ(jit_.state().base.pc, plain_.state().base.pc);
    EXPECT_EQ(jit_.cpu().InsnCount(), plain_.cpu().InsnCount());
    EXPECT_EQ(jit_.traps, plain_.traps);
    for (uint64_t at = 0; at < 64; at += 8) EXPECT_EQ(jit_.Read64(kData + at), plain_.Read64(kData + at));
    EXPECT_EQ(plain_.engine().counters().hot, 0u);
    return jit_.engine().counters().hot;
  }

  TestMachine jit_, plain_;
};

TEST_F(HotBlocksTest, ALoopOverSeveralBlocks) {
  EXPECT_GT(Compare(R"(
    addi a1, a1, 3
    andi a2, a1, 7
    bnez a2, 12
    sd a1, 0(a0)
    j 8
    ld a3, 0(a0)
    add a4, a4, a3
    j -28
  )"),
            0u);
}

TEST_F(HotBlocksTest, CallsAndReturnsThatAreFollowed) {
  EXPECT_GT(Compare(R"(
    jal ra, 12
    addi a1, a1, 1
    j -8
    add a2, a2, a1
    xor a3, a3, a2
    jalr zero, 0(ra)
  )"),
            0u);
}

// The jump goes here and there by turns, so that what was seen first is wrong half of the time.
TEST_F(HotBlocksTest, AJumpThatGoesElsewhere) {
  EXPECT_GT(Compare(R"(
    auipc a5, 0
    andi a6, a1, 1
    slli a6, a6, 3
    add a5, a5, a6
    addi a1, a1, 1
    jalr zero, 24(a5)
    addi a2, a2, 5
    j -28
    addi a2, a2, 7
    j -36
  )"),
            0u);
}

// The load at the end of memory faults, each time after a while.
TEST_F(HotBlocksTest, AFaultInTheMiddle) {
  const uint64_t last = TestMachine::kRam + TestMachine::kRamSize;
  for (TestMachine* m : {&plain_, &jit_}) {
    m->state().x[11] = last - 0x1000;
    m->Assemble("addi a1, a1, -1024\ncsrr t0, mepc\naddi t0, t0, 4\ncsrw mepc, t0\nmret", TestMachine::kMachineHandler);
  }
  EXPECT_GT(Compare(R"(
    addi a4, a4, 1
    ld a2, 0(a1)
    addi a1, a1, 8
    beqz a4, 8
    add a3, a3, a4
    j -20
  )"),
            0u);
  EXPECT_FALSE(jit_.traps.empty());
}

// The loop changes one of its own instructions.
TEST_F(HotBlocksTest, ALoopThatIsWrittenOver) {
  EXPECT_GT(Compare(R"(
    auipc a5, 0
    lw a6, 36(a5)
    addi a1, a1, 1
    andi a2, a1, 255
    bnez a2, 16
    sw a6, 32(a5)
    fence.i
    addi a6, a6, 1
    addi a3, a3, 1
    addi a4, a4, 9
    j -40
  )"),
            0u);
}

}  // namespace
}  // namespace emu::riscv
