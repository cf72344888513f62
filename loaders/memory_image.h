// The memory of a machine as a file holds it: raw bytes from one physical address on, or an ELF file or core whose
// segments lie where their physical addresses say.
#ifndef EMU_LOADERS_MEMORY_IMAGE_H_
#define EMU_LOADERS_MEMORY_IMAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/bytes.h"
#include "memory/access.h"
#include "memory/address.h"
#include "memory/range.h"

namespace emu::loaders {

class MemoryImage {
 public:
  struct Part {
    memory::Range gpa;
    Bytes data;  // zeros behind it
  };
  enum class Format { kByLooks, kRaw };

  // The file at `path`. `base` is where raw bytes begin, 0 if not given; an ELF file has no use for it.
  static absl::StatusOr<MemoryImage> Load(const std::string& path, std::optional<uint64_t> base,
                                          Format format = Format::kByLooks);
  static absl::StatusOr<MemoryImage> Parse(Bytes file, absl::string_view name, std::optional<uint64_t> base,
                                           Format format = Format::kByLooks);

  // A value of 1, 2, 4 or 8 bytes; kDecodeError where the image does not hold all of it in one part.
  memory::MemValue Read(memory::Gpa at, unsigned size, memory::Endian order) const;
  // Ascending and disjoint.
  const std::vector<Part>& parts() const { return parts_; }
  // "0x80000000-0x8fffffff": for messages.
  std::string Extent() const;

 private:
  static absl::StatusOr<MemoryImage> FromElf(Bytes file, absl::string_view name);
  const Part* Find(uint64_t at) const;
  absl::Status Arrange(absl::string_view name);

  std::vector<Part> parts_;
};

}  // namespace emu::loaders

#endif  // EMU_LOADERS_MEMORY_IMAGE_H_
