#include "boards/unmodelled.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "gtest/gtest.h"
#include "memory/address_space.h"

namespace emu::boards {
namespace {

TEST(UnmodelledTest, ReportsAndFails) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/log";
  {
    Unmodelled unmodelled(*GuestLog::Open(kLogUnimp | kLogGuestErrors, path));
    unmodelled.Note("the window", 0x1000, 0x100);
    memory::AddressSpace space("test", unmodelled.region());
    EXPECT_EQ(space.Load(memory::Gpa(0x10ff), 1).status, memory::MemStatus::kDecodeError);
    EXPECT_EQ(space.Store(memory::Gpa(0x1100), 4, 0x12), memory::MemStatus::kDecodeError);
    space.Load(memory::Gpa(0), 8, {0, false, false, /*debug=*/true});
  }
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "unimp: read of 1 bytes at 0x10ff in the window\n"
            "guest error: write of 4 bytes, 0x12, at 0x1100, where nothing is\n");
}

}  // namespace
}  // namespace emu::boards
