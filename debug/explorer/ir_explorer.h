// What becomes of guest code: its disassembly, the intermediate code as it was lifted and after each pass, host code.
#ifndef EMU_DEBUG_EXPLORER_IR_EXPLORER_H_
#define EMU_DEBUG_EXPLORER_IR_EXPLORER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "backends/x86_64/encoding/host_features.h"
#include "debug/code_listing.h"
#include "debug/explorer/ir_guest.h"
#include "translate/ir/ir.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"

namespace emu::debug {

struct ExploreOptions {
  uint64_t pc = 0x1000;  // of the first byte
  uint32_t key = 0;      // CpuState::key
  bool optimize = true;
  backends::x86_64::HostFeatures features = backends::x86_64::Host();  // what the host code may use
};

struct GuestLine {
  uint64_t pc = 0;
  std::vector<uint8_t> bytes;
  std::string text;
};

// The block after all passes up to this one.
struct PassResult {
  const ir::PassInfo* pass;
  ir::Block block;
};

struct ExploredBlock {
  std::vector<GuestLine> guest;
  ir::Block lifted;
  std::vector<PassResult> passes;  // empty if not wanted; the last is what the engine compiles
  std::vector<uint8_t> host_code;
  std::vector<HostLine> host;  // of host_code; addresses count from its start

  const ir::Block& last() const { return passes.empty() ? lifted : passes.back().block; }
};

struct Exploration {
  std::vector<ExploredBlock> blocks;  // one behind the other
  uint64_t end = 0;                   // where the last ends: short of the code if it ends within an instruction
};

inline constexpr size_t kMaxExploredBytes = size_t{1} << 16;

// An error if there is no whole instruction in `code`, or too much of it.
absl::StatusOr<Exploration> Explore(const IrGuest& guest, absl::Span<const uint8_t> code,
                                    const ExploreOptions& options);

// The target's names, for ir::Print. They live as long as the target.
struct IrNames {
  explicit IrNames(const translate::Target& target);
  operator ir::Names() const { return {registers, helpers}; }  // NOLINT(google-explicit-constructor)
  std::vector<absl::string_view> registers, helpers;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_EXPLORER_IR_EXPLORER_H_
