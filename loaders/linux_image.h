// The header of a RISC-V Linux "Image" (Linux, Documentation/arch/riscv/boot-image-header.rst). With an EFI stub it is
// a PE file at the same time, as Debian ships it.
#ifndef EMU_LOADERS_LINUX_IMAGE_H_
#define EMU_LOADERS_LINUX_IMAGE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/bytes.h"

namespace emu::loaders {

struct LinuxImage {
  uint64_t text_offset = 0;  // from the start of RAM, where nothing else lies
  uint64_t image_size = 0;   // in memory, with what is zero at the start
  bool big_endian = false;
};

// Whether the header's magic number is there.
bool IsRiscvImage(const Bytes& file);
// Checks the rest. `name` is for errors.
absl::StatusOr<LinuxImage> ParseRiscvImage(const Bytes& file, absl::string_view name);

}  // namespace emu::loaders

#endif  // EMU_LOADERS_LINUX_IMAGE_H_
