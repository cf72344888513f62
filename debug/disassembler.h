// Machine code as text, by LLVM MC.
#ifndef EMU_DEBUG_DISASSEMBLER_H_
#define EMU_DEBUG_DISASSEMBLER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "debug/mc_target.h"

namespace emu::debug {

struct DecodedInsn {
  uint64_t pc = 0;
  absl::Span<const uint8_t> bytes;  // of the code that was given
  std::string text;                 // "unknown" where LLVM knows nothing
  bool known = true;
  std::optional<uint64_t> target;  // of a direct branch or call
};

class Disassembler {
 public:
  // Null if LLVM does not know the triple, such as "riscv64" or "x86_64". Without features: all that emulated CPUs may
  // have.
  static std::unique_ptr<Disassembler> Make(absl::string_view triple);
  static std::unique_ptr<Disassembler> Make(const McTarget& target);
  virtual ~Disassembler() = default;

  // `pc` is the address of the first byte, `last` that of the last instruction wanted.
  virtual std::vector<DecodedInsn> Decode(absl::Span<const uint8_t> code, uint64_t pc,
                                          uint64_t last = ~uint64_t{0}) = 0;
  // One line an instruction: address, bytes, text.
  std::string Print(absl::Span<const uint8_t> code, uint64_t pc, uint64_t last = ~uint64_t{0});
};

// "0x80000000:  1305f502             addi a0, a0, 0x2f", without the line's end; bytes in the order of memory.
std::string FormatInsn(const DecodedInsn& insn);
std::string HexBytes(absl::Span<const uint8_t> bytes);

}  // namespace emu::debug

#endif  // EMU_DEBUG_DISASSEMBLER_H_
