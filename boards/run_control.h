// Stops and resumes a machine, as monitors and debuggers ask, and tells everybody who wants to know.
#ifndef EMU_BOARDS_RUN_CONTROL_H_
#define EMU_BOARDS_RUN_CONTROL_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "boards/guest_time.h"
#include "boards/processor.h"
#include "boards/run_loop.h"
#include "devices/event_loop.h"

namespace emu::boards {

enum class PauseReason {
  kUser,          // somebody asked
  kBreakpoint,    // before an instruction
  kWatchpoint,    // after an access
  kStep,          // the steps asked for are done
  kBeforeAccess,  // before an instruction because of its access
  kDeviceAccess,  // after an access by a device, or of a page table walk
};
absl::string_view PauseReasonName(PauseReason reason);

// Called on the machine's thread, between instructions.
class RunStateListener {
 public:
  virtual ~RunStateListener() = default;
  virtual void OnPause(PauseReason) {}
  virtual void OnResume() {}
  virtual void OnReset() {}
  // The run ends; `guest`: the guest wanted it.
  virtual void OnShutdown(bool guest) { (void)guest; }
};

// All calls come from the machine's thread: from callbacks of its event loop, timers, devices and access watches.
class RunControl {
 public:
  // `ended`: the run must not go on. All outlive the control.
  RunControl(RunLoop& loop, Processor& processor, GuestTime& time, devices::EventLoop& events,
             std::function<bool()> ended);

  // Guest time stands still, input is still looked at. From AccessWatch::Stops, if that returns true: with
  // kWatchpoint the access is made before listeners are told.
  void Pause(PauseReason reason);
  // Goes on; what stopped the present instruction does not count.
  void Resume();
  struct StepOptions {
    bool interrupts = false;          // are taken between the instructions; to enter the handler is a step too
    bool timers = true;               // guest time goes on
    std::function<bool()> done = {};  // asked after each instruction: whether it was the last
  };
  // Executes `count` instructions, then pauses again. A breakpoint at the first one does not count.
  void Step(uint64_t count = 1) { Step(count, StepOptions()); }
  void Step(uint64_t count, StepOptions options);
  bool paused() const { return paused_; }
  // Why, while paused.
  PauseReason reason() const { return reason_; }

  void AddListener(RunStateListener* listener) { listeners_.push_back(listener); }
  void RemoveListener(RunStateListener* listener);
  void TellReset();
  void TellShutdown(bool guest, int status);
  // Of the run that has ended, for OnShutdown: what the machine's Run returns.
  int exit_status() const { return exit_status_; }

  // For the machine: runs and pauses until something else comes up.
  RunLoop::End Run();

 private:
  void Continue(bool timers);
  void RunPaused();
  bool RunSteps();
  void OneStep();
  translate::Cpu::IgnoreStops Passed() const;
  void OneInsn(translate::Cpu::IgnoreStops ignore);
  void Settle();
  template <typename Fn>
  void Tell(Fn fn);

  RunLoop& loop_;
  Processor& processor_;
  GuestTime& time_;
  devices::EventLoop& events_;
  const std::function<bool()> ended_;
  std::vector<RunStateListener*> listeners_;
  bool paused_ = false;
  bool told_ = true;  // of the present state
  PauseReason reason_ = PauseReason::kUser;
  int exit_status_ = 0;
  uint64_t steps_ = 0;  // that are still to be done
  StepOptions step_;
  uint64_t passed_pc_ = ~uint64_t{0};  // a breakpoint here does not count
  bool passed_access_ = false;         // nor does a watchpoint
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_RUN_CONTROL_H_
