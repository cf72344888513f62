#include "boards/riscv/riscv_boot.h"

#include <cstdlib>
#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kRam = 0x80000000, kMiB = 1 << 20;

class RiscvBootTest : public ::testing::Test {
 protected:
  std::string File(const std::string& name, size_t size) {
    const std::string path = std::string(getenv("TEST_TMPDIR")) + "/" + name;
    EXPECT_TRUE(loaders::WriteFile(path, std::vector<uint8_t>(size, 1)).ok());
    return path;
  }
  absl::StatusOr<RiscvBootPlan> Plan() {
    return PlanRiscvBoot(config_, kRam, ram_, [this](const loaders::FdtChosen& chosen) {
      chosen_ = chosen;
      return absl::StatusOr<std::vector<uint8_t>>(std::vector<uint8_t>(100));
    });
  }
  MachineConfig config_;
  uint64_t ram_ = 256 * kMiB;
  loaders::FdtChosen chosen_;
};

// Addresses seen on QEMU's board with 256 MiB.
TEST_F(RiscvBootTest, OwnSbi) {
  config_.kernel = File("kernel", 1000);
  config_.initrd = File("initrd", 77);
  config_.append = "quiet";
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_TRUE(plan->own_sbi);
  EXPECT_EQ(plan->entry, 0x80200000u);
  EXPECT_EQ(plan->fdt_address, 0x8fe00000u);
  EXPECT_EQ(chosen_.initrd_start, 0x88200000u);
  EXPECT_EQ(chosen_.initrd_end, 0x88200000u + 77);
  EXPECT_EQ(chosen_.bootargs, "quiet");
}

TEST_F(RiscvBootTest, Firmware) {
  config_.bios = File("firmware", 300000);
  config_.kernel = File("kernel", 1000);
  const auto plan = Plan();
  ASSERT_TRUE(plan.ok());
  EXPECT_FALSE(plan->own_sbi);
  EXPECT_EQ(plan->entry, kRam);
  EXPECT_EQ(plan->next_address, 0x80200000u);
  config_.kernel.clear();
  EXPECT_EQ(Plan()->next_address, 0u);
}

TEST_F(RiscvBootTest, BareProgram) {
  config_.bios = "none";
  config_.kernel = File("kernel", 1000);
  const auto plan = Plan();
  EXPECT_EQ(plan->entry, kRam);
  EXPECT_FALSE(plan->own_sbi);
}

TEST_F(RiscvBootTest, Refusals) {
  EXPECT_THAT(std::string(Plan().status().message()), HasSubstr("-kernel FILE or -bios FILE"));
  config_.kernel = File("kernel", 10 * kMiB);
  ram_ = 8 * kMiB;
  EXPECT_THAT(std::string(Plan().status().message()), HasSubstr("does not fit into RAM, which is 8 MiB"));
  ram_ = 16 * kMiB;
  EXPECT_TRUE(Plan().ok());
  config_.initrd = File("initrd", 8 * kMiB);
  EXPECT_THAT(std::string(Plan().status().message()), HasSubstr("initrd"));
}

TEST_F(RiscvBootTest, ResetCodeAndItsData) {
  RiscvBootPlan plan(loaders::BootImage(kRam, ram_));
  plan.entry = 0x1122334455667788;
  plan.fdt_address = 0x99;
  plan.next_address = 0xaa;
  const std::vector<uint8_t> code = RiscvResetCode(plan);
  const auto word = [&](size_t at) {
    uint64_t value;
    std::memcpy(&value, code.data() + at, 8);
    return value;
  };
  ASSERT_EQ(code.size(), 24u + 8 * 8);
  EXPECT_EQ(word(24), plan.entry);
  EXPECT_EQ(word(32), 0x99u);
  EXPECT_EQ(word(40), 0x4942534fu);  // the firmware's block begins
  EXPECT_EQ(word(48), 2u);
  EXPECT_EQ(word(56), 0xaau);
  EXPECT_EQ(word(64), 1u);
}

}  // namespace
}  // namespace emu::boards
