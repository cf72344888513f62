// All walkers by name. A new architecture is a line in walkers.cc, and every tool has it.
#ifndef EMU_MMU_WALKERS_H_
#define EMU_MMU_WALKERS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "mmu/page_table_walker.h"
#include "mmu/walker_info.h"

namespace emu::mmu {

absl::Span<const WalkerInfo* const> AllWalkers();
absl::StatusOr<const WalkerInfo*> FindWalker(absl::string_view name);

// The walker `name` in the state `state`; refuses settings that it does not have.
absl::StatusOr<std::unique_ptr<PageTableWalker>> MakeWalker(absl::string_view name, const WalkerState& state);

}  // namespace emu::mmu

#endif  // EMU_MMU_WALKERS_H_
