#include "debug/disassembler.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

namespace emu::debug {
namespace {

// Everything that emulated harts may have.
constexpr char kRiscvFeatures[] = "+m,+a,+f,+d,+c,+zba,+zbb,+zbs,+zicbom,+zicbop,+zicboz,+svinval,+zihintpause";

void InitializeFor(absl::string_view triple) {
  if (absl::StartsWith(triple, "riscv")) {
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVDisassembler();
  } else {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86Disassembler();
  }
}

class LlvmDisassembler final : public Disassembler {
 public:
  LlvmDisassembler(const llvm::Target& target, const std::string& triple, const char* features)
      : registers_(target.createMCRegInfo(triple)),
        asm_info_(target.createMCAsmInfo(*registers_, triple, llvm::MCTargetOptions())),
        instructions_(target.createMCInstrInfo()),
        subtarget_(target.createMCSubtargetInfo(triple, "", features)),
        context_(llvm::Triple(triple), asm_info_.get(), registers_.get(), subtarget_.get()),
        decoder_(target.createMCDisassembler(*subtarget_, context_)),
        printer_(target.createMCInstPrinter(llvm::Triple(triple), 0, *asm_info_, *instructions_, *registers_)) {
    printer_->setPrintBranchImmAsAddress(true);
    printer_->setPrintImmHex(true);
  }

  std::string Print(absl::Span<const uint8_t> code, uint64_t pc, uint64_t last) override {
    std::string text;
    while (!code.empty() && pc <= last) {
      const std::string instruction = One(code, pc);
      const size_t size = std::clamp<size_t>(size_, 1, code.size());
      std::string bytes;
      for (size_t i = 0; i < size; ++i) absl::StrAppendFormat(&bytes, "%02x", code[i]);
      absl::StrAppendFormat(&text, "0x%08x:  %-20s %s\n", pc, bytes, instruction);
      code.remove_prefix(size);
      pc += size;
    }
    return text;
  }

 private:
  // Sets size_ too; LLVM says how much to skip where it knows nothing.
  std::string One(absl::Span<const uint8_t> code, uint64_t pc) {
    llvm::MCInst inst;
    const auto status =
        decoder_->getInstruction(inst, size_, llvm::ArrayRef<uint8_t>(code.data(), code.size()), pc, llvm::nulls());
    if (status != llvm::MCDisassembler::Success) return "unknown";
    std::string text;
    llvm::raw_string_ostream stream(text);
    // Branches of x86 count from the next instruction, those of RISC-V from their own.
    printer_->printInst(&inst, subtarget_->getTargetTriple().isX86() ? pc + size_ : pc, "", *subtarget_, stream);
    std::replace(text.begin(), text.end(), '\t', ' ');
    text.erase(0, text.find_first_not_of(' '));
    return text;
  }

  const std::unique_ptr<llvm::MCRegisterInfo> registers_;
  const std::unique_ptr<llvm::MCAsmInfo> asm_info_;
  const std::unique_ptr<llvm::MCInstrInfo> instructions_;
  const std::unique_ptr<llvm::MCSubtargetInfo> subtarget_;
  llvm::MCContext context_;
  const std::unique_ptr<llvm::MCDisassembler> decoder_;
  const std::unique_ptr<llvm::MCInstPrinter> printer_;
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<Disassembler> Disassembler::Make(absl::string_view triple) {
  InitializeFor(triple);
  const std::string name(triple);
  std::string error;
  const llvm::Target* const target = llvm::TargetRegistry::lookupTarget(name, error);
  if (target == nullptr) return nullptr;
  return std::make_unique<LlvmDisassembler>(*target, name, absl::StartsWith(triple, "riscv") ? kRiscvFeatures : "");
}

}  // namespace emu::debug
