#include "boards/guest_log.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using ::testing::HasSubstr;

TEST(GuestLogTest, Items) {
  EXPECT_EQ(*ParseLogItems("in_asm"), kLogInAsm);
  EXPECT_EQ(*ParseLogItems("int,unimp"), kLogInt | kLogUnimp);
  for (const char* bad : {"", "int,", "INT", "mmus"}) {
    EXPECT_THAT(std::string(ParseLogItems(bad).status().message()), HasSubstr("known are in_asm, op")) << bad;
  }
  EXPECT_THAT(LogItemsHelp(), HasSubstr("guest_errors"));
}

TEST(GuestLogTest, PrintsWhatIsOn) {
  EXPECT_FALSE(GuestLog().On(~0u));
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/log";
  {
    const auto log = GuestLog::Open(kLogInt, path);
    ASSERT_TRUE(log.ok());
    EXPECT_TRUE(log->On(kLogInt | kLogExec));
    EXPECT_FALSE(log->On(kLogExec));
    log->Print("a line\n");
  }
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "a line\n");
  EXPECT_THAT(std::string(GuestLog::Open(kLogInt, "/nonexistent/x").status().message()), HasSubstr("/nonexistent/x"));
}

}  // namespace
}  // namespace emu::boards
