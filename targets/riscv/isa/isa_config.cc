#include "targets/riscv/isa/isa_config.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace emu::riscv {
namespace {

constexpr absl::string_view kNames[] = {
#define EMU_RISCV_EXTENSION(Enumerator, name) name,
#include "targets/riscv/isa/extensions.def"
#undef EMU_RISCV_EXTENSION
};
constexpr unsigned kCount = static_cast<unsigned>(Extension::kCount);

// Extensions that make no sense without another one.
struct Dependency {
  Extension of, on;
};
constexpr Dependency kDependencies[] = {
    {Extension::kF, Extension::kZicsr},
    {Extension::kD, Extension::kF},
    {Extension::kZicntr, Extension::kZicsr},
};

absl::Status Unknown(absl::string_view name) {
  std::string known;
  for (absl::string_view n : kNames) absl::StrAppend(&known, known.empty() ? "" : ", ", n);
  return absl::NotFoundError(absl::StrCat("unknown RISC-V extension '", name, "'; known are ", known));
}

std::optional<Extension> Find(absl::string_view name) {
  for (unsigned i = 0; i < kCount; ++i) {
    if (kNames[i] == name) return static_cast<Extension>(i);
  }
  return std::nullopt;
}

absl::Status EnableLetter(char letter, IsaConfig* isa) {
  if (letter != 'g') return SetExtension(std::string(1, letter), true, isa);
  for (absl::string_view name : {"i", "m", "a", "f", "d", "zicsr", "zifencei"}) isa->Enable(*Find(name));
  return absl::OkStatus();
}

}  // namespace

absl::string_view ExtensionName(Extension e) { return kNames[static_cast<unsigned>(e)]; }

absl::Status SetExtension(absl::string_view name, bool on, IsaConfig* isa) {
  const std::optional<Extension> e = Find(absl::AsciiStrToLower(name));
  if (!e.has_value()) return Unknown(name);
  isa->Enable(*e, on);
  for (const Dependency& d : kDependencies) {
    if (on && d.of == *e) return SetExtension(ExtensionName(d.on), true, isa);
    if (!on && d.on == *e && isa->Has(d.of)) {
      if (absl::Status s = SetExtension(ExtensionName(d.of), false, isa); !s.ok()) return s;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<IsaConfig> ParseIsa(absl::string_view text) {
  const std::string lower = absl::AsciiStrToLower(text);
  absl::string_view rest = lower;
  IsaConfig isa;
  if (absl::ConsumePrefix(&rest, "rv32")) {
    isa.xlen = 32;
  } else if (!absl::ConsumePrefix(&rest, "rv64")) {
    return absl::InvalidArgumentError(
        absl::StrCat("ISA '", text, "' must begin with rv32 or rv64, as in rv64gc or rv64imac_zicsr_zba"));
  }
  isa.Enable(Extension::kS);
  isa.Enable(Extension::kU);
  const std::vector<absl::string_view> parts = absl::StrSplit(rest, '_', absl::SkipEmpty());
  for (absl::string_view part : parts) {
    const bool word = part.size() > 1 && (part[0] == 'z' || part[0] == 's');
    for (size_t i = 0; i < (word ? 1 : part.size()); ++i) {
      const absl::Status s = word ? SetExtension(part, true, &isa) : EnableLetter(part[i], &isa);
      if (!s.ok()) return s;
    }
  }
  return isa;
}

std::string IsaString(const IsaConfig& isa) {
  std::string text = absl::StrCat("rv", isa.xlen);
  for (unsigned i = 0; i < kCount; ++i) {
    const auto e = static_cast<Extension>(i);
    if (!isa.Has(e) || e == Extension::kS || e == Extension::kU) continue;
    absl::StrAppend(&text, kNames[i].size() > 1 ? "_" : "", kNames[i]);
  }
  return text;
}

}  // namespace emu::riscv
