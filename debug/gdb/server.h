// gdb's server: what `target remote` speaks with ("GDB Remote Serial Protocol"). Behaves as QEMU's where the protocol
// leaves a choice: the guest stops when gdb attaches, and goes on when it detaches.
#ifndef EMU_DEBUG_GDB_SERVER_H_
#define EMU_DEBUG_GDB_SERVER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "boards/machine.h"
#include "debug/gdb/connection.h"
#include "debug/gdb/guest_memory.h"
#include "debug/gdb/registers.h"
#include "debug/gdb/stop_points.h"
#include "debug/watch_hub.h"
#include "devices/char_backend.h"

namespace emu::debug::gdb {

// All outlive the server.
struct ServerParts {
  boards::Machine& machine;
  WatchHub& hub;
  devices::CharBackend& stream;
  // `monitor LINE`: its answer. Empty: there is no monitor.
  std::function<std::string(absl::string_view line)> monitor;
};

// Lives on the machine's thread.
class Server final : private boards::RunStateListener {
 public:
  explicit Server(ServerParts parts);
  ~Server() override;

 private:
  // A packet's reply; none: it comes later, or never.
  using Reply = std::optional<std::string>;
  struct Command;
  static absl::Span<const Command> Commands();

  void OnPacket(absl::string_view payload);
  Reply Answer(absl::string_view payload);
  Reply Error(absl::string_view number, absl::string_view why) const;
  void Attach();
  void OnGone();

  // --- Running (server_run.cc).
  void OnPause(boards::PauseReason reason) override;
  void OnResume() override;
  void OnShutdown(bool guest) override;
  void OnInterrupt();
  std::string StopReply(boards::PauseReason reason);
  void Resume();
  void Step(std::function<bool()> done);
  Reply StepRange(absl::string_view range);
  Reply Act(absl::string_view action);
  Reply Why(absl::string_view);
  Reply Continue(absl::string_view address);
  Reply ContinueWithSignal(absl::string_view rest);
  Reply StepOne(absl::string_view address);
  Reply StepWithSignal(absl::string_view rest);
  Reply ContinueActions(absl::string_view actions);
  Reply AttachAgain(absl::string_view);
  Reply Detach(absl::string_view);
  Reply Kill(absl::string_view);
  Reply KillWithReply(absl::string_view);

  // --- Registers, memory, stops (server_access.cc).
  Reply ReadRegisters(absl::string_view);
  Reply WriteRegisters(absl::string_view hex);
  Reply ReadRegister(absl::string_view number);
  Reply WriteRegister(absl::string_view assignment);
  Reply ReadMemory(absl::string_view where);
  Reply ReadMemoryBinary(absl::string_view where);
  Reply WriteMemory(absl::string_view where);
  Reply WriteMemoryBinary(absl::string_view where);
  Reply InsertStop(absl::string_view stop);
  Reply RemoveStop(absl::string_view stop);
  std::optional<std::string> BytesAt(absl::string_view where);
  Reply Store(uint64_t address, absl::Span<const uint8_t> bytes);
  Reply ChangeStop(absl::string_view stop, void (StopPoints::*change)(StopKind, uint64_t, uint64_t));
  Reply Written(uint64_t pc_before, const absl::Status& status);

  // --- Queries and settings (server_query.cc).
  Reply Ok(absl::string_view);
  Reply Supported(absl::string_view features);
  Reply Features(absl::string_view part);
  Reply StopAcks(absl::string_view);
  Reply ThisThread(absl::string_view);
  Reply FirstThreads(absl::string_view);
  Reply NoMoreThreads(absl::string_view);
  Reply ThreadInfo(absl::string_view id);
  Reply SetThread(absl::string_view id);
  Reply IsAlive(absl::string_view id);
  Reply IsAttached(absl::string_view);
  Reply Monitor(absl::string_view hex);
  Reply ContinueKinds(absl::string_view);
  Reply StepBits(absl::string_view);
  Reply StepFlags(absl::string_view);
  Reply SetStepFlags(absl::string_view flags);
  Reply MemoryMode(absl::string_view);
  Reply SetMemoryMode(absl::string_view mode);

  // What a step leaves out, in QEMU's bits.
  enum StepFlag : unsigned { kStepEnable = 1, kStepNoInterrupts = 2, kStepNoTimers = 4 };
  static constexpr unsigned kAllStepFlags = kStepEnable | kStepNoInterrupts | kStepNoTimers;

  boards::Machine& machine_;
  const std::function<std::string(absl::string_view)> monitor_;
  Registers registers_;
  GuestMemory memory_;
  StopPoints points_;
  bool waiting_ = false;         // gdb waits for the guest to stop
  bool resuming_ = false;        // in our own call that lets the guest run
  bool interrupted_ = false;     // gdb wanted the stop that comes
  bool error_messages_ = false;  // gdb reads errors in words
  unsigned step_flags_ = kAllStepFlags;
  Connection connection_;
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_SERVER_H_
