// The command line of irdump.
#ifndef EMU_CLI_IRDUMP_OPTIONS_H_
#define EMU_CLI_IRDUMP_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "backends/x86_64/encoding/host_features.h"
#include "debug/explorer/ir_guest.h"
#include "debug/explorer/ir_report.h"

namespace emu::cli {

struct IrdumpOptions {
  bool help = false;
  const debug::IrArchitecture* architecture = nullptr;
  std::string isa, key;        // empty: the architecture's own
  std::optional<uint64_t> pc;  // of code that has no address of its own
  uint32_t stages = debug::kAllStages;
  bool optimize = true;
  bool json = false;
  backends::x86_64::HostFeatures features = backends::x86_64::Host();

  // The code: one of these.
  std::optional<std::string> text;                     // for the assembler
  std::optional<std::string> bytes;                    // in hexadecimal
  std::string elf;                                     // a file, with one of
  std::optional<std::pair<uint64_t, uint64_t>> range;  // first and last byte
  std::string symbol;
};

// `arguments` without the program's name. With `help` nothing else need be there.
absl::StatusOr<IrdumpOptions> ParseIrdumpOptions(absl::Span<const std::string> arguments);
std::string IrdumpHelp();

}  // namespace emu::cli

#endif  // EMU_CLI_IRDUMP_OPTIONS_H_
