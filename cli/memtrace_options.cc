#include "cli/memtrace_options.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/tool_flags.h"
#include "cli/values.h"

namespace emu::cli {
namespace {

using absl::string_view;

ToolFlag Filter(const char* name, const char* argument, const char* help, MemtraceOptions* o) {
  const std::string key = name;
  return {name, argument, help, [o, key](string_view value) {
            o->filter.emplace_back(key, std::string(value));
            return absl::OkStatus();
          }};
}

ToolFlag Text(const char* name, const char* argument, const char* help, std::string* to) {
  return {name, argument, help, [to](string_view value) { return *to = std::string(value), absl::OkStatus(); }};
}

ToolFlag Number(const char* name, const char* argument, const char* help, uint64_t* to) {
  return {name, argument, help, [to](string_view value) {
            const absl::StatusOr<uint64_t> number = ParseNumber(value);
            if (number.ok()) *to = *number;
            return number.status();
          }};
}

std::vector<ToolFlag> FlagsOf(MemtraceOptions* o) {
  using Show = MemtraceOptions::Show;
  return {
      Filter("kind", "rwx", "reads, writes, instructions; none of walks and DMA then, unless they are asked for", o),
      Filter("gva", "A..B", "guest-virtual addresses; also A, A+SIZE, and names of symbols; may be repeated", o),
      Filter("gpa", "A..B", "guest-physical addresses", o),
      Filter("pc", "A..B", "addresses of the instructions that make the accesses", o),
      Filter("region", "RE2", "names of regions", o),
      Filter("symbol", "RE2", "names of the functions that make the accesses", o),
      Filter("cpu", "N", "one CPU", o),
      Filter("walks", "on|off", "page-table walks", o),
      Filter("dma", "on|off", "accesses by devices", o),
      Number("from", "N", "from so many executed instructions on", &o->from),
      Number("to", "N", "up to so many, included", &o->to),
      {"text", "", "the records, a line each", [o](string_view) { return o->show = Show::kText, absl::OkStatus(); }},
      {"json", "", "the records, an object a line; counts and writers as JSON",
       [o](string_view) { return o->json = true, absl::OkStatus(); }},
      {"count", "BY", "records by page, region, symbol or pc, the most first",
       [o](string_view value) {
         const absl::StatusOr<debug::TallyBy> by = debug::ParseTallyBy(value);
         if (by.ok()) o->count = *by;
         return by.status();
       }},
      Number("top", "N", "only the first N rows of a count", &o->top),
      Text("first-writer", "ADDRESS", "the first record that writes there: guest-physical, or gva=ADDRESS",
           &o->first_writer),
      Text("last-writer", "ADDRESS", "the last one", &o->last_writer),
      Text("svg", "FILE", "draw which pages are touched when", &o->svg),
      Text("map-svg", "FILE", "draw the address space by region, and what is touched in it", &o->map_svg),
      {"symbols", "FILE", "names beside those in the trace: ELF, System.map or kallsyms",
       [o](string_view value) { return o->symbols.emplace_back(value), absl::OkStatus(); }},
      {"help", "", "print this", [o](string_view) { return o->help = true, absl::OkStatus(); }},
  };
}

}  // namespace

absl::StatusOr<MemtraceOptions> ParseMemtraceOptions(absl::Span<const std::string> arguments) {
  MemtraceOptions options;
  const absl::StatusOr<std::vector<std::string>> files = ParseToolFlags(arguments, FlagsOf(&options));
  if (!files.ok()) return files.status();
  if (options.help) return options;
  if (files->size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected one file of a binary trace, got ", files->size(), "; --help lists the flags"));
  }
  options.file = files->front();
  const bool other = options.count.has_value() || !options.first_writer.empty() || !options.last_writer.empty() ||
                     !options.svg.empty() || !options.map_svg.empty();
  if (options.show == MemtraceOptions::Show::kText && (options.json || other)) {
    return absl::InvalidArgumentError("--text does not go with --json, --count, writers or drawings");
  }
  if (options.json && !other) options.show = MemtraceOptions::Show::kJson;
  return options;
}

std::string MemtraceHelp() {
  MemtraceOptions options;
  return absl::StrCat(
      "usage: memtrace FILE [flags]\n\nReads a binary trace of emu -trace; without flags says what is "
      "in it.\n\n",
      ToolFlagsHelp(FlagsOf(&options)));
}

}  // namespace emu::cli
