// The boards that are linked into this program. A board registers itself, so a program has those that it depends on.
#ifndef EMU_BOARDS_REGISTRY_H_
#define EMU_BOARDS_REGISTRY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "boards/machine.h"
#include "boards/machine_config.h"

namespace emu::boards {

struct BoardInfo {
  std::string name;
  std::vector<std::string> aliases = {};  // such as the name that another emulator has for it
  std::string family;                     // "riscv64": the name after qemu-system-
  std::string description;
  uint64_t default_ram = uint64_t{128} << 20;
  bool family_default = false;  // taken where a program of the family names no board
  std::function<std::string()> cpu_help = nullptr;
  std::function<std::string()> device_help = nullptr;
  std::function<absl::StatusOr<std::unique_ptr<Machine>>(const MachineConfig&)> make = nullptr;
};

// A static object of this type makes a board known.
class BoardRegistration {
 public:
  explicit BoardRegistration(BoardInfo info);
};

// By name.
std::vector<const BoardInfo*> AllBoards();
// By name or alias. An error lists the names.
absl::StatusOr<const BoardInfo*> FindBoard(absl::string_view name);
// Null if the family has no board here.
const BoardInfo* DefaultBoard(absl::string_view family);
// A line for each board and alias.
std::string BoardHelp(absl::string_view family);

}  // namespace emu::boards

#endif  // EMU_BOARDS_REGISTRY_H_
