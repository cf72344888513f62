// Which RISC-V a hart is: register width and extensions. Decoding, lifting, misa and the device tree follow from it.
#ifndef EMU_TARGETS_RISCV_ISA_ISA_CONFIG_H_
#define EMU_TARGETS_RISCV_ISA_ISA_CONFIG_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace emu::riscv {

enum class Extension : uint8_t {
#define EMU_RISCV_EXTENSION(Enumerator, name) k##Enumerator,
#include "targets/riscv/isa/extensions.def"
#undef EMU_RISCV_EXTENSION
  kCount
};

constexpr uint64_t Bit(Extension e) { return uint64_t{1} << static_cast<unsigned>(e); }
absl::string_view ExtensionName(Extension e);

struct IsaConfig {
  uint64_t extensions = Bit(Extension::kI);
  uint8_t xlen = 64;

  constexpr bool Has(Extension e) const { return (extensions & Bit(e)) != 0; }
  constexpr bool HasAll(uint64_t set) const { return (extensions & set) == set; }
  constexpr void Enable(Extension e, bool on = true) { extensions = on ? extensions | Bit(e) : extensions & ~Bit(e); }

  // Everything that this library knows.
  static constexpr IsaConfig Full(uint8_t xlen) {
    return {(uint64_t{1} << static_cast<unsigned>(Extension::kCount)) - 1, xlen};
  }
};

// "rv64imac_zicsr_zba", as the manual's naming conventions have it; g stands for imafd_zicsr_zifencei. S and U modes
// are included always.
absl::StatusOr<IsaConfig> ParseIsa(absl::string_view text);
std::string IsaString(const IsaConfig& isa);

// Switches one extension by its name, as in -cpu rv64,zba=off. NotFound for a name that is none.
absl::Status SetExtension(absl::string_view name, bool on, IsaConfig* isa);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_ISA_ISA_CONFIG_H_
