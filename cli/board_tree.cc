// board_tree BOARD FIRMWARE [-f|--text]: the region tree of a board as it is made: as `info mtree` prints it, its flat
// views, or as a description that mtree reads. Nothing is run, so any file will do as firmware.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "boards/registry.h"
#include "memory/mtree.h"
#include "memory/tree_build.h"
#include "memory/tree_text.h"

namespace emu::cli {
namespace {

absl::StatusOr<std::string> BoardTree(absl::string_view name, absl::string_view firmware, absl::string_view form) {
  absl::StatusOr<const boards::BoardInfo*> board = boards::FindBoard(name);
  if (!board.ok()) return board.status();
  boards::MachineConfig config;
  config.bios = std::string(firmware);
  config.ram_bytes = (*board)->default_ram;
  const absl::StatusOr<std::unique_ptr<boards::Machine>> machine = (*board)->make(config);
  if (!machine.ok()) return machine.status();
  const std::vector<memory::AddressSpace*> spaces = (*machine)->address_spaces();
  if (form == "-f") return memory::FormatFlatViews(spaces);
  if (form == "--text") return memory::FormatTreeText(memory::DescribeTree(spaces));
  return memory::FormatTrees(spaces);
}

}  // namespace
}  // namespace emu::cli

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (words.size() != 2 && words.size() != 3) {
    fputs("usage: board_tree BOARD FIRMWARE [-f|--text]\n", stderr);
    return 1;
  }
  const absl::StatusOr<std::string> text = emu::cli::BoardTree(words[0], words[1], words.size() == 3 ? words[2] : "");
  if (text.ok()) return fputs(text->c_str(), stdout) < 0 ? 1 : 0;
  fprintf(stderr, "board_tree: %s\n", std::string(text.status().message()).c_str());
  return 1;
}
