// Server: the guest runs and stops.
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "debug/gdb/hex.h"
#include "debug/gdb/server.h"

namespace emu::debug::gdb {
namespace {

using boards::PauseReason;

// gdb's numbers (its "gdb/signals.def").
constexpr int kSignalInt = 2, kSignalTrap = 5, kSignalTerm = 15;

std::string Detail(const StopPoints::Hit& hit) {
  switch (hit.kind) {
    case StopKind::kSoftware:
      return "swbreak:;";
    case StopKind::kHardware:
      return "hwbreak:;";
    case StopKind::kWrite:
      return absl::StrFormat("watch:%x;", hit.address);
    case StopKind::kRead:
      return absl::StrFormat("rwatch:%x;", hit.address);
    default:
      return absl::StrFormat("awatch:%x;", hit.address);
  }
}

// Of "SIGNAL;ADDRESS", where the address may be missing.
absl::string_view AddressOf(absl::string_view rest) {
  const size_t end = rest.find(';');
  return end == rest.npos ? "" : rest.substr(end + 1);
}

}  // namespace

std::string Server::StopReply(PauseReason reason) {
  const int signal = reason == PauseReason::kUser ? kSignalInt : kSignalTrap;
  const std::string text = absl::StrFormat("T%02xthread:01;", signal);
  const std::optional<StopPoints::Hit> hit = points_.TakeHit();
  const bool ours = hit.has_value() && reason != PauseReason::kUser && reason != PauseReason::kStep;
  return ours ? absl::StrCat(text, Detail(*hit)) : text;
}

void Server::OnPause(PauseReason reason) {
  const std::string reply = StopReply(reason);
  if (!waiting_) return;
  waiting_ = false;
  connection_.Send(reply);
}

// Also when somebody else lets the guest run.
void Server::OnResume() {
  if (!resuming_) points_.Apply(/*step=*/false);
}

// The guest ended by itself, with a status, or was ended from outside.
void Server::OnShutdown(bool) {
  if (!waiting_) return;
  waiting_ = false;
  const boards::RunCause cause = machine_.cause();
  const bool killed = cause == boards::RunCause::kHostQuit || cause == boards::RunCause::kHostSignal;
  connection_.Send(killed ? absl::StrFormat("X%02x", kSignalTerm)
                          : absl::StrFormat("W%02x", machine_.control().exit_status() & 0xff));
}

void Server::OnInterrupt() {
  if (waiting_) machine_.control().Pause(PauseReason::kUser);
}

void Server::Resume() {
  waiting_ = true;
  points_.Apply(/*step=*/false);
  resuming_ = true;
  machine_.control().Resume();
  resuming_ = false;
}

void Server::Step(std::function<bool()> done) {
  waiting_ = true;
  points_.Apply(/*step=*/true);
  resuming_ = true;
  boards::RunControl::StepOptions options;
  options.interrupts = (step_flags_ & kStepNoInterrupts) == 0;
  options.timers = (step_flags_ & kStepNoTimers) == 0;
  options.done = std::move(done);
  const uint64_t count = options.done == nullptr ? 1 : ~uint64_t{0};
  machine_.control().Step(count, std::move(options));
  resuming_ = false;
}

// "START,END": as long as the program counter is there.
Server::Reply Server::StepRange(absl::string_view range) {
  const std::optional<NumberPair> pair = TakePair(&range);
  if (!pair.has_value()) return Error("E22", "a range is START,END");
  Step([pair, &cpu = machine_.processor().cpu()] {
    const uint64_t pc = cpu.state().pc;
    return pc < pair->first || pc >= pair->second;
  });
  return std::nullopt;
}

// Signals are not for machines.
Server::Reply Server::Act(absl::string_view action) {
  switch (action.empty() ? 0 : action[0]) {
    case 'c':
    case 'C':
      return Resume(), std::nullopt;
    case 's':
    case 'S':
      return Step(nullptr), std::nullopt;
    case 'r':
      return StepRange(action.substr(1));
    case 't':
      machine_.control().Pause(PauseReason::kUser);
      return StopReply(PauseReason::kUser);
    default:
      return Error("E22", "known actions are c, C, s, S, t and r");
  }
}

// The first action that is for the one thread there is.
Server::Reply Server::ContinueActions(absl::string_view actions) {
  for (absl::string_view action : absl::StrSplit(actions, ';')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(action, absl::MaxSplits(':', 1));
    if (parts.size() == 1 || IsAlive(parts[1]) == "OK") return Act(parts[0]);
  }
  return Error("E22", "no action for thread 1");
}

// gdb asks this when it attaches.
Server::Reply Server::Why(absl::string_view) {
  const bool words = error_messages_;
  Attach();
  error_messages_ = words;
  return StopReply(PauseReason::kStep);
}

Server::Reply Server::AttachAgain(absl::string_view) { return Why(""); }

Server::Reply Server::Continue(absl::string_view address) {
  const std::optional<uint64_t> pc = TakeNumber(&address);
  if (pc.has_value() && !registers_.SetPc(*pc).ok()) return Error("E22", "this is no program counter");
  return Act("c");
}

Server::Reply Server::StepOne(absl::string_view address) {
  const std::optional<uint64_t> pc = TakeNumber(&address);
  if (pc.has_value() && !registers_.SetPc(*pc).ok()) return Error("E22", "this is no program counter");
  return Act("s");
}

Server::Reply Server::ContinueWithSignal(absl::string_view rest) { return Continue(AddressOf(rest)); }
Server::Reply Server::StepWithSignal(absl::string_view rest) { return StepOne(AddressOf(rest)); }

Server::Reply Server::Detach(absl::string_view) {
  OnGone();
  machine_.control().Resume();
  return "OK";
}

Server::Reply Server::Kill(absl::string_view) {
  machine_.Quit();
  return std::nullopt;
}

Server::Reply Server::KillWithReply(absl::string_view) {
  machine_.Quit();
  return "OK";
}

}  // namespace emu::debug::gdb
