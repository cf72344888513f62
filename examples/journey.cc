// journey TREE: an access on its way, guest-virtual to guest-physical to host address, on the board that the file
// describes, with page tables made here.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/statusor.h"
#include "memory/address_space.h"
#include "memory/explain.h"
#include "memory/tree_build.h"
#include "memory/tree_text.h"
#include "mmu/address_space_words.h"
#include "mmu/mapping_text.h"
#include "mmu/walkers.h"

namespace {

using namespace emu::memory;  // NOLINT: a program of its own

constexpr uint64_t kRoot = 0x80000000;

// RISC-V's Sv39: one gigabyte page that shows RAM at 0x40000000, readable and writable (V, R, W, A, D).
void MakeTables(AddressSpace& memory) {
  const uint64_t entry = (uint64_t{0x80000000} >> 12 << 10) | 0xc7;
  memory.Store(Gpa(kRoot + 1 * 8), 8, entry);
}

int Travel(AddressSpace& memory, Gva gva) {
  const auto walker = emu::mmu::MakeWalker("riscv-sv39", {.user = false, .settings = {{"root", kRoot}}});
  if (!walker.ok()) return 1;
  emu::mmu::AddressSpaceWords words(memory);
  const emu::mmu::Translation translation = (*walker)->Walk(gva, emu::mmu::AccessKind::kRead, words);
  printf("%s\n", TranslationText(translation, memory.Load(translation.gpa, 1)).c_str());
  if (!translation.ok()) return 1;
  const Explanation explanation = Explain(memory, translation.gpa);
  printf("%s", FormatExplanation(explanation).c_str());
  const auto* const host = static_cast<const uint8_t*>(explanation.host);
  printf("at the host address: 0x%02x\n", host == nullptr ? 0 : *host);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 1;
  std::ifstream file(argv[1]);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const absl::StatusOr<TreeSpec> spec = ParseTreeText(text);
  if (!spec.ok()) return 1;
  const absl::StatusOr<BuiltTree> tree = BuildTree(*spec);
  if (!tree.ok()) return 1;
  AddressSpace& memory = *tree->spaces[0];
  MakeTables(memory);
  memory.Store(Gpa(0x80345678), 1, 0x2a);
  return Travel(memory, Gva(0x40345678));
}
