#include "mmu/walkers.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "mmu/riscv/table_walker.h"

namespace emu::mmu {
namespace {

constexpr const WalkerInfo* kWalkers[] = {
    &riscv::kSv32Walker,
    &riscv::kSv39Walker,
    &riscv::kSv48Walker,
    &riscv::kSv57Walker,
};

template <typename Items>
std::string Names(const Items& items) {
  const auto name = [](std::string* out, const auto& item) {
    if constexpr (std::is_pointer_v<std::decay_t<decltype(item)>>) {
      absl::StrAppend(out, item->name);
    } else {
      absl::StrAppend(out, item.name);
    }
  };
  return absl::StrJoin(items, ", ", name);
}

absl::Status CheckSettings(const WalkerInfo& info, const WalkerState& state) {
  for (const auto& [name, value] : state.settings) {
    const auto has_name = [&name = name](const WalkerSetting& setting) { return setting.name == name; };
    if (std::any_of(info.settings.begin(), info.settings.end(), has_name)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name, "\": ", info.name, " has no such setting; it has ", Names(info.settings)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Span<const WalkerInfo* const> AllWalkers() { return kWalkers; }

absl::StatusOr<const WalkerInfo*> FindWalker(absl::string_view name) {
  for (const WalkerInfo* info : kWalkers) {
    if (info->name == name) return info;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", name, "\": unknown architecture; known are ", Names(AllWalkers())));
}

absl::StatusOr<std::unique_ptr<PageTableWalker>> MakeWalker(absl::string_view name, const WalkerState& state) {
  const absl::StatusOr<const WalkerInfo*> info = FindWalker(name);
  if (!info.ok()) return info.status();
  if (absl::Status status = CheckSettings(**info, state); !status.ok()) return status;
  return (*info)->make(state);
}

}  // namespace emu::mmu
