// A memory map that a guest's own access changes holds from the next instruction on, in the middle of a block too.
#include <gtest/gtest.h>

#include "memory/region.h"
#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

using memory::MemStatus;
using memory::MemValue;
using memory::Region;
using memory::RegionOffset;

constexpr uint64_t kPage = TestMachine::kRam + 0x8000;

// A write of 1 lays `over` over RAM, a write of 0 takes it away.
class Switch : public memory::MmioDevice {
 public:
  MemValue Read(RegionOffset, unsigned, memory::MemAttrs) override { return {MemStatus::kOk, 0}; }
  MemStatus Write(RegionOffset, unsigned, uint64_t value, memory::MemAttrs) override {
    over->SetEnabled(value != 0);
    return MemStatus::kOk;
  }
  memory::RegionPtr over;
};

class MemoryMapTest : public ::testing::TestWithParam<TestAccel> {
 protected:
  MemoryMapTest() {
    const memory::RamBlock::Ptr block = *memory::RamBlock::Anonymous("over", 0x1000);
    for (int n = 0; n < 0x1000; ++n) block->host()[n] = 0x55;
    switch_.over = Region::Ram("over", block);
    switch_.over->SetEnabled(false);
    EXPECT_TRUE(m_.root().Map(switch_.over, RegionOffset(kPage), 1).ok());
    m_.state().x[10] = kPage;
    m_.state().x[11] = TestMachine::kDevice;
    m_.state().x[12] = 1;
    m_.RunCode("ld t0, 0(a0)\nsd t0, 0(a0)");  // from now on the page is known
  }

  Switch switch_;
  TestMachine m_{{.accel = GetParam()}, &switch_};
};

TEST_P(MemoryMapTest, LoadsAfterTheChangeSeeIt) {
  m_.Write64(kPage + 8, 0x1234);
  m_.RunCode("ld a3, 0(a0)\nld a4, 8(a0)\nsd a2, 0(a1)\nld a5, 8(a0)\nlb a6, 3(a0)\nsd zero, 0(a1)\nld a7, 8(a0)");
  EXPECT_EQ(m_.state().x[13], 0u);
  EXPECT_EQ(m_.state().x[14], 0x1234u);
  EXPECT_EQ(m_.state().x[15], 0x5555555555555555u);
  EXPECT_EQ(m_.state().x[16], 0x55u);
  EXPECT_EQ(m_.state().x[17], 0x1234u);
}

TEST_P(MemoryMapTest, StoresAfterTheChangeGoThere) {
  m_.RunCode("sd a2, 0(a0)\nsd a2, 0(a1)\nsd a2, 8(a0)\nsb a2, 16(a0)\nsd zero, 0(a1)\nsd a2, 24(a0)");
  EXPECT_EQ(m_.Read64(kPage), 1u);
  EXPECT_EQ(m_.Read64(kPage + 8), 0u) << "this one lies under the other memory";
  EXPECT_EQ(m_.Read64(kPage + 16), 0u);
  EXPECT_EQ(m_.Read64(kPage + 24), 1u);
}

INSTANTIATE_TEST_SUITE_P(Backends, MemoryMapTest, ::testing::Values(TestAccel::kInterpreter, TestAccel::kJit),
                         [](const auto& info) { return TestAccelName(info.param); });

}  // namespace
}  // namespace emu::riscv
