// The instruction forms of the x86-64 emitter: LLVM's opcode names with a k in front.
#ifndef EMU_BACKENDS_X86_64_ENCODING_OP_H_
#define EMU_BACKENDS_X86_64_ENCODING_OP_H_

#include <cstdint>

namespace emu::backends::x86_64 {

enum class Op : uint16_t {
#define EMU_X86_FORM(name) k##name,
#include "backends/x86_64/encoding/forms.def"
#undef EMU_X86_FORM
};

// The names without the k, in the order of Op.
inline constexpr const char* kOpNames[] = {
#define EMU_X86_FORM(name) #name,
#include "backends/x86_64/encoding/forms.def"
#undef EMU_X86_FORM
};

inline constexpr int kOpCount = sizeof(kOpNames) / sizeof(kOpNames[0]);

constexpr const char* OpName(Op op) { return kOpNames[static_cast<uint16_t>(op)]; }

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_OP_H_
