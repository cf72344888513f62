#include "devices/raw_terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace emu::devices {
namespace {

class RawTerminalTest : public testing::Test {
 protected:
  void SetUp() override {
    master_ = posix_openpt(O_RDWR | O_NOCTTY);
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) GTEST_SKIP() << "no pseudo-terminals here";
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY);
    ASSERT_GE(slave_, 0);
  }
  tcflag_t Flags() {
    termios mode;
    tcgetattr(slave_, &mode);
    return mode.c_lflag & (ICANON | ECHO | ISIG);
  }
  int master_ = -1, slave_ = -1;
};

TEST_F(RawTerminalTest, IsRawWhileItLives) {
  const tcflag_t before = Flags();
  ASSERT_EQ(before, tcflag_t{ICANON | ECHO | ISIG});
  {
    RawTerminal raw(slave_, /*keep_signals=*/false);
    EXPECT_TRUE(raw.active());
    EXPECT_EQ(Flags(), 0u);
    EXPECT_FALSE(RawTerminal(slave_, false).active());
  }
  EXPECT_EQ(Flags(), before);
  RawTerminal raw(slave_, /*keep_signals=*/true);
  EXPECT_EQ(Flags(), tcflag_t{ISIG});
}

TEST_F(RawTerminalTest, AKilledProcessLeavesTheTerminalAsItWas) {
  for (int number : {SIGTERM, SIGINT, SIGABRT, 0}) {
    const tcflag_t before = Flags();
    const pid_t child = fork();
    if (child == 0) {
      auto* raw = new RawTerminal(slave_, false);
      if (Flags() != 0 || !raw->active()) _exit(99);
      if (number == 0) exit(0);  // without the destructor
      raise(number);
      _exit(98);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(number == 0 ? WEXITSTATUS(status) : WTERMSIG(status), number);
    EXPECT_EQ(Flags(), before) << "after signal " << number;
  }
}

TEST(RawTerminalPipeTest, WhatIsNoTerminalIsLeftAlone) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  EXPECT_FALSE(RawTerminal(fds[0], false).active());
}

}  // namespace
}  // namespace emu::devices
