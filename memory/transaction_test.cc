#include "memory/transaction.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace emu::memory {
namespace {

class Recorder : public TreeDependent {
 public:
  Recorder(std::string name, std::string* log) : name_(name), log_(log) {}
  void OnTreeChange() override { *log_ += name_ + " "; }
  void AfterTreeChange() override {
    *log_ += "after-" + name_ + " ";
    if (mark_next != nullptr) {
      Transaction inner;
      Transaction::MarkChanged(std::exchange(mark_next, nullptr));
    }
    if (forget_next != nullptr) Transaction::Forget(std::exchange(forget_next, nullptr));
  }
  TreeDependent* mark_next = nullptr;
  TreeDependent* forget_next = nullptr;

 private:
  std::string name_;
  std::string* log_;
};

class TransactionTest : public testing::Test {
 protected:
  std::string log_;
  Recorder a_{"a", &log_}, b_{"b", &log_};
};

TEST_F(TransactionTest, DependentsAreCalledOnceAtTheOutermostEnd) {
  {
    Transaction outer;
    {
      Transaction inner;
      Transaction::MarkChanged(&a_);
      Transaction::MarkChanged(&b_);
      Transaction::MarkChanged(&a_);
    }
    EXPECT_EQ(log_, "");
  }
  EXPECT_EQ(log_, "a b after-a after-b ");
  {
    Transaction idle;
  }
  EXPECT_EQ(log_, "a b after-a after-b ");
}

TEST_F(TransactionTest, ChangesMadeAtTheEndAreTakenUp) {
  a_.mark_next = &b_;
  {
    Transaction t;
    Transaction::MarkChanged(&a_);
  }
  EXPECT_EQ(log_, "a after-a b after-b ");
}

TEST_F(TransactionTest, ForgottenDependentsAreNotCalled) {
  a_.forget_next = &b_;
  {
    Transaction t;
    Transaction::MarkChanged(&a_);
    Transaction::MarkChanged(&b_);
  }
  EXPECT_EQ(log_, "a b after-a ") << "forgotten while the calls are made";
  log_.clear();
  {
    Transaction t;
    Transaction::MarkChanged(&a_);
    Transaction::Forget(&a_);
  }
  EXPECT_EQ(log_, "");
}

TEST_F(TransactionTest, OneThreadAtATime) {
  int value = 0;
  auto work = [&] {
    for (int i = 0; i < 10000; ++i) {
      Transaction t;
      ++value;
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(value, 20000);
}

TEST_F(TransactionTest, TryLeavesWorkToALaterTime) {
  Transaction t;
  bool ran = false;
  std::thread([&] { EXPECT_FALSE(TryUnderTreeLock([&] { ran = true; })); }).join();
  EXPECT_FALSE(ran);
  EXPECT_TRUE(TryUnderTreeLock([&] { ran = true; }));
  EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace emu::memory
