// The command line of ptwalk.
#ifndef EMU_CLI_PTWALK_OPTIONS_H_
#define EMU_CLI_PTWALK_OPTIONS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "loaders/memory_image.h"
#include "memory/address.h"
#include "mmu/page_walk.h"
#include "mmu/table_scan.h"
#include "mmu/walker_info.h"

namespace emu::cli {

struct PtwalkOptions {
  bool help = false;
  const mmu::WalkerInfo* architecture = nullptr;
  mmu::WalkerState state;
  mmu::AccessKind access = mmu::AccessKind::kRead;
  std::optional<uint64_t> base;
  loaders::MemoryImage::Format format = loaders::MemoryImage::Format::kByLooks;
  bool all = false;
  bool json = false;
  mmu::ScanLimits limits;
  std::string image;
  std::vector<memory::Gva> addresses;
};

// `arguments` without the program's name. With `help` nothing else need be there.
absl::StatusOr<PtwalkOptions> ParsePtwalkOptions(absl::Span<const std::string> arguments);
// Lists the settings of the architecture too, or of each where none was named.
std::string PtwalkHelp(const PtwalkOptions& options);

}  // namespace emu::cli

#endif  // EMU_CLI_PTWALK_OPTIONS_H_
