#include "bench/runner/run.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int kSeconds = 60;

// A shell script in place of an emulator. `mark` waits as a guest does.
std::string Guest(const std::string& script) { return "sh -c 'mark() { echo \"$*\"; read -r _; }; " + script + "'"; }

struct Outcome {
  absl::Status status;
  System system;
  Results results;
};

Outcome RunGuest(const std::string& script, int times = 1) {
  Outcome o;
  o.system.name = "guest";
  o.system.command = Guest(script);
  for (int i = 0; i < times && o.status.ok(); ++i) o.status = RunOnce(kSeconds, &o.system, &o.results);
  return o;
}

TEST(Run, KernelsAreRecorded) {
  const Outcome o = RunGuest(
      "echo \"some boot message\"; mark @begin nothing; mark @end nothing 1; mark @begin a; mark @end a 5f; "
      "mark @begin b; echo chatter; mark @end b",
      2);
  ASSERT_TRUE(o.status.ok()) << o.status;
  ASSERT_THAT(o.results.kernels, SizeIs(3));
  EXPECT_EQ(o.results.kernels[0].name, kBoot);
  EXPECT_EQ(o.results.kernels[1].name, "a");
  EXPECT_THAT(o.system.costs.at("a"), SizeIs(2));
  EXPECT_GE(o.system.costs.at("a")[0], 0);
  EXPECT_THAT(o.system.costs.at(kBoot), SizeIs(2));
  EXPECT_THAT(o.system.memory, SizeIs(2));
  EXPECT_EQ(o.system.checksums.at("a"), "5f");
  EXPECT_EQ(o.system.costs.count(kNothing), 0u);
  EXPECT_FALSE(o.results.unit.empty());
  EXPECT_FALSE(o.results.source.empty());
}

std::string ErrorOf(const std::string& script) { return std::string(RunGuest(script).status.message()); }

TEST(Run, WhatGoesWrongIsSaid) {
  EXPECT_EQ(ErrorOf("true"), "guest: its output ended before the kernels did");
  EXPECT_EQ(ErrorOf("mark @begin a"), "guest: its output ended before the kernels did in kernel a");
  EXPECT_EQ(ErrorOf("mark @begin a; mark @end b 1"), "guest: @end b without @begin in kernel a");
  EXPECT_EQ(ErrorOf("mark @begin a; mark @end a 1; exit 4"), "guest: it ended with status 4");
  EXPECT_EQ(ErrorOf("mark @begin a; mark @end a 1; mark @begin a; mark @end a 2"),
            "guest: kernel a gives 2, and gave 1");
}

TEST(Run, CountersNeedAServer) {
  Results results;
  EXPECT_FALSE(CountOnce(kSeconds, Guest("mark @begin a; mark @end a 1"), "/no/such/socket", &results).ok());
  EXPECT_TRUE(results.counters.empty());
}

}  // namespace
}  // namespace emu::bench
