// mtree: reads the description of a region tree, prints it and its flat views, says where addresses live, draws it.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
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

constexpr char kHelp[] = R"(usage: mtree FILE [OPTION...]
Reads the description of a region tree (text or JSON; - is standard input) and prints the tree as QEMU's monitor does.

  -f              flat views instead of the tree
  -d              with -f: the lookup table of each view
  -o              who owns each region
  -D              disabled regions too
  --space NAME    this address space only; may be repeated
  --at ADDRESS    where ADDRESS lives, and why not elsewhere; may be repeated
  --svg FILE      a drawing of the tree and its flat view; - is standard output
  --json          tree, flat views (-f) or explanations (--at) as JSON
  --text          the description itself, in the text form
  --help          this text

ADDRESS is 0x1f00, sixteen hexadecimal digits, or decimal like 64 or 4K.
)";

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

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, "; mtree --help lists the options"));
}

bool TakeSwitch(absl::string_view flag, Options* options) {
  const std::pair<absl::string_view, bool*> switches[] = {
      {"f", &options->flat},           {"d", &options->print.dispatch}, {"o", &options->print.owners},
      {"D", &options->print.disabled}, {"json", &options->json},        {"text", &options->text},
      {"help", &options->help},
  };
  for (const auto& [name, place] : switches) {
    if (name == flag) return *place = true;
  }
  return false;
}

absl::Status TakeValue(absl::string_view flag, const std::string& value, Options* options) {
  if (flag == "space") {
    options->spaces.push_back(value);
  } else if (flag == "svg") {
    options->svg = value;
  } else {
    const absl::StatusOr<uint64_t> address = memory::ParseTreeNumber(value);
    if (!address.ok()) return absl::InvalidArgumentError(absl::StrCat("--at ", address.status().message()));
    options->addresses.emplace_back(*address);
  }
  return absl::OkStatus();
}

absl::StatusOr<Options> ParseOptions(absl::Span<char* const> arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view flag = arguments[i];
    if (flag == "-" || !absl::StartsWith(flag, "-")) {
      if (!options.file.empty()) return Wrong(absl::StrCat("\"", flag, "\": one file was named already"));
      options.file = std::string(flag);
      continue;
    }
    flag.remove_prefix(absl::StartsWith(flag, "--") ? 2 : 1);
    if (TakeSwitch(flag, &options)) continue;
    if (flag != "space" && flag != "svg" && flag != "at") {
      return Wrong(absl::StrCat("\"", arguments[i], "\": there is no such option"));
    }
    if (i + 1 == arguments.size()) return Wrong(absl::StrCat("--", flag, ": a value was expected"));
    if (absl::Status status = TakeValue(flag, arguments[++i], &options); !status.ok()) return status;
  }
  if (options.file.empty() && !options.help) return Wrong("no file was named");
  return options;
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
  return loaders::WriteFile(file == "-" ? "/dev/stdout" : file,
                            {reinterpret_cast<const uint8_t*>(svg.data()), svg.size()});
}

absl::Status Main(absl::Span<char* const> arguments) {
  const absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) return options.status();
  if (options->help) return fputs(kHelp, stdout), absl::OkStatus();
  const absl::StatusOr<memory::TreeSpec> spec = ReadSpec(options->file);
  if (!spec.ok()) return spec.status();
  const absl::StatusOr<memory::BuiltTree> tree = memory::BuildTree(*spec);
  if (!tree.ok()) return absl::InvalidArgumentError(absl::StrCat(options->file, ": ", tree.status().message()));
  const absl::StatusOr<std::vector<AddressSpace*>> spaces = ChooseSpaces(*tree, *options);
  if (!spaces.ok()) return spaces.status();
  fputs(Print(*spec, *spaces, *options).c_str(), stdout);
  return options->svg.empty() ? absl::OkStatus() : Draw(*spaces, options->svg);
}

}  // namespace
}  // namespace emu::cli

int main(int argc, char** argv) {
  const absl::Status status = emu::cli::Main(absl::MakeConstSpan(argv + (argc > 0 ? 1 : 0), argv + argc));
  if (status.ok()) return 0;
  fprintf(stderr, "mtree: %s\n", std::string(status.message()).c_str());
  return 1;
}
