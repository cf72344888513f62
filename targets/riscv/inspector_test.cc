#include "targets/riscv/inspector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "targets/riscv/test_machine.h"

namespace emu::riscv {
namespace {

using ::testing::HasSubstr;

class InspectorTest : public ::testing::Test {
 protected:
  size_t Index(absl::string_view name) {
    const auto registers = inspector_.registers();
    for (size_t i = 0; i < registers.size(); ++i) {
      if (registers[i].name == name) return i;
    }
    ADD_FAILURE() << name;
    return 0;
  }
  uint64_t Read(absl::string_view name) { return absl::Uint128Low64(inspector_.Read(Index(name))); }

  TestMachine m_;
  HartInspector inspector_{m_.hart()};
};

TEST_F(InspectorTest, NumbersAreGdbsAndRise) {
  std::set<unsigned> seen;
  for (const auto& r : inspector_.registers()) EXPECT_TRUE(seen.insert(r.number).second) << r.name;
  EXPECT_EQ(inspector_.registers()[Index("t6")].number, 31u);
  EXPECT_EQ(inspector_.registers()[Index("pc")].number, 32u);
  EXPECT_EQ(inspector_.registers()[Index("satp")].number, 65u + 0x180);
  EXPECT_EQ(inspector_.registers()[Index("priv")].number, 4161u);
}

TEST_F(InspectorTest, ReadsAndWrites) {
  for (absl::string_view name : {"a0", "ft3", "sscratch", "mepc", "pc"}) {
    ASSERT_TRUE(inspector_.Write(Index(name), 0x1234).ok()) << name;
    EXPECT_EQ(Read(name), 0x1234u) << name;
  }
  EXPECT_EQ(m_.hart().state().x[10], 0x1234u);
  EXPECT_EQ(m_.hart().state().csr.sscratch, 0x1234u);
  EXPECT_FALSE(inspector_.Write(Index("zero"), 1).ok());
  EXPECT_FALSE(inspector_.Write(Index("mhartid"), 1).ok());
  EXPECT_FALSE(inspector_.Write(Index("priv"), 1).ok());
}

TEST_F(InspectorTest, TheDumpNamesRegisters) {
  m_.hart().state().x[2] = 0xabc;
  EXPECT_THAT(inspector_.Dump(), HasSubstr(" x2/sp    0000000000000abc"));
  EXPECT_THAT(inspector_.Dump(), HasSubstr(" satp     0000000000000000"));
}

TEST_F(InspectorTest, MachineModeHasNoPageTables) {
  EXPECT_EQ(inspector_.mode(), "machine");
  EXPECT_EQ(inspector_.Walker(translate::Access::kRead), nullptr);
  EXPECT_EQ(inspector_.PhysicalFault(memory::Gpa(0x80000000), 8, translate::Access::kRead), "");
}

}  // namespace
}  // namespace emu::riscv
