#include "debug/explorer/ir_guest.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

constexpr IrArchitecture kArchitectures[] = {
    {"riscv64", "rv64gc_zicbom_zicboz_zihintpause_zba_zbb_zbs", kRiscvKeyWords, MakeRiscv64IrGuest},
    {"riscv32", "rv32gc_zba_zbb_zbs", kRiscvKeyWords, MakeRiscv32IrGuest},
};

}  // namespace

absl::Span<const IrArchitecture> IrArchitectures() { return kArchitectures; }

absl::StatusOr<const IrArchitecture*> FindIrArchitecture(absl::string_view name) {
  std::string known;
  for (const IrArchitecture& a : kArchitectures) {
    if (a.name == name) return &a;
    absl::StrAppend(&known, known.empty() ? "" : ", ", a.name);
  }
  return absl::NotFoundError(absl::StrCat("unknown architecture \"", name, "\"; known are ", known));
}

}  // namespace emu::debug
