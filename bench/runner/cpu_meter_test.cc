#include "bench/runner/cpu_meter.h"

#include <sys/wait.h>
#include <unistd.h>

#include "gtest/gtest.h"

namespace emu::bench {
namespace {

TEST(CpuMeter, WorkIsSeen) {
  const std::unique_ptr<CpuMeter> meter = CpuMeter::Make(getpid());
  EXPECT_FALSE(meter->source().empty());
  const double before = meter->Read().cost;
  double now = before;
  volatile uint64_t work = 0;
  // Ends by itself as soon as anything at all is measured.
  while (now <= before) {
    for (int i = 0; i < 100000; ++i) work = work + 1;
    now = meter->Read().cost;
  }
  EXPECT_GT(now, before);
}

TEST(CpuMeter, AProcessThatIsGone) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  const std::unique_ptr<CpuMeter> meter = CpuMeter::Make(child);
  waitpid(child, nullptr, 0);
  const double cost = meter->Read().cost;
  EXPECT_GE(cost, 0);
  EXPECT_EQ(meter->Read().cost, cost);
}

}  // namespace
}  // namespace emu::bench
