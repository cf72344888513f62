#include "bench/runner/soak.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emu::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SoakRecordTest, AddsUpRounds) {
  SoakRecord record;
  for (int round = 0; round < 2; ++round) {
    record.OnLine("cpu", "stress-ng: info:  [60] dispatching hogs: 1 cpu");
    record.OnLine("cpu", "stress-ng: metrc: [60] stressor       bogo ops real time  usr time  sys time   bogo ops/s");
    record.OnLine("cpu", "stress-ng: metrc: [60] cpu                  21     10.12      9.87      0.21         2.07");
    record.OnLine("cpu", "stress-ng: info:  [60] failed: 0");
    record.OnEnd("cpu", "0");
  }
  EXPECT_EQ(record.stressors().at("cpu").rounds, 2u);
  EXPECT_EQ(record.stressors().at("cpu").operations, 42u);
  EXPECT_THAT(record.complaints(), IsEmpty());
}

TEST(SoakRecordTest, KeepsWhatFails) {
  SoakRecord record;
  record.OnLine("vm", "stress-ng: fail:  [61] vm: detected 1 bit errors while stressing memory");
  record.OnLine("vm", "stress-ng: info:  [60] failed: 1: vm (1)");
  record.OnEnd("vm", "2");
  EXPECT_THAT(record.complaints(),
              ElementsAre("vm: stress-ng: fail:  [61] vm: detected 1 bit errors while stressing memory",
                          "vm: stress-ng: info:  [60] failed: 1: vm (1)", "vm: stress-ng ended with 2"));
}

TEST(SoakRecordTest, WhatTheGuestLacksIsNoFailure) {
  SoakRecord record;
  record.OnEnd("sigbus", "4");
  EXPECT_TRUE(record.stressors().at("sigbus").skipped);
  EXPECT_THAT(record.complaints(), IsEmpty());
}

}  // namespace
}  // namespace emu::bench
