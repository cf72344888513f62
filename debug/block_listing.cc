#include "debug/block_listing.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::debug {
namespace {

constexpr int kGuestColumn = 52;

// The guest's side of a listing: instructions by their addresses, each in full only once.
class GuestColumn {
 public:
  explicit GuestColumn(const std::vector<DecodedInsn>& insns) : insns_(insns) {}

  // Of the host instruction that is for `insn`; empty if the one before was too.
  std::string Next(std::optional<uint64_t> insn) {
    if (std::exchange(last_, insn) == insn || !insn.has_value()) return "";
    if (next_ < insns_.size() && insns_[next_].pc == *insn) return InFull(insns_[next_++]);
    return absl::StrFormat("0x%08x: out of line", *insn);
  }
  // Instructions before `insn` that needed no host code.
  std::vector<std::string> Skipped(std::optional<uint64_t> insn) {
    std::vector<std::string> skipped;
    if (!insn.has_value() || next_ == insns_.size() || *insn < insns_[next_].pc) return skipped;
    while (next_ < insns_.size() && insns_[next_].pc < *insn) skipped.push_back(InFull(insns_[next_++]));
    return skipped;
  }

 private:
  static std::string InFull(const DecodedInsn& insn) {
    return absl::StrFormat("0x%08x:  %-9s %s", insn.pc, HexBytes(insn.bytes), insn.text);
  }

  const std::vector<DecodedInsn>& insns_;
  size_t next_ = 0;
  std::optional<uint64_t> last_;
};

}  // namespace

std::vector<DecodedInsn> BlockListing::DecodeGuest(const ir::Block& block,
                                                   absl::Span<const translate::GuestCode> code) {
  if (guest_ == nullptr) guest_ = Disassembler::Make(target_.name());
  if (guest_ == nullptr) return {};
  std::vector<DecodedInsn> insns = ListGuestCode(*guest_, target_, block, code);
  for (DecodedInsn& insn : insns) {
    if (insn.target.has_value()) absl::StrAppend(&insn.text, InBrackets(names_, *insn.target));
  }
  return insns;
}

Disassembler& BlockListing::HostDisassembler() {
  if (host_ == nullptr) host_ = Disassembler::Make("x86_64");
  return *host_;
}

std::string BlockListing::Guest(const ir::Block& block, absl::Span<const translate::GuestCode> code) {
  std::string text = absl::StrCat("guest code", InBrackets(names_, block.pc), ":\n");
  for (const DecodedInsn& insn : DecodeGuest(block, code)) absl::StrAppend(&text, FormatInsn(insn), "\n");
  return text;
}

std::string BlockListing::Host(const ir::Block& block, absl::Span<const uint8_t> code,
                               absl::Span<const translate::CodeMark> marks,
                               absl::Span<const translate::SharedCode> shared) {
  std::string text = absl::StrFormat("host code of 0x%x%s:\n", block.pc, InBrackets(names_, block.pc));
  const uint64_t base = reinterpret_cast<uint64_t>(code.data());
  for (const HostLine& line : ListHostCode(HostDisassembler(), block, code, marks, shared, base)) {
    absl::StrAppend(&text, FormatInsn({line.pc, line.bytes, line.text, true, std::nullopt}), "\n");
  }
  return text;
}

std::string BlockListing::SideBySide(const ir::Block& block, absl::Span<const translate::GuestCode> guest,
                                     absl::Span<const uint8_t> host, absl::Span<const translate::CodeMark> marks,
                                     absl::Span<const translate::SharedCode> shared) {
  const std::vector<DecodedInsn> insns = DecodeGuest(block, guest);
  GuestColumn column(insns);
  std::string text = absl::StrFormat("guest and host code of 0x%x%s:\n", block.pc, InBrackets(names_, block.pc));
  const uint64_t base = reinterpret_cast<uint64_t>(host.data());
  for (const HostLine& line : ListHostCode(HostDisassembler(), block, host, marks, shared, base)) {
    for (const std::string& idle : column.Skipped(line.insn)) absl::StrAppend(&text, idle, "\n");
    absl::StrAppendFormat(&text, "%-*s | 0x%x:  %s\n", kGuestColumn, column.Next(line.insn), line.pc, line.text);
  }
  for (const std::string& idle : column.Skipped(~uint64_t{0})) absl::StrAppend(&text, idle, "\n");
  return text;
}

}  // namespace emu::debug
