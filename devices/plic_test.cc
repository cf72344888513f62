#include "devices/plic.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

constexpr uint64_t kEnable = 0x2000, kContext = 0x200000, kPending = 0x1000;
constexpr unsigned kM = 0, kS = 1;

class PlicTest : public testing::Test {
 protected:
  void SetPriority(unsigned source, uint32_t value) { Out(plic_, 4 * source, value); }
  void Enable(unsigned context, unsigned source) {
    const uint64_t at = kEnable + 0x80 * context + source / 32 * 4;
    Out(plic_, at, In(plic_, at) | 1u << source % 32);
  }
  void Threshold(unsigned context, uint32_t value) { Out(plic_, kContext + 0x1000 * context, value); }
  uint64_t Claim(unsigned context) { return In(plic_, kContext + 0x1000 * context + 4); }
  void Complete(unsigned context, uint64_t source) { Out(plic_, kContext + 0x1000 * context + 4, source); }
  bool Pending(unsigned source) { return In(plic_, kPending + source / 32 * 4) >> source % 32 & 1; }

  Plic plic_{{96, 2, 7}};
};

TEST_F(PlicTest, ALevelIsClaimedServedAndCompleted) {
  SetPriority(10, 1);
  Enable(kS, 10);
  IrqLine uart("uart");
  plic_.Connect(uart, 10);
  uart.Raise();
  EXPECT_TRUE(Pending(10));
  EXPECT_TRUE(plic_.irq(kS).level());
  EXPECT_FALSE(plic_.irq(kM).level());
  EXPECT_EQ(Claim(kS), 10u);
  EXPECT_FALSE(Pending(10));
  EXPECT_FALSE(plic_.irq(kS).level());
  EXPECT_EQ(Claim(kS), 0u);
  uart.Lower();
  Complete(kS, 10);
  EXPECT_FALSE(plic_.irq(kS).level());
}

TEST_F(PlicTest, ALevelThatStaysHighInterruptsAgainAfterCompletion) {
  SetPriority(10, 1);
  Enable(kS, 10);
  plic_.SetSource(10, true);
  EXPECT_EQ(Claim(kS), 10u);
  plic_.SetSource(10, false);
  plic_.SetSource(10, true);
  EXPECT_FALSE(Pending(10)) << "the gateway is shut until completion";
  Complete(kS, 10);
  EXPECT_TRUE(Pending(10));
  EXPECT_TRUE(plic_.irq(kS).level());
}

TEST_F(PlicTest, ARequestStaysWhenTheWireFallsBeforeTheClaim) {
  SetPriority(3, 1);
  Enable(kM, 3);
  plic_.SetSource(3, true);
  plic_.SetSource(3, false);
  EXPECT_EQ(Claim(kM), 3u);
  Complete(kM, 3);
  EXPECT_FALSE(Pending(3));
}

TEST_F(PlicTest, HighestPriorityFirstThenLowestNumber) {
  for (const unsigned source : {5u, 40u, 41u, 95u}) {
    Enable(kS, source);
    SetPriority(source, source == 5 ? 1 : 6);
    plic_.SetSource(source, true);
  }
  EXPECT_EQ(Claim(kS), 40u);
  EXPECT_EQ(Claim(kS), 41u);
  EXPECT_EQ(Claim(kS), 95u);
  EXPECT_EQ(Claim(kS), 5u);
}

TEST_F(PlicTest, ThresholdMasksTheWireAndNotTheClaim) {
  SetPriority(7, 3);
  Enable(kS, 7);
  Threshold(kS, 3);
  plic_.SetSource(7, true);
  EXPECT_FALSE(plic_.irq(kS).level());
  Threshold(kS, 2);
  EXPECT_TRUE(plic_.irq(kS).level());
  Threshold(kS, 7);
  EXPECT_FALSE(plic_.irq(kS).level());
  EXPECT_EQ(Claim(kS), 7u);
}

TEST_F(PlicTest, PriorityZeroNeverInterrupts) {
  Enable(kS, 7);
  plic_.SetSource(7, true);
  EXPECT_FALSE(plic_.irq(kS).level());
  EXPECT_EQ(Claim(kS), 0u);
  SetPriority(7, 1);
  EXPECT_TRUE(plic_.irq(kS).level());
}

TEST_F(PlicTest, CompletionByAContextWithoutTheEnableIsIgnored) {
  SetPriority(7, 1);
  Enable(kS, 7);
  plic_.SetSource(7, true);
  EXPECT_EQ(Claim(kS), 7u);
  Complete(kM, 7);
  EXPECT_FALSE(Pending(7));
  Complete(kS, 7);
  EXPECT_TRUE(Pending(7));
}

TEST_F(PlicTest, OneClaimTakesTheRequestFromAllContexts) {
  SetPriority(7, 1);
  Enable(kS, 7);
  Enable(kM, 7);
  plic_.SetSource(7, true);
  EXPECT_TRUE(plic_.irq(kM).level());
  EXPECT_EQ(Claim(kS), 7u);
  EXPECT_FALSE(plic_.irq(kM).level());
  EXPECT_EQ(Claim(kM), 0u);
}

TEST_F(PlicTest, RegistersKeepOnlyTheBitsThatExist) {
  SetPriority(1, 0xffffffff);
  EXPECT_EQ(In(plic_, 4), 7u);
  SetPriority(0, 7);
  EXPECT_EQ(In(plic_, 0), 0u);
  Out(plic_, kEnable, 0xffffffff);
  EXPECT_EQ(In(plic_, kEnable), 0xfffffffeu);
  Threshold(kM, 0x1f);
  EXPECT_EQ(In(plic_, kContext), 7u);
  Out(plic_, kPending, 0xffffffff);
  EXPECT_EQ(In(plic_, kPending), 0u);
}

TEST_F(PlicTest, TheWholeWindowAnswersAndNonsenseIsIgnored) {
  for (uint64_t offset = 0; offset < Plic::kSize; offset += 0x7c) {
    Out(plic_, offset, 0xffffffff);
    In(plic_, offset);
    plic_.RegisterName(memory::RegionOffset(offset));
  }
  Complete(kM, 0);
  Complete(kM, 96);
  Complete(kM, 0xffffffff);
  plic_.SetSource(0, true);
  plic_.SetSource(96, true);
  EXPECT_FALSE(Pending(0));
}

TEST_F(PlicTest, ADebuggerDoesNotClaim) {
  SetPriority(7, 1);
  Enable(kM, 7);
  plic_.SetSource(7, true);
  EXPECT_EQ(In(plic_, kContext + 4, 4, kDebugger), 7u);
  EXPECT_TRUE(Pending(7));
}

TEST_F(PlicTest, ResetKeepsTheWiresOnly) {
  SetPriority(7, 1);
  Enable(kM, 7);
  plic_.SetSource(7, true);
  Claim(kM);
  plic_.Reset();
  EXPECT_TRUE(Pending(7));
  EXPECT_EQ(In(plic_, 28), 0u);
  EXPECT_FALSE(plic_.irq(kM).level());
}

}  // namespace
}  // namespace emu::devices
