#include "boards/run_control.h"

#include <algorithm>
#include <utility>

namespace emu::boards {

using IgnoreStops = translate::Cpu::IgnoreStops;

namespace {

constexpr uint64_t kNowhere = ~uint64_t{0};  // no address of an instruction

}  // namespace

absl::string_view PauseReasonName(PauseReason reason) {
  static constexpr absl::string_view kNames[] = {"user", "breakpoint", "watchpoint",
                                                 "step", "watchpoint", "watchpoint"};
  return kNames[static_cast<int>(reason)];
}

RunControl::RunControl(RunLoop& loop, Processor& processor, GuestTime& time, devices::EventLoop& events,
                       std::function<bool()> ended)
    : loop_(loop), processor_(processor), time_(time), events_(events), ended_(std::move(ended)) {}

void RunControl::RemoveListener(RunStateListener* listener) { std::erase(listeners_, listener); }

// A listener may remove itself, or others.
template <typename Fn>
void RunControl::Tell(Fn fn) {
  const std::vector<RunStateListener*> listeners = listeners_;
  for (RunStateListener* l : listeners) {
    if (std::find(listeners_.begin(), listeners_.end(), l) != listeners_.end()) fn(*l);
  }
}

void RunControl::TellReset() {
  Tell([](RunStateListener& l) { l.OnReset(); });
}

void RunControl::TellShutdown(bool guest, int status) {
  exit_status_ = status;
  Tell([&](RunStateListener& l) { l.OnShutdown(guest); });
}

void RunControl::Pause(PauseReason reason) {
  if (paused_) return;
  paused_ = true;
  told_ = false;
  steps_ = 0;
  reason_ = reason;
  loop_.RequestStop();
}

void RunControl::Resume() { Continue(/*timers=*/true); }

void RunControl::Continue(bool timers) {
  if (!paused_) return;
  paused_ = false;
  steps_ = 0;
  if (timers) time_.Resume();
  Tell([](RunStateListener& l) { l.OnResume(); });
}

void RunControl::Step(uint64_t count, StepOptions options) {
  if (count == 0) return;
  Continue(options.timers);
  steps_ = count;
  step_ = std::move(options);
  if (passed_pc_ != processor_.cpu().state().pc) passed_access_ = false;
  passed_pc_ = processor_.cpu().state().pc;
  loop_.RequestStop();
}

RunLoop::End RunControl::Run() {
  while (!ended_()) {
    if (paused_) {
      RunPaused();
      continue;
    }
    loop_.ClearStop();
    if (ended_()) break;
    if (steps_ != 0 || processor_.cpu().state().pc == passed_pc_) {
      if (RunSteps()) continue;
    }
    passed_pc_ = kNowhere;
    const RunLoop::End end = loop_.Run();
    if (end != RunLoop::End::kRequested) return end;
  }
  return RunLoop::End::kRequested;
}

// Either one of the steps that were asked for, or the one that gets past a breakpoint. False: the engine is broken.
bool RunControl::RunSteps() {
  const bool wanted = steps_ != 0;
  if (wanted && !step_.timers) {
    events_.Poll(0);
  } else {
    loop_.RunTimers();
  }
  if (paused_ || ended_()) return true;
  if (wanted) {
    OneStep();
  } else {
    OneInsn(Passed());
  }
  passed_pc_ = kNowhere;
  if (!processor_.engine().status().ok()) return false;
  if (wanted && !paused_ && (--steps_ == 0 || (step_.done && step_.done()))) Pause(PauseReason::kStep);
  return true;
}

void RunControl::OneStep() {
  translate::Cpu& cpu = processor_.cpu();
  cpu.Wake();
  if (step_.interrupts && cpu.target().DeliverInterrupt(cpu.state())) return;
  OneInsn(Passed());
}

// What the next instruction is not stopped by.
IgnoreStops RunControl::Passed() const {
  if (processor_.cpu().state().pc != passed_pc_) return IgnoreStops::kNone;
  return passed_access_ ? IgnoreStops::kAll : IgnoreStops::kFetch;
}

void RunControl::OneInsn(IgnoreStops ignore) {
  processor_.cpu().set_ignore_stops(ignore);
  processor_.engine().set_single_step(true);
  processor_.engine().Run(1);
  processor_.engine().set_single_step(false);
  processor_.cpu().set_ignore_stops(IgnoreStops::kNone);
}

// The guest has just come to its pause.
void RunControl::Settle() {
  told_ = true;
  if (reason_ == PauseReason::kWatchpoint) {
    OneInsn(IgnoreStops::kAll);
    passed_pc_ = kNowhere;
  }
  if (reason_ == PauseReason::kBreakpoint || reason_ == PauseReason::kBeforeAccess) {
    passed_pc_ = processor_.cpu().state().pc;
    passed_access_ = reason_ == PauseReason::kBeforeAccess;
  }
  time_.Pause();
  Tell([&](RunStateListener& l) { l.OnPause(reason_); });
}

void RunControl::RunPaused() {
  if (!told_) return Settle();
  events_.Poll(-1);
}

}  // namespace emu::boards
