// LLVM MC's view of the instruction forms: their operands and their bytes. For the generator and for tests; nothing
// that runs a guest links LLVM because of it.
#ifndef EMU_BACKENDS_X86_64_ENCODING_MC_ENCODER_H_
#define EMU_BACKENDS_X86_64_ENCODING_MC_ENCODER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/x86_64/encoding/form.h"
#include "backends/x86_64/encoding/operands.h"

namespace llvm {
class MCInst;
}

namespace emu::backends::x86_64 {

// Values for whichever operands a form has: registers in order, two-address destinations once.
struct Operands {
  std::array<uint8_t, 3> regs = {};
  Mem mem = Mem::Base(Reg::rax);
  int64_t imm = 0;
  uint8_t cond = 0;
  uint8_t rounding = 0;
};

class McEncoder {
 public:
  McEncoder();
  ~McEncoder();

  // LLVM's number for an opcode name, or nothing.
  std::optional<unsigned> Opcode(const std::string& name) const;

  // The kinds of a form's operands, or nothing and a reason in `why`.
  std::optional<std::vector<Kind>> Kinds(unsigned opcode, std::string* why) const;

  struct Bytes {
    std::vector<uint8_t> bytes;
    int rel_bytes = 0;  // bytes at the end that MC left to a fixup: a branch distance
  };
  Bytes Encode(unsigned opcode, const Operands& operands) const;

  // `count` bytes of nops as LLVM pads code; empty if that is more than one instruction.
  std::vector<uint8_t> Nop(int count) const;

  // The instruction in Intel syntax, and the same of bytes disassembled ("" if they are not exactly one instruction).
  std::string Print(unsigned opcode, const Operands& operands) const;
  std::string Disassemble(const std::vector<uint8_t>& bytes) const;

 private:
  struct Parts;
  llvm::MCInst Build(unsigned opcode, const Operands& operands) const;
  std::string Text(const llvm::MCInst& inst) const;

  std::unique_ptr<Parts> parts_;
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_MC_ENCODER_H_
