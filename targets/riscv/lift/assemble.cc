#include "targets/riscv/lift/assemble.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"

namespace emu::riscv {
namespace {

constexpr char kFeatures[] = "+m,+a,+f,+d,+zba,+zbb,+zbs,+zicbom,+zicboz,+zicbop,+zihintpause,+svinval";

// Encodes each instruction as it is parsed.
class Collector final : public llvm::MCStreamer {
 public:
  Collector(llvm::MCContext& context, const llvm::MCCodeEmitter& emitter, Assembled* out)
      : MCStreamer(context), emitter_(emitter), out_(*out) {}
  void emitInstruction(const llvm::MCInst& inst, const llvm::MCSubtargetInfo& subtarget) override {
    llvm::SmallVector<char, 8> code;
    llvm::SmallVector<llvm::MCFixup, 4> fixups;
    emitter_.encodeInstruction(inst, code, fixups, subtarget);
    out_.bytes.insert(out_.bytes.end(), code.begin(), code.end());
    ++out_.insn_count;
  }
  bool emitSymbolAttribute(llvm::MCSymbol*, llvm::MCSymbolAttr) override { return true; }
  void emitCommonSymbol(llvm::MCSymbol*, uint64_t, llvm::Align) override {}
  void emitZerofill(llvm::MCSection*, llvm::MCSymbol*, uint64_t, llvm::Align, llvm::SMLoc) override {}

 private:
  const llvm::MCCodeEmitter& emitter_;
  Assembled& out_;
};

// What all statements share.
class Toolchain {
 public:
  explicit Toolchain(unsigned xlen) : triple_(xlen == 32 ? "riscv32" : "riscv64") {
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVAsmParser();
    std::string error;
    target_ = llvm::TargetRegistry::lookupTarget(triple_, error);
    registers_.reset(target_->createMCRegInfo(triple_));
    asm_info_.reset(target_->createMCAsmInfo(*registers_, triple_, options_));
    instructions_.reset(target_->createMCInstrInfo());
  }

  absl::Status Statement(absl::string_view text, Assembled* out) const {
    const std::string features = absl::StrCat(kFeatures, absl::StartsWith(text, "c.") ? ",+c" : "");
    std::unique_ptr<llvm::MCSubtargetInfo> subtarget(target_->createMCSubtargetInfo(triple_, "", features));
    llvm::SourceMgr sources;
    std::string problem;
    sources.setDiagHandler(
        [](const llvm::SMDiagnostic& d, void* to) { *static_cast<std::string*>(to) = d.getMessage().str(); }, &problem);
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(std::string(text)), llvm::SMLoc());
    llvm::MCContext context(llvm::Triple(triple_), asm_info_.get(), registers_.get(), subtarget.get(), &sources);
    std::unique_ptr<llvm::MCObjectFileInfo> files(target_->createMCObjectFileInfo(context, false));
    context.setObjectFileInfo(files.get());
    std::unique_ptr<llvm::MCCodeEmitter> emitter(target_->createMCCodeEmitter(*instructions_, context));
    Collector collector(context, *emitter, out);
    target_->createNullTargetStreamer(collector);
    std::unique_ptr<llvm::MCAsmParser> parser(llvm::createMCAsmParser(sources, context, collector, *asm_info_));
    std::unique_ptr<llvm::MCTargetAsmParser> statements(
        target_->createMCAsmParser(*subtarget, *parser, *instructions_, options_));
    parser->setTargetParser(*statements);
    if (!parser->Run(/*NoInitialTextSection=*/false)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("'", text, "': ", problem));
  }

 private:
  const std::string triple_;
  const llvm::MCTargetOptions options_;
  const llvm::Target* target_ = nullptr;
  std::unique_ptr<llvm::MCRegisterInfo> registers_;
  std::unique_ptr<llvm::MCAsmInfo> asm_info_;
  std::unique_ptr<llvm::MCInstrInfo> instructions_;
};

}  // namespace

absl::StatusOr<Assembled> Assemble(absl::string_view text, unsigned xlen) {
  static const auto& toolchain64 = *new Toolchain(64);
  static const auto& toolchain32 = *new Toolchain(32);
  Assembled out;
  for (absl::string_view statement : absl::StrSplit(text, ';')) {
    statement = absl::StripAsciiWhitespace(statement);
    const absl::Status status = (xlen == 32 ? toolchain32 : toolchain64).Statement(statement, &out);
    if (!status.ok()) return status;
  }
  return out;
}

}  // namespace emu::riscv
