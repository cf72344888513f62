// Learns the layout of an instruction form from what LLVM MC writes for probe operands, and checks what was learned.
#ifndef EMU_BACKENDS_X86_64_ENCODING_LEARN_H_
#define EMU_BACKENDS_X86_64_ENCODING_LEARN_H_

#include <optional>
#include <string>

#include "backends/x86_64/encoding/form.h"
#include "backends/x86_64/encoding/mc_encoder.h"

namespace emu::backends::x86_64 {

// The layout of `opcode`, or nothing and a reason in `why`.
std::optional<Form> LearnForm(const McEncoder& mc, unsigned opcode, std::string* why);

// The bytes of one instruction by `form`.
std::vector<uint8_t> EncodeByForm(const Form& form, const Operands& operands);

// Compares EncodeByForm with MC on `samples` sets of operands; false and a reason at the first difference.
bool CheckForm(const McEncoder& mc, unsigned opcode, const Form& form, int samples, std::string* why);

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_LEARN_H_
