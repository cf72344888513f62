#include "debug/explorer/ir_guest.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "targets/riscv/state.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<IrGuest> Make(absl::string_view name) {
  const IrArchitecture& a = **FindIrArchitecture(name);
  auto guest = a.make(a.isa);
  EXPECT_TRUE(guest.ok()) << guest.status();
  return *std::move(guest);
}

TEST(IrGuestTest, EveryArchitectureTakesItsOwnIsaAndKey) {
  ASSERT_FALSE(IrArchitectures().empty());
  for (const IrArchitecture& a : IrArchitectures()) {
    const auto guest = Make(a.name);
    EXPECT_EQ(guest->target().name(), a.name);
    EXPECT_EQ(guest->mc().triple, a.name);
    EXPECT_TRUE(guest->ParseKey("").ok());
  }
}

TEST(IrGuestTest, FeaturesFollowTheIsa) {
  const IrArchitecture& a = **FindIrArchitecture("riscv64");
  EXPECT_EQ((*a.make("rv64imc_zbb"))->mc().features, "+m,+c,+zbb");
  EXPECT_EQ((*a.make("rv64i"))->mc().features, "");
}

TEST(IrGuestTest, KeyWords) {
  const auto guest = Make("riscv64");
  const uint32_t usual = *guest->ParseKey("");
  EXPECT_EQ(usual & riscv::kKeyPrivilege, riscv::kSupervisor);
  EXPECT_NE(usual & riscv::kKeyFpOn, 0u);
  EXPECT_EQ(*guest->ParseKey("s,fp,cbo"), usual);
  EXPECT_EQ(*guest->ParseKey("m,nofp,nocbo"), riscv::kMachine);
  EXPECT_EQ(*guest->ParseKey("u,rmm"), (usual & ~3u) | riscv::kKeyFrmMaxMag);
  EXPECT_EQ(*guest->ParseKey("rmm,frm-reserved"), usual | riscv::kKeyFrmReserved);
}

TEST(IrGuestTest, Errors) {
  EXPECT_THAT(std::string(FindIrArchitecture("pdp11").status().message()),
              HasSubstr("unknown architecture \"pdp11\"; known are riscv64, riscv32"));
  const IrArchitecture& a = **FindIrArchitecture("riscv64");
  EXPECT_THAT(std::string(a.make("rv32i").status().message()), HasSubstr("\"rv32i\" is not of riscv64"));
  EXPECT_THAT(std::string(a.make("rv64q").status().message()), HasSubstr("'q'"));
  for (const char* bad : {"x", "s,", "fp on"}) {
    EXPECT_THAT(std::string(Make("riscv32")->ParseKey(bad).status().message()), HasSubstr("known are u|s|m")) << bad;
  }
}

}  // namespace
}  // namespace emu::debug
