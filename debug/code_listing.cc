#include "debug/code_listing.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

// The guest instruction of each of the block's instructions.
std::vector<std::optional<uint64_t>> GuestInsns(const ir::Block& block) {
  std::vector<std::optional<uint64_t>> insns;
  std::optional<uint64_t> now;
  for (const ir::Instr& i : block.code) {
    if (i.op == ir::Op::kInsn) now = i.imm;
    insns.push_back(now);
  }
  return insns;
}

// What begins at `target`; empty if that is not shared code.
absl::string_view NameOf(const uint8_t* target, absl::Span<const translate::SharedCode> shared) {
  for (const translate::SharedCode& s : shared) {
    if (s.code.data() == target) return s.name;
  }
  return "";
}

// What there is from `pc` on.
absl::Span<const uint8_t> BytesAt(uint64_t pc, absl::Span<const translate::GuestCode> code) {
  for (const translate::GuestCode& piece : code) {
    if (pc - piece.pc < piece.bytes.size()) return absl::MakeConstSpan(piece.bytes).subspan(pc - piece.pc);
  }
  return {};
}

}  // namespace

std::vector<DecodedInsn> ListGuestCode(Disassembler& disassembler, const translate::Target& target,
                                       const ir::Block& block, absl::Span<const translate::GuestCode> code) {
  std::vector<DecodedInsn> insns;
  for (const ir::Instr& i : block.code) {
    const absl::Span<const uint8_t> rest = i.op == ir::Op::kInsn ? BytesAt(i.imm, code) : absl::Span<const uint8_t>();
    if (rest.empty()) continue;
    const absl::Span<const uint8_t> bytes = rest.subspan(0, target.InsnBytes(rest));
    insns.push_back({i.imm, bytes, "unknown", false, std::nullopt});
    std::vector<DecodedInsn> decoded = disassembler.Decode(bytes, i.imm);
    if (decoded.size() == 1) insns.back() = std::move(decoded[0]);
  }
  return insns;
}

std::vector<HostLine> ListHostCode(Disassembler& disassembler, const ir::Block& block, absl::Span<const uint8_t> code,
                                   absl::Span<const translate::CodeMark> marks,
                                   absl::Span<const translate::SharedCode> shared, uint64_t base) {
  const std::vector<std::optional<uint64_t>> insns = GuestInsns(block);
  std::vector<HostLine> lines;
  size_t passed = 0;  // marks
  for (DecodedInsn& d : disassembler.Decode(code, base)) {
    HostLine line{d.pc, d.bytes, std::move(d.text), std::nullopt, std::nullopt};
    while (passed < marks.size() && marks[passed].offset <= d.pc - base) ++passed;
    if (passed != 0 && marks[passed - 1].instr < insns.size()) {
      line.instr = marks[passed - 1].instr;
      line.insn = insns[*line.instr];
    }
    if (d.target.has_value()) {
      const absl::string_view name = NameOf(code.data() + static_cast<int64_t>(*d.target - base), shared);
      if (!name.empty()) line.text = absl::StrCat(line.text.substr(0, line.text.rfind(' ') + 1), name);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace emu::debug
