// The command line of memtrace.
#ifndef EMU_CLI_MEMTRACE_OPTIONS_H_
#define EMU_CLI_MEMTRACE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "debug/trace/tally.h"

namespace emu::cli {

struct MemtraceOptions {
  enum class Show { kSummary, kText, kJson };

  bool help = false;
  std::string file;
  Show show = Show::kSummary;
  bool json = false;                                        // of counts and writers too
  std::vector<std::pair<std::string, std::string>> filter;  // keys as in -trace, applied when symbols are known
  uint64_t from = 0, to = ~uint64_t{0};
  std::optional<debug::TallyBy> count;
  size_t top = 0;
  std::string first_writer, last_writer;  // addresses
  std::string svg, map_svg;
  std::vector<std::string> symbols;
};

// `arguments` without the program's name. With `help` nothing else need be there.
absl::StatusOr<MemtraceOptions> ParseMemtraceOptions(absl::Span<const std::string> arguments);
std::string MemtraceHelp();

}  // namespace emu::cli

#endif  // EMU_CLI_MEMTRACE_OPTIONS_H_
