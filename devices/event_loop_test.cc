#include "devices/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace emu::devices {
namespace {

class EventLoopTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(fds_), 0); }
  void TearDown() override {
    close(fds_[0]);
    close(fds_[1]);
  }
  void Fill() { ASSERT_EQ(write(fds_[1], "x", 1), 1); }

  int fds_[2];
  EventLoop loop_;
  int calls_ = 0;
};

TEST_F(EventLoopTest, CallsBackWhileThereIsSomethingToRead) {
  loop_.Watch(fds_[0], POLLIN, [this](short) { ++calls_; });
  EXPECT_EQ(loop_.Poll(0), 0);
  Fill();
  EXPECT_EQ(loop_.Poll(-1), 1);
  EXPECT_EQ(loop_.Poll(0), 1);
  EXPECT_EQ(calls_, 2);
}

TEST_F(EventLoopTest, AWatchWithoutEventsSleepsEvenAfterHangup) {
  const auto id = loop_.Watch(fds_[0], POLLIN, [this](short) { ++calls_; });
  loop_.SetEvents(id, 0);
  Fill();
  close(fds_[1]);
  EXPECT_EQ(loop_.Poll(0), 0);
  loop_.SetEvents(id, POLLIN);
  EXPECT_EQ(loop_.Poll(0), 1);
  fds_[1] = dup(fds_[0]);
}

TEST_F(EventLoopTest, ACallbackMayEndItsOwnAndOtherWatches) {
  EventLoop::WatchId first = 0, second = 0;
  auto end_both = [&](short) {
    ++calls_;
    loop_.Unwatch(first);
    loop_.Unwatch(second);
  };
  first = loop_.Watch(fds_[0], POLLIN, end_both);
  second = loop_.Watch(fds_[0], POLLIN, end_both);
  Fill();
  EXPECT_EQ(loop_.Poll(-1), 1);
  EXPECT_EQ(loop_.Poll(0), 0);
  EXPECT_EQ(calls_, 1);
}

TEST_F(EventLoopTest, WakeEndsTheNextWait) {
  loop_.Wake();
  EXPECT_EQ(loop_.Poll(-1), 0);
  EXPECT_EQ(loop_.Poll(0), 0);
}

}  // namespace
}  // namespace emu::devices
