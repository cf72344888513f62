// What `-d` can show of a run, and where it goes.
#ifndef EMU_BOARDS_GUEST_LOG_H_
#define EMU_BOARDS_GUEST_LOG_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boards/log_filter.h"

namespace emu::boards {

// Bits of a set.
enum LogItem : uint32_t {
  kLogInAsm = 1u << 0,
  kLogOp = 1u << 1,
  kLogOpOpt = 1u << 2,
  kLogOutAsm = 1u << 3,
  kLogInt = 1u << 4,
  kLogExec = 1u << 5,
  kLogUnimp = 1u << 6,
  kLogGuestErrors = 1u << 7,
  kLogMmu = 1u << 8,
  kLogCpu = 1u << 9,
  kLogPage = 1u << 10,
};
// Those of which the engine tells; and those for which each block must be entered by itself.
inline constexpr uint32_t kLogEngine = kLogInAsm | kLogOp | kLogOpOpt | kLogOutAsm | kLogExec | kLogCpu;
inline constexpr uint32_t kLogEachBlock = kLogExec | kLogCpu;

// "in_asm,int": names with commas between them. An error says which name is unknown, and all that exist.
absl::StatusOr<uint32_t> ParseLogItems(absl::string_view list);
// One line a name.
std::string LogItemsHelp();

// Copies are one log.
class GuestLog {
 public:
  // Nothing is shown, until items are set.
  GuestLog();
  // To the file at `path`, in which %d stands for the number of the process, or to standard error if it is empty.
  static absl::StatusOr<GuestLog> Open(uint32_t items, const std::string& path, LogFilter filter = {});

  // Whether any of the items is wanted; about `address`.
  bool On(uint32_t items) const { return (log_->items & items) != 0; }
  bool On(uint32_t items, uint64_t address) const { return On(items) && log_->filter.Wants(address); }
  uint32_t items() const { return log_->items; }
  // Those who serve an item must be told too: debug::MachineLog::SetItems does that.
  void set_items(uint32_t items) const { log_->items = items; }
  void Print(absl::string_view text) const { fwrite(text.data(), 1, text.size(), log_->file.get()); }
  void Flush() const { fflush(log_->file.get()); }

 private:
  struct Log {
    uint32_t items = 0;
    LogFilter filter;
    std::shared_ptr<FILE> file;
  };
  std::shared_ptr<Log> log_;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_GUEST_LOG_H_
