#include "boards/guest_log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
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
    {"out_asm", kLogOutAsm, "host code of each block; with in_asm beside the guest code"},
    {"int", kLogInt, "exceptions and interrupts"},
    {"exec", kLogExec, "each block that is executed (slow: blocks are not joined)"},
    {"cpu", kLogCpu, "registers before each block (slow as exec is)"},
    {"mmu", kLogMmu, "what page tables answer, and what the TLB forgets"},
    {"page", kLogPage, "the memory map and its changes"},
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

GuestLog::GuestLog() : log_(std::make_shared<Log>()) {
  log_->file = std::shared_ptr<FILE>(stderr, [](FILE* file) { fflush(file); });
}

absl::StatusOr<GuestLog> GuestLog::Open(uint32_t items, const std::string& path, LogFilter filter) {
  GuestLog log;
  log.log_->items = items;
  log.log_->filter = std::move(filter);
  if (path.empty()) return log;
  const std::string name = absl::StrReplaceAll(path, {{"%d", absl::StrCat(getpid())}});
  FILE* const file = fopen(name.c_str(), "we");
  if (file == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("-D \"", name, "\": cannot create it: ", strerror(errno)));
  }
  log.log_->file = std::shared_ptr<FILE>(file, fclose);
  return log;
}

}  // namespace emu::boards
