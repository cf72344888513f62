#include "backends/x86_64/encoding/emitter.h"

#include <bit>
#include <cstring>
#include <vector>

#include "backends/x86_64/encoding/code_buffer.h"
#include "gtest/gtest.h"

namespace emu::backends::x86_64 {
namespace {

using Bytes = std::vector<uint8_t>;

class EmitterTest : public testing::Test {
 protected:
  Bytes Written() const { return Bytes(buffer_, buffer_ + emitter_.size()); }

  uint8_t buffer_[512] = {};
  Emitter emitter_{buffer_, buffer_ + sizeof(buffer_)};
};

TEST_F(EmitterTest, KnownBytes) {
  emitter_.rr(Op::kADD64rr, Reg::rax, Reg::r9);
  emitter_.rm(Op::kMOV32rm, Reg::rcx, Mem::Base(Reg::r12, 8));
  emitter_.rr(Op::kMOV8rr, Reg::rsi, Reg::rax);
  emitter_.rrr(Op::kVADDSDrr, Xmm::xmm1, Xmm::xmm2, Xmm::xmm3);
  EXPECT_EQ(Written(),
            (Bytes{0x4c, 0x01, 0xc8, 0x41, 0x8b, 0x4c, 0x24, 0x08, 0x40, 0x88, 0xc6, 0xc5, 0xeb, 0x58, 0xcb}));
}

TEST_F(EmitterTest, OverflowIsStickyAndWritesNothing) {
  Emitter small(buffer_, buffer_ + kEncodeSlack + 1);
  small.o(Op::kRET64);
  EXPECT_FALSE(small.overflow());
  small.o(Op::kRET64);
  EXPECT_FALSE(small.overflow());
  small.o(Op::kRET64);
  EXPECT_TRUE(small.overflow());
  EXPECT_EQ(small.size(), 2u);
  uint8_t* where = small.jmp_patchable();
  small.Bind32(where);
  small.nop(3);
  small.Raw(buffer_, 1);
  EXPECT_EQ(small.size(), 2u);
  EXPECT_EQ(buffer_[2], 0);
  small.Seek(buffer_);
  EXPECT_FALSE(small.overflow());
}

TEST_F(EmitterTest, OverflowOfTinyBuffers) {
  Emitter none(buffer_, buffer_);
  none.rr(Op::kXOR32rr, Reg::rax, Reg::rax);
  EXPECT_TRUE(none.overflow());
  EXPECT_EQ(none.size(), 0u);
}

TEST_F(EmitterTest, NeverWritesBeyondTheEnd) {
  for (size_t size = kEncodeSlack; size < kEncodeSlack + 16; ++size) {
    std::memset(buffer_, 0xaa, sizeof(buffer_));
    Emitter e(buffer_, buffer_ + size);
    while (!e.overflow()) e.mi(Op::kLOCK_ADD16mi, Mem::BaseIndex(Reg::r8, Reg::r9, 8, 0x12345678), -1);
    for (size_t i = size; i < sizeof(buffer_); ++i) ASSERT_EQ(buffer_[i], 0xaa);
  }
}

TEST_F(EmitterTest, NopsAreExactlyAsLong) {
  for (int n = 0; n < 40; ++n) {
    emitter_.Seek(buffer_);
    emitter_.nop(n);
    EXPECT_EQ(emitter_.size(), static_cast<size_t>(n));
  }
  emitter_.Align(16);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(emitter_.rx()) % 16, 0u);
  size_t size = emitter_.size();
  emitter_.Align(16);
  EXPECT_EQ(emitter_.size(), size);
}

TEST_F(EmitterTest, BranchesBackTakeTheShortFormIfItReaches) {
  const uint8_t* start = emitter_.rx();
  emitter_.nop(126);
  emitter_.jmp_to(start);
  EXPECT_EQ(emitter_.size(), 128u);
  EXPECT_EQ(buffer_[127], 0x80);
  emitter_.jcc_to(Cond::ne, start);
  EXPECT_EQ(emitter_.size(), 134u);
  EXPECT_FALSE(emitter_.out_of_range());
}

TEST_F(EmitterTest, ShortBranchOutOfRangeIsNoticed) {
  uint8_t* where = emitter_.jcc_short(Cond::e);
  emitter_.nop(127);
  emitter_.Bind8(where);
  EXPECT_EQ(*where, 127);
  EXPECT_FALSE(emitter_.out_of_range());
  emitter_.nop(1);
  emitter_.Bind8(where);
  EXPECT_TRUE(emitter_.out_of_range());
  EXPECT_EQ(*where, 127);
}

TEST_F(EmitterTest, PatchRefusesWhatDoesNotReach) {
  int32_t distance = 1;
  uint8_t* where = reinterpret_cast<uint8_t*>(&distance);
  const uint8_t* end = std::bit_cast<const uint8_t*>(uintptr_t{0x100000000});
  EXPECT_FALSE(Emitter::PatchRel32(where, end, std::bit_cast<const uint8_t*>(uintptr_t{0x180000000})));
  EXPECT_EQ(distance, 1);
  EXPECT_TRUE(Emitter::PatchRel32(where, end, std::bit_cast<const uint8_t*>(uintptr_t{0x80000000})));
  EXPECT_EQ(distance, INT32_MIN);
}

TEST_F(EmitterTest, LivePatchesAreAligned) {
  for (int n = 0; n < 8; ++n) {
    emitter_.nop(1);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(emitter_.jmp_patchable_live()) % 4, 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(emitter_.jcc_patchable_live(Cond::e)) % 4, 0u);
  }
}

