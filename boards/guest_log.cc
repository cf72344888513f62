#include "boards/guest_log.h"

#include <errno.h>
#include <string.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace emu::boards {
namespace {

struct Entry {
  absl::string_view name;
  uint32_t item;
  absl::string_view help;
};
constexpr Entry kEntries[] = {
    {"in_asm", kLogInAsm, "guest code of each block that is translated"},
    {"op", kLogOp, "intermediate code of each block"},
    {"op_opt", kLogOpOpt, "intermediate code after its passes"},
    {"out_asm", kLogOutAsm, "host code of each block"},
    {"int", kLogInt, "exceptions and interrupts"},
    {"exec", kLogExec, "each block that is executed (slow: blocks are not joined)"},
    {"unimp", kLogUnimp, "accesses to parts of the board that are not modelled"},
    {"guest_errors", kLogGuestErrors, "accesses to addresses where nothing is"},
};

}  // namespace

absl::StatusOr<uint32_t> ParseLogItems(absl::string_view list) {
  uint32_t items = 0;
  const std::vector<absl::string_view> names = absl::StrSplit(list, ',');
  for (absl::string_view name : names) {
    const Entry* found = nullptr;
    std::string known;
    for (const Entry& e : kEntries) {
      if (e.name == name) found = &e;
      absl::StrAppend(&known, known.empty() ? "" : ", ", e.name);
    }
    if (found == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("-d: unknown item \"", name, "\"; known are ", known));
    }
    items |= found->item;
  }
  return items;
}

std::string LogItemsHelp() {
  std::string text = "Log items (comma separated):\n";
  for (const Entry& e : kEntries) absl::StrAppendFormat(&text, "%-15s %s\n", e.name, e.help);
  return text;
}

absl::StatusOr<GuestLog> GuestLog::Open(uint32_t items, const std::string& path) {
  GuestLog log;
  log.items_ = items;
  if (path.empty()) {
    log.file_ = std::shared_ptr<FILE>(stderr, [](FILE* file) { fflush(file); });
    return log;
  }
  FILE* const file = fopen(path.c_str(), "we");
  if (file == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("-D \"", path, "\": cannot create it: ", strerror(errno)));
  }
  log.file_ = std::shared_ptr<FILE>(file, fclose);
  return log;
}

}  // namespace emu::boards
