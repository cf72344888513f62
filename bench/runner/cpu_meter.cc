#include "bench/runner/cpu_meter.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace emu::bench {
namespace {

constexpr double kNano = 1e-9;

// -1 if it cannot be had.
int OpenEvent(pid_t pid, uint32_t type, uint64_t config) {
  perf_event_attr attr = {};
  attr.size = sizeof attr;
  attr.type = type;
  attr.config = config;
  attr.inherit = 1;
  return static_cast<int>(syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

double ReadEvent(int fd) {
  uint64_t value = 0;
  return fd >= 0 && read(fd, &value, sizeof value) == sizeof value ? static_cast<double>(value) : 0;
}

class CycleMeter final : public CpuMeter {
 public:
  CycleMeter(int cycles, int instructions) : cycles_(cycles), instructions_(instructions) {}
  ~CycleMeter() override {
    close(cycles_);
    if (instructions_ >= 0) close(instructions_);
  }
  CpuReading Read() override { return {ReadEvent(cycles_), ReadEvent(instructions_)}; }
  Unit unit() const override { return Unit::kCycles; }
  absl::string_view source() const override { return "cycles counted by perf events"; }

 private:
  const int cycles_, instructions_;
};

class TaskClockMeter final : public CpuMeter {
 public:
  explicit TaskClockMeter(int fd) : fd_(fd) {}
  ~TaskClockMeter() override { close(fd_); }
  CpuReading Read() override { return {ReadEvent(fd_) * kNano, 0}; }
  absl::string_view source() const override { return "CPU seconds of perf's task clock"; }

 private:
  const int fd_;
};

class ProcessClockMeter final : public CpuMeter {
 public:
  explicit ProcessClockMeter(pid_t pid) : pid_(pid) {}
  CpuReading Read() override {
    clockid_t clock;
    timespec t = {};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &t) != 0) return {};
    return {static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * kNano + EndedChildren(), 0};
  }
  absl::string_view source() const override { return "CPU seconds of the process' clock"; }

 private:
  // proc(5), /proc/PID/stat: cutime and cstime are fields 16 and 17, in clock ticks. The name, field 2, is in brackets.
  double EndedChildren() const {
    std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
    std::string text(std::istreambuf_iterator<char>(file), {});
    std::istringstream fields(text.substr(text.rfind(')') == std::string::npos ? 0 : text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 16; ++field) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  const pid_t pid_;
};

}  // namespace

std::unique_ptr<CpuMeter> CpuMeter::Make(pid_t pid) {
  const int cycles = OpenEvent(pid, PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
  if (cycles >= 0) {
    const int instructions = OpenEvent(pid, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS);
    return std::make_unique<CycleMeter>(cycles, instructions);
  }
  const int clock = OpenEvent(pid, PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK);
  if (clock >= 0) return std::make_unique<TaskClockMeter>(clock);
  return std::make_unique<ProcessClockMeter>(pid);
}

}  // namespace emu::bench
