// mtree: reads the description of a region tree, prints it and its flat views, says where addresses live, draws it.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "cli/tool_flags.h"
#include "loaders/bytes.h"
#include "memory/explain.h"
#include "memory/mtree.h"
#include "memory/tree_build.h"
#include "memory/tree_json.h"
#include "memory/tree_svg.h"
#include "memory/tree_text.h"

namespace emu::cli {
namespace {

using memory::AddressSpace;
using memory::Gpa;

struct Options {
  std::string file;
  memory::MtreeOptions print;
  bool flat = false;
  bool json = false;
  bool text = false;
  bool help = false;
  std::vector<std::string> spaces;
  std::vector<Gpa> addresses;
  std::string svg;
};

using Apply = std::function<absl::Status(absl::string_view)>;

Apply Switch(bool* place) {
  return [place](absl::string_view) {
    *place = true;
    return absl::OkStatus();
  };
}

absl::Status AddAddress(absl::string_view text, Options* options) {
  const absl::StatusOr<uint64_t> address = memory::ParseTreeNumber(text);
  if (address.ok()) options->addresses.emplace_back(*address);
  return address.status();
}

std::vector<ToolFlag> Flags(Options* o) {
  const Apply add_space = [o](absl::string_view name) {
    o->spaces.emplace_back(name);
    return absl::OkStatus();
  };
  const Apply set_svg = [o](absl::string_view file) {
    o->svg = std::string(file);
    return absl::OkStatus();
  };
  return {
      {"f", "", "flat views instead of the tree", Switch(&o->flat)},
      {"d", "", "with -f: the lookup table of each view", Switch(&o->print.dispatch)},
      {"o", "", "who owns each region", Switch(&o->print.owners)},
      {"D", "", "disabled regions too", Switch(&o->print.disabled)},
      {"space", "NAME", "this address space only; may be repeated", add_space},
      {"at", "ADDRESS", "where ADDRESS lives, and why not elsewhere; may be repeated",
       [o](absl::string_view text) { return AddAddress(text, o); }},
      {"svg", "FILE", "draw the tree and its flat view; - is standard output", set_svg},
      {"json", "", "tree, flat views (-f) or explanations (--at) as JSON", Switch(&o->json)},
      {"text", "", "the description itself, in the text form", Switch(&o->text)},
      {"help", "", "this text", Switch(&o->help)},
  };
}

std::string Help() {
  Options scratch;
  return absl::StrCat(
      "usage: mtree FILE [FLAG...]\n"
      "Reads the description of a region tree (text or JSON; - is standard input) and prints the tree as QEMU's "
      "monitor "
      "does.\n",
      ToolFlagsHelp(Flags(&scratch)), "ADDRESS is 0x1f00, sixteen hexadecimal digits, or decimal like 64 or 4K.\n");
}

absl::Status ParseOptions(absl::Span<const std::string> arguments, Options* options) {
  const absl::StatusOr<std::vector<std::string>> files = ParseToolFlags(arguments, Flags(options));
  if (!files.ok() || options->help) return files.status();
  if (files->size() == 1) {
    options->file = files->front();
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(files->empty() ? "no file was named; mtree --help lists the flags"
                                                   : absl::StrCat("\"", (*files)[1], "\": one file was named already"));
}

absl::StatusOr<memory::TreeSpec> ReadSpec(const std::string& file) {
  const absl::StatusOr<loaders::Bytes> bytes = loaders::ReadFile(file == "-" ? "/dev/stdin" : file);
  if (!bytes.ok()) return bytes.status();
  const absl::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const bool json = absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "{");
  absl::StatusOr<memory::TreeSpec> spec = json ? memory::ParseTreeJson(text) : memory::ParseTreeText(text);
  if (spec.ok()) return spec;
  return absl::InvalidArgumentError(absl::StrCat(file, ": ", spec.status().message()));
}

// Those that were asked for, or all.
absl::StatusOr<std::vector<AddressSpace*>> ChooseSpaces(const memory::BuiltTree& tree, const Options& options) {
  std::vector<AddressSpace*> chosen;
  std::string known;
  for (AddressSpace* space : tree.space_pointers()) {
    absl::StrAppend(&known, known.empty() ? "" : ", ", space->name());
    const auto& wanted = options.spaces;
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), space->name()) != wanted.end()) {
      chosen.push_back(space);
    }
  }
  for (const std::string& name : options.spaces) {
    const bool found =
        std::any_of(chosen.begin(), chosen.end(), [&](AddressSpace* space) { return space->name() == name; });
    if (!found) {
      return absl::InvalidArgumentError(
          absl::StrCat("--space \"", name, "\": there is no such address space; ", options.file, " has ", known));
    }
  }
  return chosen;
}

// In the address spaces that were asked for, or the first.
std::string Explanations(absl::Span<AddressSpace* const> spaces, const Options& options) {
  if (options.spaces.empty()) spaces = spaces.subspan(0, 1);
  std::string text;
  for (const Gpa at : options.addresses) {
    for (const AddressSpace* space : spaces) {
      const memory::Explanation explanation = memory::Explain(*space, at);
      absl::StrAppend(&text, options.json ? FormatExplanationJson(explanation) : FormatExplanation(explanation));
    }
  }
  return text;
}

std::string Print(const memory::TreeSpec& spec, absl::Span<AddressSpace* const> spaces, const Options& options) {
  if (!options.addresses.empty()) return Explanations(spaces, options);
  if (options.flat) return options.json ? FormatFlatViewsJson(spaces) : FormatFlatViews(spaces, options.print);
  if (!options.json && !options.text) return options.svg.empty() ? FormatTrees(spaces, options.print) : "";
  const memory::TreeSpec chosen = options.spaces.empty() ? spec : memory::DescribeTree(spaces);
  return options.json ? FormatTreeJson(chosen) : FormatTreeText(chosen);
}

absl::Status Draw(absl::Span<AddressSpace* const> spaces, const std::string& file) {
  const std::string svg = memory::FormatTreeSvg(*spaces[0]);
  if (file != "-") return loaders::WriteFile(file, {reinterpret_cast<const uint8_t*>(svg.data()), svg.size()});
  fputs(svg.c_str(), stdout);
  return absl::OkStatus();
}

absl::Status Main(absl::Span<const std::string> arguments) {
  Options options;
  if (absl::Status status = ParseOptions(arguments, &options); !status.ok()) return status;
  if (options.help) {
    fputs(Help().c_str(), stdout);
    return absl::OkStatus();
  }
  const absl::StatusOr<memory::TreeSpec> spec = ReadSpec(options.file);
  if (!spec.ok()) return spec.status();
  const absl::StatusOr<memory::BuiltTree> tree = memory::BuildTree(*spec);
  if (!tree.ok()) return absl::InvalidArgumentError(absl::StrCat(options.file, ": ", tree.status().message()));
  const absl::StatusOr<std::vector<AddressSpace*>> spaces = ChooseSpaces(*tree, options);
  if (!spaces.ok()) return spaces.status();
  fputs(Print(*spec, *spaces, options).c_str(), stdout);
  return options.svg.empty() ? absl::OkStatus() : Draw(*spaces, options.svg);
}

}  // namespace
}  // namespace emu::cli

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const absl::Status status = emu::cli::Main(arguments);
  if (status.ok()) return 0;
  fprintf(stderr, "mtree: %s\n", std::string(status.message()).c_str());
  return 1;
}
