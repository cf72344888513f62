// Writes what the engine translates and executes to the log: -d in_asm, op, op_opt, out_asm, exec, cpu.
#ifndef EMU_DEBUG_ENGINE_LOG_H_
#define EMU_DEBUG_ENGINE_LOG_H_

#include <functional>
#include <string>
#include <vector>

#include "boards/guest_log.h"
#include "debug/address_names.h"
#include "debug/block_listing.h"
#include "translate/engine/engine.h"

namespace emu::debug {

class EngineLog final : public translate::EngineObserver {
 public:
  // `registers` gives their text for -d cpu. The engine outlives the log.
  EngineLog(boards::GuestLog log, translate::Engine& engine, const translate::Target& target,
            std::function<std::string()> registers, const AddressNames& names);
  ~EngineLog() override;

  void OnLifted(const ir::Block& block, absl::Span<const translate::GuestCode> guest_code) override;
  void OnOptimized(const ir::Block& block) override;
  void OnCompiled(const ir::Block& block, absl::Span<const uint8_t> host_code,
                  absl::Span<const translate::CodeMark> marks) override;
  void OnExecute(const translate::Cpu& cpu, uint32_t insns) override;

 private:
  void PrintBlock(absl::string_view title, const ir::Block& block);

  const boards::GuestLog log_;
  translate::Engine& engine_;
  const std::function<std::string()> registers_text_;
  const AddressNames names_;
  std::vector<absl::string_view> registers_, helpers_;
  BlockListing listing_;
  std::vector<translate::GuestCode> guest_code_;  // of the block that is being translated
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_ENGINE_LOG_H_
