#include "devices/uart16550.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

enum Register : uint64_t { kData, kIer, kIir, kLcr, kMcr, kLsr, kMsr, kScratch };

class UartTest : public testing::Test {
 protected:
  uint64_t Get(uint64_t offset) { return In(uart_, offset, 1); }
  void Set(uint64_t offset, uint64_t value) { Out(uart_, offset, value, 1); }
  std::string ReadAll() {
    std::string text;
    while (Get(kLsr) & 1) text.push_back(static_cast<char>(Get(kData)));
    return text;
  }

  TestClock clock_;
  MemoryBackend backend_;
  Uart16550 uart_{{}, *clock_, &backend_};
};

TEST_F(UartTest, TransmitsAtOnceAndIsAlwaysEmpty) {
  for (char c : std::string("hi\n")) {
    ASSERT_EQ(Get(kLsr) & 0x60, 0x60u);
    Set(kData, static_cast<uint8_t>(c));
  }
  EXPECT_EQ(backend_.output(), "hi\n");
}

// What a driver does to find out that this is a 16550A: scratch, IER, loopback, FIFO bits.
TEST_F(UartTest, LooksLikeA16550AToAProbe) {
  Set(kScratch, 0x5a);
  EXPECT_EQ(Get(kScratch), 0x5au);
  Set(kIer, 0xff);
  EXPECT_EQ(Get(kIer), 0x0fu);
  Set(kIer, 0);
  Set(kMcr, 0x1a);  // loopback, OUT2, RTS
  EXPECT_EQ(Get(kMsr) & 0xf0, 0x90u);
  Set(kMcr, 0x0b);
  Set(kIir, 0x01);
  EXPECT_EQ(Get(kIir), 0xc1u);
  Set(kIir, 0x00);
  EXPECT_EQ(Get(kIir), 0x01u);
}

TEST_F(UartTest, DivisorLiesBehindDlab) {
  Set(kLcr, 0x83);
  Set(kData, 0x34);
  Set(kIer, 0x12);
  EXPECT_STREQ(uart_.RegisterName(memory::RegionOffset(0)), "DLL");
  EXPECT_EQ(Get(kData), 0x34u);
  EXPECT_EQ(Get(kIer), 0x12u);
  Set(kLcr, 0x03);
  EXPECT_EQ(Get(kIer), 0u);
  EXPECT_EQ(backend_.output(), "");
  EXPECT_STREQ(uart_.RegisterName(memory::RegionOffset(0)), "RBR/THR");
}

TEST_F(UartTest, TransmitInterruptComesOnEnableGoesOnIirReadAndComesAfterAByte) {
  Set(kIer, 2);
  EXPECT_TRUE(uart_.irq().level());
  EXPECT_EQ(Get(kIir) & 0x0f, 2u);
  EXPECT_FALSE(uart_.irq().level());
  EXPECT_EQ(Get(kIir) & 0x0f, 1u);
  Set(kData, 'x');
  EXPECT_TRUE(uart_.irq().level());
  Set(kIer, 0);
  EXPECT_FALSE(uart_.irq().level());
}

TEST_F(UartTest, WithoutFifoOneByteAtATimeIsTakenFromTheBackend) {
  backend_.Type("abc");
  EXPECT_EQ(backend_.pending(), 2u);
  EXPECT_EQ(ReadAll(), "abc");
  EXPECT_EQ(Get(kData), 0u);
}

