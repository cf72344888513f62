#include "debug/disassembler.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "llvm-c/Disassembler.h"
#include "llvm/Support/TargetSelect.h"

namespace emu::debug {
namespace {

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

// Everything that emulated harts may have.
constexpr char kRiscvFeatures[] = "+m,+a,+f,+d,+c,+zba,+zbb,+zbs,+zicbom,+zicbop,+zicboz,+svinval,+zihintpause";

class LlvmDisassembler final : public Disassembler {
 public:
  explicit LlvmDisassembler(LLVMDisasmContextRef context) : context_(context) {
    LLVMSetDisasmOptions(context_, LLVMDisassembler_Option_PrintImmHex);
  }
  ~LlvmDisassembler() override { LLVMDisasmDispose(context_); }

  std::string Print(absl::Span<const uint8_t> code, uint64_t pc) override {
    std::string text;
    while (!code.empty()) {
      char line[256] = "\tunknown";
      const size_t known = LLVMDisasmInstruction(context_, const_cast<uint8_t*>(code.data()), code.size(), pc, line,
                                                 sizeof(line));
      const size_t size = known != 0 ? known : std::min<size_t>(code.size(), 2);
      std::string bytes;
      for (size_t i = 0; i < size; ++i) absl::StrAppendFormat(&bytes, "%02x", code[i]);
      absl::StrAppendFormat(&text, "0x%08x:  %-12s %s\n", pc, bytes, line);
      code.remove_prefix(size);
      pc += size;
    }
    return text;
  }

 private:
  const LLVMDisasmContextRef context_;
};

}  // namespace

std::unique_ptr<Disassembler> Disassembler::Make(absl::string_view triple) {
  InitializeFor(triple);
  const char* const features = absl::StartsWith(triple, "riscv") ? kRiscvFeatures : "";
  LLVMDisasmContextRef context =
      LLVMCreateDisasmCPUFeatures(std::string(triple).c_str(), "", features, nullptr, 0, nullptr, nullptr);
  if (context == nullptr) return nullptr;
  return std::make_unique<LlvmDisassembler>(context);
}

}  // namespace emu::debug
