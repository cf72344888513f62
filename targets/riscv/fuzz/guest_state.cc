#include "targets/riscv/fuzz/guest_state.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "targets/riscv/csr.h"
#include "targets/riscv/fuzz/guest_image.h"

namespace emu::riscv {
namespace {

uint64_t Mix(uint64_t hash, uint64_t word) { return FuzzRandom(hash ^ word).Next(); }

// The four bytes at the PC, without leaving a trace; 0 if they cannot be fetched.
uint32_t NextInsn(TestMachine& m) {
  translate::PageMapping mapping;
  translate::MemFault fault;
  const memory::Gva pc(m.state().base.pc);
  if (!m.hart().Translate(pc, 2, translate::Access::kExecute, /*probe=*/true, &mapping, &fault)) return 0;
  return static_cast<uint32_t>(m.memory().Load(mapping.gpa, 4, {.debug = true}).value);
}

}  // namespace

std::string GuestStateText(TestMachine& m) {
  std::string text = absl::StrFormat("insns %d\npc %x\ncode %08x\nprivilege %d\n", m.cpu().InsnCount(),
                                     m.state().base.pc, NextInsn(m), m.state().privilege);
  for (int i = 1; i < 32; ++i) absl::StrAppendFormat(&text, "x%d %x\n", i, m.state().x[i]);
  for (int i = 0; i < 32; ++i) absl::StrAppendFormat(&text, "f%d %x\n", i, m.state().f[i]);
  absl::StrAppendFormat(&text, "reservation %x %x\n", m.state().reservation_address, m.state().reservation_value);
  for (const CsrName& csr : CsrNames()) absl::StrAppendFormat(&text, "%s %x\n", csr.name, m.Peek(csr.number));
  return text;
}

uint64_t GuestStateHash(TestMachine& m, uint64_t ram_bytes) {
  uint64_t hash = 0;
  for (uint64_t at = 0; at < ram_bytes; at += 8) {
    uint64_t word;
    std::memcpy(&word, m.ram().host() + at, 8);
    if (word != 0) hash += Mix(at, word);
  }
  for (unsigned char c : GuestStateText(m)) hash = hash * 31 + c;
  for (const auto& [cause, value] : m.traps) hash = Mix(hash, Mix(cause, value));
  return hash;
}

int64_t FirstDifference(int64_t insns, absl::FunctionRef<bool(int64_t)> same) {
  int64_t alike = 0;
  while (insns - alike > 1) {
    const int64_t middle = (alike + insns) / 2;
    (same(middle) ? alike : insns) = middle;
  }
  return insns;
}

std::string DifferingLines(const std::string& a, const std::string& b) {
  const std::vector<std::string> from = absl::StrSplit(a, '\n'), to = absl::StrSplit(b, '\n');
  std::string text;
  for (size_t i = 0; i < std::min(from.size(), to.size()); ++i) {
    if (from[i] != to[i]) absl::StrAppend(&text, "  ", from[i], " | ", to[i], "\n");
  }
  return text;
}

}  // namespace emu::riscv
