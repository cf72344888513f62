#include "targets/riscv/trap_name.h"

#include "gtest/gtest.h"
#include "targets/riscv/state.h"

namespace emu::riscv {
namespace {

TEST(TrapNameTest, Names) {
  EXPECT_EQ(ExceptionName(kInstructionMisaligned), "instruction address misaligned");
  EXPECT_EQ(ExceptionName(kLoadPage), "load page fault");
  EXPECT_EQ(ExceptionName(kStorePage), "store/AMO page fault");
  EXPECT_EQ(ExceptionName(kEcallFromUser + unsigned{kSupervisor}), "environment call from S-mode");
  EXPECT_EQ(ExceptionName(10), "reserved");
  EXPECT_EQ(ExceptionName(~0u), "reserved");
  EXPECT_EQ(InterruptName(kSupervisorTimer), "supervisor timer interrupt");
  EXPECT_EQ(InterruptName(kMachineExternal), "machine external interrupt");
  EXPECT_EQ(InterruptName(0), "reserved");
}

}  // namespace
}  // namespace emu::riscv
