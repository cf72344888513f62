// What an architecture tells of its walker so that tools can offer it: a name, and the parts of the CPU's state that
// translations depend on, as named numbers.
#ifndef EMU_MMU_WALKER_INFO_H_
#define EMU_MMU_WALKER_INFO_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "memory/access.h"
#include "mmu/page_table_walker.h"

namespace emu::mmu {

struct WalkerSetting {
  absl::string_view name;      // as in a flag: "sum"
  absl::string_view argument;  // what a help calls its value; empty: a switch
  absl::string_view help;
};

struct WalkerState {
  bool user = false;                         // at user privilege, else at the supervisor's
  std::map<std::string, uint64_t> settings;  // by name; 1 for a switch that is on
};

struct WalkerInfo {
  absl::string_view name;  // "riscv-sv39"
  absl::string_view help;
  memory::Endian table_order;  // byte order of its tables
  absl::Span<const WalkerSetting> settings;
  // Errors name the setting. Settings that `settings` does not list are for the caller to refuse.
  absl::StatusOr<std::unique_ptr<PageTableWalker>> (*make)(const WalkerState& state);
};

}  // namespace emu::mmu

#endif  // EMU_MMU_WALKER_INFO_H_
