#include "targets/riscv/inspector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "mmu/address_space_words.h"
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
  EXPECT_EQ(inspector_.DebuggerWalker(), nullptr);
  EXPECT_EQ(inspector_.PhysicalFault(memory::Gpa(0x80000000), 8, translate::Access::kRead), "");
}

// One superpage that only a supervisor may enter, one for users that may only be executed.
TEST_F(InspectorTest, ADebuggerReadsWhatIsMapped) {
  constexpr uint64_t kRoot = TestMachine::kTables, kV = 1, kX = 8, kRwx = 0xe, kU = 16, kA = 64, kD = 128;
  m_.Write64(kRoot + 8 * 1, 0x80000000 >> 12 << 10 | kV | kRwx | kA | kD);
  m_.Write64(kRoot + 8 * 2, 0x80000000 >> 12 << 10 | kV | kX | kU | kA | kD);
  m_.csr().satp = uint64_t{8} << 60 | kRoot >> 12;
  m_.SetPrivilege(kUser);
  mmu::AddressSpaceWords words(m_.memory());
  for (uint64_t gva : {0x40001234u, 0x80001234u}) {
    const auto walk = [&](const mmu::PageTableWalker& walker) {
      return walker.Walk(memory::Gva(gva), mmu::AccessKind::kRead, words);
    };
    EXPECT_FALSE(walk(*inspector_.Walker(translate::Access::kRead)).ok());
    EXPECT_TRUE(walk(*inspector_.DebuggerWalker()).ok());
    EXPECT_EQ(walk(*inspector_.DebuggerWalker()).gpa.value, 0x80001234u);
  }
}

}  // namespace
}  // namespace emu::riscv
