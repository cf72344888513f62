#include "cli/ptwalk_options.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cli/tool_flags.h"
#include "cli/values.h"
#include "mmu/walkers.h"

namespace emu::cli {
namespace {

using loaders::MemoryImage;
using mmu::AccessKind;

absl::Status Expected(absl::string_view value, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("\"", value, "\": expected ", what));
}

template <typename Target>
absl::Status SetNumber(absl::string_view value, Target* target) {
  const absl::StatusOr<uint64_t> number = ParseNumber(value);
  if (!number.ok()) return Expected(value, "a number such as 0x80000000");
  *target = *number;
  return absl::OkStatus();
}

absl::Status SetArchitecture(absl::string_view value, PtwalkOptions* options) {
  const absl::StatusOr<const mmu::WalkerInfo*> info = mmu::FindWalker(value);
  if (!info.ok()) return info.status();
  options->architecture = *info;
  return absl::OkStatus();
}

absl::Status SetAccess(absl::string_view value, PtwalkOptions* options) {
  for (const AccessKind kind : {AccessKind::kRead, AccessKind::kWrite, AccessKind::kExecute}) {
    if (value != absl::string_view("rwx").substr(static_cast<size_t>(kind), 1)) continue;
    options->access = kind;
    return absl::OkStatus();
  }
  return Expected(value, "r, w or x");
}

absl::Status SetPrivilege(absl::string_view value, PtwalkOptions* options) {
  if (value != "u" && value != "s") return Expected(value, "u or s");
  options->state.user = value == "u";
  return absl::OkStatus();
}

template <typename Fn>
std::function<absl::Status(absl::string_view)> Switch(Fn set) {
  return [set](absl::string_view) {
    set();
    return absl::OkStatus();
  };
}

std::vector<ToolFlag> OwnFlags(PtwalkOptions* o) {
  return {
      {"arch", "NAME", "whose page tables they are", [o](auto value) { return SetArchitecture(value, o); }},
      {"base", "ADDR", "where a raw image begins in physical memory; 0 if not given",
       [o](auto value) { return SetNumber(value, &o->base); }},
      {"raw", "", "the image is raw bytes, even if it looks like an ELF file",
       Switch([o] { o->format = MemoryImage::Format::kRaw; })},
      {"access", "r|w|x", "what the access is: a read if not given", [o](auto value) { return SetAccess(value, o); }},
      {"privilege", "u|s", "who makes it: the user, or the supervisor, as if not given",
       [o](auto value) { return SetPrivilege(value, o); }},
      {"all", "", "list everything that is mapped", Switch([o] { o->all = true; })},
      {"limit", "N", "stop the list after N ranges", [o](auto value) { return SetNumber(value, &o->limits.ranges); }},
      {"json", "", "print JSON", Switch([o] { o->json = true; })},
      {"help", "", "print this", Switch([o] { o->help = true; })},
  };
}

std::vector<ToolFlag> SettingFlags(const mmu::WalkerInfo& info, PtwalkOptions* o) {
  std::vector<ToolFlag> flags;
  for (const mmu::WalkerSetting& setting : info.settings) {
    const bool is_switch = setting.argument.empty();
    const auto apply = [o, is_switch, name = std::string(setting.name)](absl::string_view value) {
      uint64_t number = 1;
      const absl::Status status = is_switch ? absl::OkStatus() : SetNumber(value, &number);
      if (status.ok()) o->state.settings[name] = number;
      return status;
    };
    flags.push_back({std::string(setting.name), std::string(setting.argument), std::string(setting.help), apply});
  }
  return flags;
}

// The flags of the architecture can be told only when it is known, and it may be named behind them.
absl::Status FindArchitecture(absl::Span<const std::string> arguments, PtwalkOptions* options) {
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    absl::string_view text = arguments[i];
    if (!absl::ConsumePrefix(&text, "-")) continue;
    absl::ConsumePrefix(&text, "-");
    if (text == "help") options->help = true;
    if (text == "arch" && i + 1 < arguments.size())
      text = arguments[i + 1];
    else if (!absl::ConsumePrefix(&text, "arch="))
      continue;
    const absl::Status status = SetArchitecture(text, options);
    if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat("--arch: ", status.message()));
  }
  return absl::OkStatus();
}

absl::Status TakeRest(absl::Span<const std::string> rest, PtwalkOptions* options) {
  if (options->architecture == nullptr) return absl::InvalidArgumentError("--arch NAME is missing; see --help");
  if (rest.empty()) return absl::InvalidArgumentError("the image is missing: a file with physical memory");
  options->image = rest[0];
  for (const std::string& text : rest.subspan(1)) {
    const absl::StatusOr<uint64_t> number = ParseNumber(text);
    if (!number.ok()) return Expected(text, "a guest-virtual address such as 0xffffffff80000000");
    options->addresses.emplace_back(*number);
  }
  if (!options->all && options->addresses.empty()) {
    return absl::InvalidArgumentError("nothing to do: name an address behind the image, or --all");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PtwalkOptions> ParsePtwalkOptions(absl::Span<const std::string> arguments) {
  PtwalkOptions options;
  absl::Status status = FindArchitecture(arguments, &options);
  if (!status.ok()) return status;
  std::vector<ToolFlag> flags = OwnFlags(&options);
  if (options.architecture != nullptr) {
    for (ToolFlag& flag : SettingFlags(*options.architecture, &options)) flags.push_back(std::move(flag));
  } else if (!options.help) {
    return TakeRest({}, &options);
  }
  const absl::StatusOr<std::vector<std::string>> rest = ParseToolFlags(arguments, flags);
  if (!rest.ok()) return rest.status();
  if (!options.help) status = TakeRest(*rest, &options);
  if (!status.ok()) return status;
  return options;
}

std::string PtwalkHelp(const PtwalkOptions& options) {
  PtwalkOptions scratch;
  std::string text = absl::StrCat(
      "usage: ptwalk --arch NAME [FLAG...] IMAGE GVA...     how each address is translated, step by step\n"
      "       ptwalk --arch NAME [FLAG...] --all IMAGE      everything that is mapped\n"
      "IMAGE is a file with physical memory: raw bytes, an ELF file or an ELF core.\n",
      ToolFlagsHelp(OwnFlags(&scratch)), "Architectures:\n");
  for (const mmu::WalkerInfo* info : mmu::AllWalkers()) {
    if (options.architecture != nullptr && options.architecture != info) continue;
    absl::StrAppendFormat(&text, "  %-22s  %s\n", info->name, info->help);
  }
  if (options.architecture == nullptr) return absl::StrCat(text, "--arch NAME --help lists the flags of one.\n");
  return absl::StrCat(text, "Flags of ", options.architecture->name, ":\n",
                      ToolFlagsHelp(SettingFlags(*options.architecture, &scratch)));
}

}  // namespace emu::cli
