#include "boards/riscv/riscv_cpu.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using mmu::riscv::PagingMode;
using riscv::Extension;
using ::testing::HasSubstr;

TEST(RiscvCpuTest, Models) {
  for (const char* name : {"", "rv64", "max"}) {
    const auto cpu = ParseRiscvCpu(name);
    ASSERT_TRUE(cpu.ok()) << name;
    EXPECT_TRUE(cpu->isa.Has(Extension::kSstc));
    EXPECT_EQ(cpu->widest_paging, PagingMode::kSv57);
  }
  EXPECT_FALSE(ParseRiscvCpu("rv64imac")->isa.Has(Extension::kF));
  EXPECT_THAT(std::string(ParseRiscvCpu("z80").status().message()), HasSubstr("models are rv64, max"));
  EXPECT_FALSE(ParseRiscvCpu("rv32gc").ok());
}

TEST(RiscvCpuTest, Properties) {
  EXPECT_FALSE(ParseRiscvCpu("rv64,zba=off")->isa.Has(Extension::kZba));
  EXPECT_TRUE(ParseRiscvCpu("rv64gc,zba=true")->isa.Has(Extension::kZba));
  EXPECT_EQ(ParseRiscvCpu("rv64,sv57=off")->widest_paging, PagingMode::kSv48);
  EXPECT_EQ(ParseRiscvCpu("rv64,sv39=on")->widest_paging, PagingMode::kSv39);
  EXPECT_EQ(ParseRiscvCpu("rv64,sv39=off")->widest_paging, PagingMode::kBare);
  EXPECT_TRUE(ParseRiscvCpu("rv64,h=false,v=off,pmp=on").ok());
  for (const char* bad : {"rv64,h=true", "rv64,zba", "rv64,zba=perhaps", "rv64,nonsense=off"}) {
    EXPECT_FALSE(ParseRiscvCpu(bad).ok()) << bad;
  }
}

TEST(RiscvCpuTest, HelpNamesExtensions) { EXPECT_THAT(RiscvCpuHelp(), HasSubstr(" zicboz ")); }

}  // namespace
}  // namespace emu::boards