TEST_F(UartTest, FifoTriggerRaisesDataAndTimeoutRaisesTheRest) {
  Set(kIir, 0x81);  // FIFO on, trigger at 8
  Set(kIer, 1);
  backend_.Type("1234567");
  EXPECT_FALSE(uart_.irq().level());
  clock_.Advance(1'000'000'000);
  EXPECT_TRUE(uart_.irq().level());
  EXPECT_EQ(Get(kIir), 0xccu);
  EXPECT_EQ(Get(kData), '1');
  EXPECT_FALSE(uart_.irq().level());
  backend_.Type("89");
  EXPECT_EQ(Get(kIir), 0xc4u);
  EXPECT_EQ(ReadAll(), "23456789");
  EXPECT_FALSE(uart_.irq().level());
}

TEST_F(UartTest, TimeoutIsFourCharactersLong) {
  Set(kLcr, 0x83);
  Set(kData, 2);  // 115200 baud from 3.6864 MHz
  Set(kIer, 0);
  Set(kLcr, 0x03);  // 8N1: ten bits
  Set(kIir, 0xc1);
  Set(kIer, 1);
  backend_.Type("x");
  const int64_t character_ns = 10 * 1'000'000'000LL / 115200;
  clock_.Advance(4 * character_ns - 1000);
  EXPECT_FALSE(uart_.irq().level());
  clock_.Advance(2000);
  EXPECT_TRUE(uart_.irq().level());
}

TEST_F(UartTest, SixteenBytesWaitInTheFifoAndTheRestAtTheBackend) {
  Set(kIir, 0x01);
  backend_.Type("0123456789abcdefghij");
  EXPECT_EQ(backend_.pending(), 4u);
  EXPECT_EQ(ReadAll(), "0123456789abcdefghij");
  EXPECT_EQ(Get(kLsr) & 0x02, 0u) << "back-pressure, so no overrun";
}

TEST_F(UartTest, LoopbackBringsBytesBackAndOverrunsWhenFull) {
  Set(kMcr, 0x10);
  Set(kData, 'A');
  EXPECT_EQ(backend_.output(), "");
  Set(kData, 'B');
  EXPECT_EQ(Get(kLsr) & 0x03, 0x03u);
  EXPECT_EQ(Get(kLsr) & 0x02, 0u) << "reading LSR clears the error";
  EXPECT_EQ(Get(kData), 'B');
  backend_.Type("z");
  EXPECT_EQ(Get(kLsr) & 1, 0u) << "the line is cut while looped back";
  Set(kMcr, 0);
  EXPECT_EQ(ReadAll(), "z");
}

TEST_F(UartTest, ModemChangesAreReportedOnce) {
  Set(kIer, 8);
  Set(kMcr, 0x1f);  // all looped-back lines high: CTS, DSR and DCD were high before
  EXPECT_EQ(Get(kMsr), 0xf0u);
  Set(kMcr, 0x10);
  EXPECT_TRUE(uart_.irq().level());
  EXPECT_EQ(Get(kIir), 0x00u);
  EXPECT_EQ(Get(kMsr), 0x0fu);
  EXPECT_EQ(Get(kMsr), 0x00u);
  EXPECT_FALSE(uart_.irq().level());
}

TEST_F(UartTest, BreakIsANulByteWithItsFlagInPlace) {
  Set(kIir, 0x01);
  Set(kIer, 4);
  backend_.Type("a");
  backend_.Break();
  EXPECT_EQ(Get(kLsr) & 0x9f, 0x81u) << "the break is in the FIFO, not at its top";
  EXPECT_FALSE(uart_.irq().level());
  EXPECT_EQ(Get(kData), 'a');
  EXPECT_EQ(Get(kIir) & 0x0f, 0x06u);
  EXPECT_EQ(Get(kLsr) & 0x1f, 0x11u);
  EXPECT_FALSE(uart_.irq().level());
  EXPECT_EQ(Get(kData), 0u);
}

TEST_F(UartTest, ADebuggerDisturbsNothing) {
  backend_.Type("q");
  Set(kIer, 2);
  for (uint64_t offset = 0; offset < 8; ++offset) In(uart_, offset, 1, kDebugger);
  EXPECT_TRUE(uart_.irq().level());
  EXPECT_EQ(Get(kData), 'q');
}

TEST_F(UartTest, ResetForgetsAll) {
  Set(kLcr, 0x83);
  Set(kIir, 1);
  Set(kLcr, 0x03);
  Set(kIer, 0x0f);
  backend_.Type("abc");
  uart_.Reset();
  EXPECT_FALSE(uart_.irq().level());
  EXPECT_EQ(Get(kLsr), 0x60u);
  EXPECT_EQ(Get(kIer), 0u);
  EXPECT_EQ(Get(kIir), 1u);
  EXPECT_EQ(clock_->NextDeadlineNs(), Clock::kNever);
}

TEST(UartShiftTest, RegistersMayLieFurtherApart) {
  TestClock clock;
  MemoryBackend backend;
  Uart16550 uart({"u", 2, 1843200}, *clock, &backend);
  EXPECT_EQ(uart.region_size(), 32u);
  Out(uart, 7 << 2, 0xa5);
  EXPECT_EQ(In(uart, 7 << 2), 0xa5u);
  Out(uart, 0, 'x');
  EXPECT_EQ(backend.output(), "x");
}

TEST(UartNobodyTest, WorksWithNobodyAtTheOtherEnd) {
  TestClock clock;
  Uart16550 uart({}, *clock, nullptr);
  Out(uart, 0, 'x', 1);
  EXPECT_EQ(In(uart, 5, 1), 0x60u);
  EXPECT_EQ(In(uart, 6, 1), 0u);
  EXPECT_NE(uart.Describe().find("serial:"), std::string::npos);
}

}  // namespace
}  // namespace emu::devices
