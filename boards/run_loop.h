// Alternates between guest code, timers and host input, until something ends the run.
#ifndef EMU_BOARDS_RUN_LOOP_H_
#define EMU_BOARDS_RUN_LOOP_H_

#include <atomic>
#include <cstdint>
#include <optional>

#include "boards/guest_time.h"
#include "boards/processor.h"
#include "devices/clock.h"
#include "devices/event_loop.h"

namespace emu::boards {

class RunLoop {
 public:
  enum class End {
    kRequested,     // RequestStop
    kInsnLimit,     // exactly so many instructions were executed
    kWaitsForever,  // the CPU waits for an interrupt, and nothing is left that could cause one
    kBroken,        // the engine cannot go on; see its status
  };

  RunLoop(Processor& processor, GuestTime& time, devices::VirtualClock& clock, devices::EventLoop& events,
          std::optional<uint64_t> insn_limit);

  // May be called again after it returned.
  End Run();
  // From device callbacks, timers and input: Run returns kRequested soon.
  void RequestStop();
  // Takes a request back, before another Run.
  void ClearStop();
  // Timers that are due and host input, for who runs the CPU otherwise.
  void RunTimers();
  // The same as RequestStop, from any thread or signal handler.
  void Interrupt();

 private:
  static constexpr int64_t kSliceNs = 1'000'000;  // host input is looked at so often
  static constexpr int64_t kLeastGrant = 1000;    // more than any block, so that each slice gets somewhere

  bool StopWanted();
  void PollInput();
  void RunSlice();
  int64_t HostGrant();
  int64_t CountedGrant();
  void Measure(int64_t executed, int64_t elapsed_ns);
  // The CPU is halted. False: for ever.
  bool Wait();
  void OnDeadline(int64_t deadline_ns);

  Processor& processor_;
  GuestTime& time_;
  devices::VirtualClock& clock_;
  devices::EventLoop& events_;
  const std::optional<uint64_t> insn_limit_;
  std::atomic<bool> stop_wanted_{false};
  bool waits_ = false;
  int64_t slice_end_ns_ = 0;   // of the grant that runs now
  int64_t next_poll_ns_ = 0;   // deterministic: host input is looked at at fixed times
  double insns_per_ns_ = 0.1;  // lately
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_RUN_LOOP_H_
