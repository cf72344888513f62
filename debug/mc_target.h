// What LLVM MC knows of an architecture, for the assembler and the disassembler.
#ifndef EMU_DEBUG_MC_TARGET_H_
#define EMU_DEBUG_MC_TARGET_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"

namespace emu::debug {

// As llvm-mc's -triple and -mattr.
struct McTarget {
  std::string triple;    // "riscv64", "x86_64"
  std::string features;  // "+m,+a,+zba"
};

class McTables {
 public:
  // An error for a triple that LLVM does not know, or was built without.
  static absl::StatusOr<std::unique_ptr<McTables>> Make(const McTarget& target);

  const std::string triple;
  const llvm::Target& target;
  const llvm::MCTargetOptions options;
  const std::unique_ptr<llvm::MCRegisterInfo> registers;
  const std::unique_ptr<llvm::MCAsmInfo> asm_info;
  const std::unique_ptr<llvm::MCInstrInfo> instructions;
  const std::unique_ptr<llvm::MCSubtargetInfo> subtarget;

 private:
  McTables(const llvm::Target& found, const McTarget& wanted);
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MC_TARGET_H_
