#include "debug/disassembler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrAnalysis.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

namespace emu::debug {
namespace {

// Everything that emulated harts may have.
constexpr char kRiscvFeatures[] = "+m,+a,+f,+d,+c,+zba,+zbb,+zbs,+zicbom,+zicbop,+zicboz,+svinval,+zihintpause";

class LlvmDisassembler final : public Disassembler {
 public:
  explicit LlvmDisassembler(std::unique_ptr<McTables> tables)
      : mc_(std::move(tables)),
        triple_(mc_->triple),
        context_(triple_, mc_->asm_info.get(), mc_->registers.get(), mc_->subtarget.get()),
        decoder_(mc_->target.createMCDisassembler(*mc_->subtarget, context_)),
        analysis_(mc_->target.createMCInstrAnalysis(mc_->instructions.get())),
        printer_(mc_->target.createMCInstPrinter(triple_, 0, *mc_->asm_info, *mc_->instructions, *mc_->registers)) {
    printer_->setPrintBranchImmAsAddress(true);
    printer_->setPrintImmHex(true);
  }

  std::vector<DecodedInsn> Decode(absl::Span<const uint8_t> code, uint64_t pc, uint64_t last) override {
    std::vector<DecodedInsn> insns;
    while (!code.empty() && pc <= last) {
      insns.push_back(One(code, pc));
      const size_t size = insns.back().bytes.size();
      code.remove_prefix(size);
      if (pc + size < pc) break;
      pc += size;
    }
    return insns;
  }

 private:
  DecodedInsn One(absl::Span<const uint8_t> code, uint64_t pc) {
    llvm::MCInst inst;
    uint64_t size = 0;  // LLVM says how much to skip where it knows nothing
    const auto status =
        decoder_->getInstruction(inst, size, llvm::ArrayRef<uint8_t>(code.data(), code.size()), pc, llvm::nulls());
    DecodedInsn insn{pc, code.subspan(0, std::clamp<size_t>(size, 1, code.size())), "unknown", false, std::nullopt};
    if (status != llvm::MCDisassembler::Success) return insn;
    insn.known = true;
    insn.text = Text(inst, pc, size);
    uint64_t target = 0;
    if (analysis_ != nullptr && analysis_->evaluateBranch(inst, pc, size, target)) insn.target = target;
    return insn;
  }

  std::string Text(const llvm::MCInst& inst, uint64_t pc, uint64_t size) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    // Branches of x86 count from the next instruction, those of RISC-V from their own.
    printer_->printInst(&inst, triple_.isX86() ? pc + size : pc, "", *mc_->subtarget, stream);
    std::replace(text.begin(), text.end(), '\t', ' ');
    text.erase(0, text.find_first_not_of(' '));
    return text;
  }

  const std::unique_ptr<McTables> mc_;
  const llvm::Triple triple_;
  llvm::MCContext context_;
  const std::unique_ptr<llvm::MCDisassembler> decoder_;
  const std::unique_ptr<llvm::MCInstrAnalysis> analysis_;
  const std::unique_ptr<llvm::MCInstPrinter> printer_;
};

}  // namespace

std::unique_ptr<Disassembler> Disassembler::Make(absl::string_view triple) {
  return Make(McTarget{std::string(triple), absl::StartsWith(triple, "riscv") ? kRiscvFeatures : ""});
}

std::unique_ptr<Disassembler> Disassembler::Make(const McTarget& target) {
  absl::StatusOr<std::unique_ptr<McTables>> tables = McTables::Make(target);
  if (!tables.ok()) return nullptr;
  return std::make_unique<LlvmDisassembler>(*std::move(tables));
}

std::string Disassembler::Print(absl::Span<const uint8_t> code, uint64_t pc, uint64_t last) {
  std::string text;
  for (const DecodedInsn& insn : Decode(code, pc, last)) absl::StrAppend(&text, FormatInsn(insn), "\n");
  return text;
}

std::string FormatInsn(const DecodedInsn& insn) {
  return absl::StrFormat("0x%08x:  %-20s %s", insn.pc, HexBytes(insn.bytes), insn.text);
}

std::string HexBytes(absl::Span<const uint8_t> bytes) {
  std::string text;
  for (const uint8_t byte : bytes) absl::StrAppendFormat(&text, "%02x", byte);
  return text;
}

}  // namespace emu::debug
