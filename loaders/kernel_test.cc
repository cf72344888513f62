#include "loaders/kernel.h"

#include <cstdlib>
#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/test_elf.h"

namespace emu::loaders {
namespace {

using ::testing::HasSubstr;

constexpr ProgramKind kRiscv = {kElfMachineRiscv, 64, false};

class KernelTest : public ::testing::Test {
 protected:
  absl::StatusOr<LoadedProgram> Load(const std::vector<uint8_t>& file, uint64_t address = 0x80200000) {
    EXPECT_TRUE(WriteFile(path_, file).ok());
    return LoadProgram("kernel", path_, kRiscv, address, &image_);
  }
  const std::string path_ = std::string(getenv("TEST_TMPDIR")) + "/kernel";
  BootImage image_{0x80000000, 64 << 20};
};

TEST_F(KernelTest, ElfGoesWhereItSays) {
  const auto program = Load(TestElf{.physical = 0x80100000}.Build());
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->entry, 0x80100010u);
  EXPECT_EQ(program->start, 0x80100000u);
  EXPECT_EQ(program->end, 0x80100040u);
  EXPECT_EQ(program->elf->FindSymbol("tohost"), 0x1020u);
}

TEST_F(KernelTest, ImageTakesItsRoomInMemory) {
  std::vector<uint8_t> file(100);
  file[18] = 0x30;
  std::memcpy(&file[56], "RSC\x05", 4);
  const auto program = Load(file);
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(program->entry, 0x80200000u);
  EXPECT_EQ(program->end, 0x80500000u);
}

TEST_F(KernelTest, AnythingElseIsRaw) {
  const auto program = Load({1, 2, 3}, 0x80000000);
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(program->entry, 0x80000000u);
  EXPECT_EQ(program->end, 0x80000003u);
}

TEST_F(KernelTest, OtherCpusAreRefused) {
  EXPECT_THAT(std::string(Load(TestElf{.machine = 62}.Build()).status().message()),
              HasSubstr("for another CPU (machine 62"));
  EXPECT_FALSE(Load(TestElf{.bits = 32}.Build()).ok());
  EXPECT_FALSE(Load(TestElf{.big = true}.Build()).ok());
  EXPECT_FALSE(Load({}).ok());
}

}  // namespace
}  // namespace emu::loaders
