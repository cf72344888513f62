#include "debug/explorer/ir_report.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "debug/disassembler.h"
#include "debug/explorer/ir_diff.h"
#include "translate/ir/printer.h"

namespace emu::debug {
namespace {

struct StageName {
  absl::string_view name;
  uint32_t stage;
};
constexpr StageName kStageNames[] = {
    {"guest", kStageGuest}, {"ir", kStageIr}, {"opt", kStageOpt}, {"host", kStageHost}, {"all", kAllStages}};

class Text {
 public:
  Text(const translate::Target& target, uint32_t stages) : names_(target), stages_(stages) {}

  std::string Of(const Exploration& exploration) {
    for (const ExploredBlock& block : exploration.blocks) Block(block);
    return std::move(text_);
  }

 private:
  bool Shows(IrStage stage) const { return (stages_ & stage) != 0; }
  // Sections have an empty line between them.
  void Title(absl::string_view title) { absl::StrAppend(&text_, text_.empty() ? "" : "\n", title, ":\n"); }

  void Block(const ExploredBlock& block) {
    named_ = NameValues(block.last());
    if (Shows(kStageGuest)) Guest(block);
    if (Shows(kStageIr)) {
      Title("intermediate code");
      absl::StrAppend(&text_, ir::Print(block.lifted, names_));
    }
    if (Shows(kStageOpt) && !block.passes.empty()) Shows(kStageIr) ? Passes(block) : Optimized(block);
    if (Shows(kStageHost)) Host(block);
  }

  void Guest(const ExploredBlock& block) {
    Title("guest code");
    for (const GuestLine& line : block.guest) {
      absl::StrAppend(&text_, FormatInsn({line.pc, line.bytes, line.text, true, {}}), "\n");
    }
  }

  void Optimized(const ExploredBlock& block) {
    Title("intermediate code after its passes");
    absl::StrAppend(&text_, ir::Print(block.last(), names_));
  }

  void Passes(const ExploredBlock& block) {
    NamedBlock& before = named_ = NameValues(block.lifted);
    std::vector<absl::string_view> idle;
    for (const PassResult& result : block.passes) {
      NamedBlock after = FollowNames(before, result.block);
      const std::vector<IrDiffLine> lines = Diff(before, after, names_);
      before = std::move(after);
      bool changed = false;
      for (const IrDiffLine& line : lines) changed |= line.kind != IrDiffLine::Kind::kSame;
      if (!changed) {
        idle.push_back(result.pass->name);
        continue;
      }
      Title(absl::StrCat("after ", result.pass->name, " (", result.pass->what, ")"));
      for (const IrDiffLine& line : lines) {
        absl::StrAppend(&text_, std::string(1, static_cast<char>(line.kind)), " ", line.text, "\n");
      }
    }
    if (idle.empty()) return;
    absl::StrAppend(&text_, "\nnothing to do for: ", absl::StrJoin(idle, ", "), "\n");
  }

  // Under each instruction of the intermediate code what was made of it.
  void Host(const ExploredBlock& block) {
    Title(absl::StrFormat("host code of 0x%x", block.lifted.pc));
    std::optional<uint32_t> instr;
    int64_t last = -1;  // instruction in the order of the block
    for (const HostLine& line : block.host) {
      if (line.instr != instr) HostTitle(line, line.instr.has_value() && *line.instr <= last);
      instr = line.instr;
      if (instr.has_value()) last = std::max<int64_t>(last, *instr);
      absl::StrAppendFormat(&text_, "  %04x:  %-22s %s\n", line.pc, HexBytes(line.bytes), line.text);
    }
  }

  void HostTitle(const HostLine& line, bool out_of_line) {
    if (!line.instr.has_value()) return absl::StrAppend(&text_, "; once the block is dropped\n");
    absl::StrAppend(&text_, "; ", PrintNamed(named_, *line.instr, names_), out_of_line ? ", out of line" : "");
    if (line.insn.has_value()) absl::StrAppendFormat(&text_, "    (0x%x)", *line.insn);
    absl::StrAppend(&text_, "\n");
  }

  const IrNames names_;
  const uint32_t stages_;
  NamedBlock named_;  // the last form of the block, named as it was shown
  std::string text_;
};

}  // namespace

absl::StatusOr<uint32_t> ParseIrStages(absl::string_view list) {
  uint32_t stages = 0;
  const std::vector<absl::string_view> words = absl::StrSplit(list, ',');
  for (absl::string_view word : words) {
    uint32_t found = 0;
    for (const StageName& s : kStageNames) found |= s.name == word ? s.stage : 0;
    if (found == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown stage \"", word, "\"; known are guest, ir, opt, host, all"));
    }
    stages |= found;
  }
  return stages;
}

std::string IrReportText(const Exploration& exploration, const translate::Target& target, uint32_t stages) {
  return Text(target, stages).Of(exploration);
}

}  // namespace emu::debug
