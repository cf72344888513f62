#include "debug/mc_target.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "llvm/Support/TargetSelect.h"

namespace emu::debug {
namespace {

// An architecture of LLVM's, by how its triples begin.
struct Family {
  absl::string_view prefix;
  void (*initialize)();
};
constexpr Family kFamilies[] = {
    {"riscv",
     [] {
       LLVMInitializeRISCVTargetInfo();
       LLVMInitializeRISCVTargetMC();
       LLVMInitializeRISCVAsmParser();
       LLVMInitializeRISCVDisassembler();
     }},
    {"x86_64",
     [] {
       LLVMInitializeX86TargetInfo();
       LLVMInitializeX86TargetMC();
       LLVMInitializeX86AsmParser();
       LLVMInitializeX86Disassembler();
     }},
};

}  // namespace

absl::StatusOr<std::unique_ptr<McTables>> McTables::Make(const McTarget& target) {
  for (const Family& family : kFamilies) {
    if (absl::StartsWith(target.triple, family.prefix)) family.initialize();
  }
  std::string error;
  const llvm::Target* const found = llvm::TargetRegistry::lookupTarget(target.triple, error);
  if (found == nullptr) return absl::NotFoundError(absl::StrCat("architecture \"", target.triple, "\": ", error));
  return std::unique_ptr<McTables>(new McTables(*found, target));
}

McTables::McTables(const llvm::Target& found, const McTarget& wanted)
    : triple(wanted.triple),
      target(found),
      registers(found.createMCRegInfo(triple)),
      asm_info(found.createMCAsmInfo(*registers, triple, options)),
      instructions(found.createMCInstrInfo()),
      subtarget(found.createMCSubtargetInfo(triple, "", wanted.features)) {}

}  // namespace emu::debug