TEST(Cond, NegatesByItsLowBit) {
  EXPECT_EQ(Negate(Cond::e), Cond::ne);
  EXPECT_EQ(Negate(Cond::g), Cond::le);
  EXPECT_EQ(Negate(Cond::ae), Cond::b);
}

#ifndef NDEBUG
TEST(EmitterDeathTest, OperandsOfTheWrongKind) {
  uint8_t buffer[64];
  Emitter e(buffer, buffer + sizeof(buffer));
  EXPECT_DEATH(e.rr(Op::kADD64rr, Xmm::xmm0, Xmm::xmm1), "TakesRegs");
  EXPECT_DEATH(e.rr(Op::kADD64rm, Reg::rax, Reg::rcx), "TakesRegs");
  EXPECT_DEATH(e.r(Op::kADD64rr, Reg::rax), "TakesRegs");
  EXPECT_DEATH(e.o(Op::kJMP_4), "signature");
}
#endif

// Code that is written through one view and run through the other.
class RunTest : public testing::Test {
 protected:
  template <typename Function>
  Function* Finish() {
    emitter_.o(Op::kRET64);
    EXPECT_FALSE(emitter_.overflow() || emitter_.out_of_range());
    return code_.At<Function>(0);
  }

  CodeBuffer code_ = CodeBuffer::Create(4096).value();
  Emitter emitter_{code_.rw(), code_.rw() + code_.size(), code_.delta()};
};

TEST_F(RunTest, Loop) {
  // rax = 1 + 2 + ... + rdi
  emitter_.rr(Op::kXOR32rr, Reg::rax, Reg::rax);
  emitter_.rr(Op::kTEST64rr, Reg::rdi, Reg::rdi);
  uint8_t* done = emitter_.jcc_short(Cond::e);
  const uint8_t* loop = emitter_.rx();
  emitter_.rr(Op::kADD64rr, Reg::rax, Reg::rdi);
  emitter_.r(Op::kDEC64r, Reg::rdi);
  emitter_.jcc_to(Cond::ne, loop);
  emitter_.Bind8(done);
  auto* sum = Finish<uint64_t(uint64_t)>();
  EXPECT_EQ(sum(100), 5050u);
  EXPECT_EQ(sum(0), 0u);
}

TEST_F(RunTest, PatchedAfterwards) {
  emitter_.ri(Op::kMOV32ri, Reg::rax, 1);
  uint8_t* where = emitter_.jmp_patchable_live();
  emitter_.ri(Op::kMOV32ri, Reg::rax, 2);
  const uint8_t* end = emitter_.rx();
  auto* function = Finish<int()>();
  EXPECT_EQ(function(), 2);
  EXPECT_TRUE(Emitter::PatchRel32(where, emitter_.rx_of(where) + 4, end));
  EXPECT_EQ(function(), 1);
}

TEST_F(RunTest, ConstantAfterTheCode) {
  double three = 3.0;
  emitter_.rm(Op::kMULSDrm, Xmm::xmm0, Mem::RipRelative(0));
  uint8_t* where = emitter_.rw() - 4;
  auto* function = Finish<double(double)>();
  emitter_.Align(8);
  EXPECT_TRUE(Emitter::PatchRel32(where, emitter_.rx_of(where) + 4, emitter_.rx()));
  emitter_.Raw(&three, sizeof(three));
  EXPECT_EQ(function(1.5), 4.5);
}

TEST_F(RunTest, ConditionalsAndBytes) {
  // max(rdi, rsi) * 2 + (rdi < rsi)
  emitter_.rr(Op::kMOV64rr, Reg::rax, Reg::rdi);
  emitter_.rr(Op::kCMP64rr, Reg::rdi, Reg::rsi);
  emitter_.cmovcc64(Cond::l, Reg::rax, Reg::rsi);
  emitter_.setcc(Cond::l, Reg::rdi);
  emitter_.rr(Op::kMOVZX32rr8, Reg::rdi, Reg::rdi);
  emitter_.rm(Op::kLEA64r, Reg::rax, Mem::BaseIndex(Reg::rdi, Reg::rax, 2));
  auto* function = Finish<int64_t(int64_t, int64_t)>();
  EXPECT_EQ(function(-5, 3), 7);
  EXPECT_EQ(function(10, 3), 20);
}

}  // namespace
}  // namespace emu::backends::x86_64
