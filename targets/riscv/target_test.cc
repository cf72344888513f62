// The architecture as the engine sees it: registers, helpers, and faults turned into exceptions.
#include "targets/riscv/target.h"

#include <cstring>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "targets/riscv/helpers.h"
#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

using translate::Access;
using translate::MemFault;

class TargetTest : public ::testing::Test {
 protected:
  TestMachine m_;
};

TEST_F(TargetTest, Names) {
  EXPECT_EQ(m_.target().name(), "riscv64");
  EXPECT_EQ(RiscvTarget(IsaConfig::Full(32)).name(), "riscv32");
  EXPECT_EQ(m_.target().max_insn_bytes(), 4u);
}

TEST_F(TargetTest, RegistersLieWhereTheStateHasThem) {
  const auto registers = m_.target().registers();
  ASSERT_EQ(registers.size(), size_t{kRegisterCount});
  const auto* state = reinterpret_cast<const uint8_t*>(&m_.state());
  const auto at = [&](unsigned number) { return static_cast<const void*>(state + registers[number].offset); };
  EXPECT_EQ(at(m_.target().pc_register()), &m_.state().base.pc);
  for (unsigned i = 1; i < 32; ++i) EXPECT_EQ(at(kRegX0 + i), &m_.state().x[i]);
  for (unsigned i = 0; i < 32; ++i) EXPECT_EQ(at(kRegF0 + i), &m_.state().f[i]);
  EXPECT_EQ(at(kRegReservationAddress), &m_.state().reservation_address);
  EXPECT_EQ(at(kRegReservationValue), &m_.state().reservation_value);
  EXPECT_EQ(at(kRegFsDirty), &m_.state().fs_dirty);
  EXPECT_EQ(at(kRegSscratch), &m_.state().csr.sscratch);
  EXPECT_EQ(at(kRegSepc), &m_.state().csr.sepc);
  EXPECT_EQ(at(kRegScause), &m_.state().csr.scause);
  EXPECT_EQ(at(kRegStval), &m_.state().csr.stval);
}

TEST_F(TargetTest, NamesAreUniqueAndPinsCountUp) {
  std::set<std::string> names;
  std::set<int> pins;
  for (const auto& r : m_.target().registers()) {
    EXPECT_TRUE(names.insert(std::string(r.name)).second) << r.name;
    if (r.pin >= 0) {
      EXPECT_TRUE(pins.insert(r.pin).second) << r.name;
      EXPECT_EQ(r.type, r.name[0] == 'f' ? ir::Type::kF64 : ir::Type::kI64) << r.name;
    }
  }
  EXPECT_EQ(names.count("a0") + names.count("t6") + names.count("fs11") + names.count("pc"), 4u);
  ASSERT_FALSE(pins.empty());
  EXPECT_EQ(*pins.begin(), 0);
  EXPECT_EQ(*pins.rbegin(), static_cast<int>(pins.size()) - 1);
}

TEST_F(TargetTest, HelpersAreInTheOrderOfTheirNumbers) {
  const auto helpers = m_.target().helpers();
  EXPECT_EQ(helpers[static_cast<unsigned>(Helper::kIllegal)].name, "Illegal");
  EXPECT_EQ(helpers[static_cast<unsigned>(Helper::kCsr)].name, "Csr");
  EXPECT_EQ(helpers[static_cast<unsigned>(Helper::kMisalignedFetch)].name, "MisalignedFetch");
  for (const auto& h : helpers) EXPECT_NE(h.fn, nullptr) << h.name;
}

TEST_F(TargetTest, FaultsBecomeExceptions) {
  using Kind = MemFault::Kind;
  const std::tuple<Kind, Access, uint32_t, unsigned> kCases[] = {
      {Kind::kPaging, Access::kRead, 13, kLoadPage},
      {Kind::kPaging, Access::kWrite, 15, kStorePage},
      {Kind::kPaging, Access::kExecute, 12, kInstructionPage},
      {Kind::kPaging, Access::kRead, 5, kLoadAccess},
      {Kind::kBus, Access::kRead, 0, kLoadAccess},
      {Kind::kBus, Access::kWrite, 0, kStoreAccess},
      {Kind::kBus, Access::kExecute, 0, kInstructionAccess},
      {Kind::kMisaligned, Access::kRead, 0, kLoadMisaligned},
      {Kind::kMisaligned, Access::kWrite, 0, kStoreMisaligned},
      {Kind::kMisaligned, Access::kExecute, 0, kInstructionMisaligned}};
  for (const auto& [kind, access, code, cause] : kCases) {
    m_.Reset();
    m_.state().base.pc = 0x4000;
    m_.target().DeliverFault(m_.state().base, {kind, access, code, memory::Gva(0x1234)});
    EXPECT_EQ(m_.csr().mcause, cause);
    EXPECT_EQ(m_.csr().mtval, 0x1234u);
    EXPECT_EQ(m_.csr().mepc, 0x4000u);
  }
}

TEST_F(TargetTest, WorkIsAnEnabledInterrupt) {
  EXPECT_FALSE(m_.target().HasWork(m_.state().base));
  m_.hart().SetInterrupt(kMachineTimer, true);
  EXPECT_FALSE(m_.target().HasWork(m_.state().base));
  m_.csr().mie = 1u << kMachineTimer;
  EXPECT_TRUE(m_.target().HasWork(m_.state().base));
  EXPECT_FALSE(m_.target().DeliverInterrupt(m_.state().base));
  m_.state().mstatus |= kStatusMie;
  EXPECT_TRUE(m_.target().DeliverInterrupt(m_.state().base));
}

TEST_F(TargetTest, ResetIsTheHarts) {
  m_.state().x[1] = 5;
  m_.target().Reset(m_.state().base);
  EXPECT_EQ(m_.state().x[1], 0u);
  EXPECT_EQ(m_.state().base.pc, m_.hart().config().reset_pc);
}

}  // namespace
}  // namespace emu::riscv
