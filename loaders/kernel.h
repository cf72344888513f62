// A kernel or firmware file of any form: ELF, Linux Image, either gzip-compressed, or else raw bytes.
#ifndef EMU_LOADERS_KERNEL_H_
#define EMU_LOADERS_KERNEL_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/boot_image.h"
#include "loaders/elf.h"

namespace emu::loaders {

struct LoadedProgram {
  uint64_t entry = 0;  // physical
  uint64_t start = 0;  // the lowest byte
  uint64_t end = 0;    // past the highest byte in memory
  std::optional<ElfFile> elf;
};

// What a machine can run.
struct ProgramKind {
  uint16_t elf_machine = 0;
  unsigned bits = 64;
  bool big_endian = false;
};

// Reads the file at `path` and adds it to the image: an ELF where it says, anything else at `address`. `what` is for
// errors: "kernel".
absl::StatusOr<LoadedProgram> LoadProgram(absl::string_view what, absl::string_view path, const ProgramKind& kind,
                                          uint64_t address, BootImage* image);

}  // namespace emu::loaders

#endif  // EMU_LOADERS_KERNEL_H_
