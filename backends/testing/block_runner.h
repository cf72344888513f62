// Blocks from text, compiled by a backend and run on a CPU with one register, r0: for tests of how blocks are joined,
// retired and left. What a block does is for machine.h.
#ifndef EMU_BACKENDS_TESTING_BLOCK_RUNNER_H_
#define EMU_BACKENDS_TESTING_BLOCK_RUNNER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "translate/engine/backend.h"
#include "translate/engine/cpu_state.h"
#include "translate/engine/jump_cache.h"
#include "translate/engine/target.h"
#include "translate/ir/parser.h"

namespace emu::backends::testing {

class BlockRunner final : public translate::CompileSink {
 public:
  struct State {
    translate::CpuState base;
    uint64_t r = 0;
  };
  static constexpr translate::RegisterInfo kRegisters[] = {{"r", offsetof(State, r), ir::Type::kI64, 0}};

  // The backend is one for kRegisters and no helpers. The budget is 1000.
  explicit BlockRunner(std::unique_ptr<translate::Backend> made) : backend(std::move(made)) {
    cpu().budget = 1000;
    cpu().mapping_ids = mapping_ids.data();
    cpu().jump_cache = jump_cache.lines();
    backend->Attach(cpu());
  }
  // A block at `pc` that adds one to the register and ends as `end` says.
  static std::string Counter(absl::string_view pc, absl::string_view end) {
    return absl::StrCat("block ", pc, "\ncharge ", pc, "\ninsn ", pc,
                        "\n%a = get.i64 r0\n%one = const.i64 1\n%b = add.i64 %a, %one\nset r0, %b\n", end);
  }
  absl::StatusOr<translate::CodeEntry> Compile(const std::string& text) {
    const absl::StatusOr<ir::Block> block = ir::Parse(text);
    return block.ok() ? backend->Compile(*block, *this) : block.status();
  }
  translate::CodeEntry CompileCounter(absl::string_view pc, absl::string_view end) {
    return Compile(Counter(pc, end)).value();
  }
  translate::Exit Run(translate::CodeEntry entry) { return backend->Run(cpu(), entry); }
  translate::CpuState& cpu() { return state.base; }

  uint32_t AddExit(uint64_t pc) override { return exits.push_back(pc), static_cast<uint32_t>(exits.size() - 1); }
  uint32_t AddSite(uint64_t, uint32_t) override { return ++sites; }

  std::unique_ptr<translate::Backend> backend;
  std::vector<uint32_t> mapping_ids = std::vector<uint32_t>(translate::kMappingEntries);
  translate::JumpCache jump_cache;
  State state;
  std::vector<uint64_t> exits;
  uint32_t sites = 0;
};

}  // namespace emu::backends::testing

#endif  // EMU_BACKENDS_TESTING_BLOCK_RUNNER_H_
