// How much processor time a process has had, all its threads and children included.
#ifndef EMU_BENCH_RUNNER_CPU_METER_H_
#define EMU_BENCH_RUNNER_CPU_METER_H_

#include <sys/types.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace emu::bench {

struct CpuReading {
  double cost = 0;          // in CpuMeter::unit()
  double instructions = 0;  // 0 where they are not counted
};

class CpuMeter {
 public:
  enum class Unit { kCycles, kSeconds };

  // The best that this machine offers: counted cycles; else the time that the kernel's scheduler measures, to the
  // nanosecond; else the process' CPU clock, to which children are added when they have ended. `pid` has not started
  // threads or children yet.
  static std::unique_ptr<CpuMeter> Make(pid_t pid);
  virtual ~CpuMeter() = default;

  virtual CpuReading Read() = 0;
  virtual Unit unit() const { return Unit::kSeconds; }
  virtual absl::string_view source() const = 0;
};

}  // namespace emu::bench

#endif  // EMU_BENCH_RUNNER_CPU_METER_H_
