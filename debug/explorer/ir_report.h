// An exploration as a page of text, or as JSON.
#ifndef EMU_DEBUG_EXPLORER_IR_REPORT_H_
#define EMU_DEBUG_EXPLORER_IR_REPORT_H_

#include <cstdint>
#include <string>

#include "debug/explorer/ir_explorer.h"

namespace emu::debug {

// What is shown. Bits of a set.
enum IrStage : uint32_t {
  kStageGuest = 1u << 0,
  kStageIr = 1u << 1,   // as it was lifted
  kStageOpt = 1u << 2,  // after its passes
  kStageHost = 1u << 3,
};
inline constexpr uint32_t kAllStages = kStageGuest | kStageIr | kStageOpt | kStageHost;

// "guest,ir": an error names what is no stage.
absl::StatusOr<uint32_t> ParseIrStages(absl::string_view list);

// Passes as differences, where the lifted code is shown too; else the code after the last of them.
std::string IrReportText(const Exploration& exploration, const translate::Target& target, uint32_t stages);
std::string IrReportJson(const Exploration& exploration, const translate::Target& target, uint32_t stages);

}  // namespace emu::debug

#endif  // EMU_DEBUG_EXPLORER_IR_REPORT_H_
