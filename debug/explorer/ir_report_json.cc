#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "debug/disassembler.h"
#include "debug/explorer/ir_report.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "translate/ir/printer.h"

namespace emu::debug {
namespace {

using llvm::json::OStream;

// Addresses are texts: JSON's numbers do not hold all of them exactly.
std::string Hex(uint64_t v) { return absl::StrCat("0x", absl::Hex(v)); }

class Json {
 public:
  Json(OStream& out, const translate::Target& target, uint32_t stages) : out_(out), names_(target), stages_(stages) {}

  void Of(const Exploration& exploration) {
    out_.object([&] {
      out_.attribute("end", Hex(exploration.end));
      out_.attributeArray("blocks", [&] {
        for (const ExploredBlock& block : exploration.blocks) out_.object([&] { Block(block); });
      });
    });
  }

 private:
  bool Shows(IrStage stage) const { return (stages_ & stage) != 0; }

  void Block(const ExploredBlock& block) {
    out_.attribute("pc", Hex(block.lifted.pc));
    if (Shows(kStageGuest)) {
      out_.attributeArray("guest", [&] {
        for (const GuestLine& line : block.guest) out_.object([&] { Guest(line); });
      });
    }
    if (Shows(kStageIr)) out_.attributeArray("ir", [&] { Lines(block.lifted); });
    if (Shows(kStageOpt)) {
      out_.attributeArray("passes", [&] {
        const ir::Block* before = &block.lifted;
        for (const PassResult& result : block.passes) {
          out_.object([&] { Pass(result, *before); });
          before = &result.block;
        }
      });
    }
    if (Shows(kStageHost)) {
      out_.attributeArray("host", [&] {
        for (const HostLine& line : block.host) out_.object([&] { Host(line); });
      });
    }
  }

  void Guest(const GuestLine& line) {
    out_.attribute("pc", Hex(line.pc));
    out_.attribute("bytes", HexBytes(line.bytes));
    out_.attribute("text", line.text);
  }

  void Lines(const ir::Block& block) {
    for (size_t i = 0; i < block.code.size(); ++i) out_.value(ir::PrintInstr(block, i, names_));
  }

  void Pass(const PassResult& result, const ir::Block& before) {
    out_.attribute("name", llvm::StringRef(result.pass->name.data(), result.pass->name.size()));
    out_.attribute("changed", ir::Print(before) != ir::Print(result.block));
    out_.attributeArray("ir", [&] { Lines(result.block); });
  }

  void Host(const HostLine& line) {
    out_.attribute("offset", static_cast<int64_t>(line.pc));
    out_.attribute("bytes", HexBytes(line.bytes));
    out_.attribute("text", line.text);
    if (line.instr.has_value()) out_.attribute("ir", static_cast<int64_t>(*line.instr));
    if (line.insn.has_value()) out_.attribute("guest", Hex(*line.insn));
  }

  OStream& out_;
  const IrNames names_;
  const uint32_t stages_;
};

}  // namespace

std::string IrReportJson(const Exploration& exploration, const translate::Target& target, uint32_t stages) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OStream out(stream, /*IndentSize=*/1);
  Json(out, target, stages).Of(exploration);
  stream << "\n";
  return text;
}

}  // namespace emu::debug
