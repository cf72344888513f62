// where TREE ADDRESS...: what answers at addresses of the board that the file describes.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/status/statusor.h"
#include "memory/explain.h"
#include "memory/mtree.h"
#include "memory/tree_build.h"
#include "memory/tree_text.h"

namespace {

using namespace emu::memory;  // NOLINT: a program of its own

absl::StatusOr<BuiltTree> ReadTree(const char* path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const absl::StatusOr<TreeSpec> spec = ParseTreeText(text);
  if (!spec.ok()) return spec.status();
  return BuildTree(*spec);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 1;
  const absl::StatusOr<BuiltTree> tree = ReadTree(argv[1]);
  if (!tree.ok()) return fprintf(stderr, "%s: %s\n", argv[1], tree.status().ToString().c_str()), 1;
  printf("%s", FormatFlatViews(tree->space_pointers()).c_str());
  for (int i = 2; i < argc; ++i) {
    const absl::StatusOr<uint64_t> at = ParseTreeNumber(argv[i]);
    if (!at.ok()) return fprintf(stderr, "%s\n", at.status().ToString().c_str()), 1;
    printf("%s", FormatExplanation(Explain(*tree->spaces[0], Gpa(*at))).c_str());
  }
}
