// A block's guest code, and its host code, each instruction of that with what it is for.
#ifndef EMU_DEBUG_CODE_LISTING_H_
#define EMU_DEBUG_CODE_LISTING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "debug/disassembler.h"
#include "translate/engine/backend.h"
#include "translate/engine/target.h"
#include "translate/ir/ir.h"

namespace emu::debug {

// The instructions that the block was lifted from, one by one: they are as long as the target says, which knows what a
// disassembler does not, and their bytes are those of `code`, which holds all and may go on behind them.
std::vector<DecodedInsn> ListGuestCode(Disassembler& disassembler, const translate::Target& target,
                                       const ir::Block& block, absl::Span<const translate::GuestCode> code);

struct HostLine {
  uint64_t pc = 0;
  absl::Span<const uint8_t> bytes;
  std::string text;               // code that all blocks share has its name
  std::optional<uint32_t> instr;  // of the block; none for what the block has only once
  std::optional<uint64_t> insn;   // the guest instruction of that
};

// `base` stands for the address of the first byte: the real one, or 0 for listings that do not depend on it.
std::vector<HostLine> ListHostCode(Disassembler& disassembler, const ir::Block& block, absl::Span<const uint8_t> code,
                                   absl::Span<const translate::CodeMark> marks,
                                   absl::Span<const translate::SharedCode> shared, uint64_t base);

}  // namespace emu::debug

#endif  // EMU_DEBUG_CODE_LISTING_H_
