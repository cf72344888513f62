// Guest architectures without a machine: what it takes to go from assembler text to intermediate code.
#ifndef EMU_DEBUG_EXPLORER_IR_GUEST_H_
#define EMU_DEBUG_EXPLORER_IR_GUEST_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "debug/mc_target.h"
#include "loaders/elf.h"
#include "translate/engine/target.h"

namespace emu::debug {

class IrGuest {
 public:
  virtual ~IrGuest() = default;
  virtual const translate::Target& target() const = 0;
  // For assembler and disassembler.
  virtual McTarget mc() const = 0;
  // CpuState::key from words such as "s,fp"; empty: the usual one.
  virtual absl::StatusOr<uint32_t> ParseKey(absl::string_view words) const = 0;
  virtual bool Runs(const loaders::ElfFile& file) const = 0;
};

struct IrArchitecture {
  absl::string_view name;
  absl::string_view isa;  // what `make` takes where the user says nothing
  absl::string_view key_words;
  absl::StatusOr<std::unique_ptr<IrGuest>> (*make)(absl::string_view isa);
};

absl::Span<const IrArchitecture> IrArchitectures();
// An error lists those that there are.
absl::StatusOr<const IrArchitecture*> FindIrArchitecture(absl::string_view name);

// --- The architectures, for the table.
inline constexpr absl::string_view kRiscvKeyWords = "u|s|m, fp|nofp, rmm|frm-reserved, cbo|nocbo";
absl::StatusOr<std::unique_ptr<IrGuest>> MakeRiscv64IrGuest(absl::string_view isa);
absl::StatusOr<std::unique_ptr<IrGuest>> MakeRiscv32IrGuest(absl::string_view isa);

}  // namespace emu::debug

#endif  // EMU_DEBUG_EXPLORER_IR_GUEST_H_
