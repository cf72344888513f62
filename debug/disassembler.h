// Machine code as text, by LLVM MC.
#ifndef EMU_DEBUG_DISASSEMBLER_H_
#define EMU_DEBUG_DISASSEMBLER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::debug {

class Disassembler {
 public:
  // Null if LLVM does not know the triple, such as "riscv64" or "x86_64".
  static std::unique_ptr<Disassembler> Make(absl::string_view triple);
  virtual ~Disassembler() = default;

  // One line an instruction: address, bytes, text. `pc` is the address of the first byte, `last` that of the last
  // instruction wanted.
  virtual std::string Print(absl::Span<const uint8_t> code, uint64_t pc, uint64_t last = ~uint64_t{0}) = 0;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_DISASSEMBLER_H_
