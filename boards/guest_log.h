// What `-d` can show of a run, and where it goes.
#ifndef EMU_BOARDS_GUEST_LOG_H_
#define EMU_BOARDS_GUEST_LOG_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

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
};
// Those of which the engine tells.
inline constexpr uint32_t kLogEngine = kLogInAsm | kLogOp | kLogOpOpt | kLogOutAsm | kLogExec;

// "in_asm,int": names with commas between them. An error says which name is unknown, and all that exist.
absl::StatusOr<uint32_t> ParseLogItems(absl::string_view list);
// One line a name.
std::string LogItemsHelp();

class GuestLog {
 public:
  // Nothing is shown.
  GuestLog() = default;
  // To the file at `path`, or to standard error if it is empty.
  static absl::StatusOr<GuestLog> Open(uint32_t items, const std::string& path);

  bool On(uint32_t items) const { return (items_ & items) != 0; }
  void Print(absl::string_view text) const { fwrite(text.data(), 1, text.size(), file_.get()); }

 private:
  uint32_t items_ = 0;
  std::shared_ptr<FILE> file_;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_GUEST_LOG_H_
