#include "loaders/linux_image.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace emu::loaders {
namespace {

constexpr uint64_t kHeaderSize = 64;
constexpr uint64_t kTextOffset = 8, kImageSize = 16, kFlags = 24, kMagic2 = 56;
constexpr char kMagic2Text[4] = {'R', 'S', 'C', 5};
constexpr uint64_t kLargest = uint64_t{1} << 40;

uint64_t Word(const Bytes& file, uint64_t offset) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | file.data()[offset + static_cast<uint64_t>(i)];
  return value;
}

}  // namespace

bool IsRiscvImage(const Bytes& file) {
  return file.size() >= kHeaderSize && memcmp(file.data() + kMagic2, kMagic2Text, sizeof(kMagic2Text)) == 0;
}

absl::StatusOr<LinuxImage> ParseRiscvImage(const Bytes& file, absl::string_view name) {
  if (!IsRiscvImage(file)) return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is no RISC-V Linux Image"));
  const LinuxImage image{Word(file, kTextOffset), Word(file, kImageSize), (Word(file, kFlags) & 1) != 0};
  const auto bad = [&](absl::string_view field, uint64_t value, absl::string_view want) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", name, "\": malformed Linux Image: ", field, " is 0x", absl::Hex(value), ", must be ", want));
  };
  if (image.big_endian) return bad("flags", Word(file, kFlags), "even (little-endian)");
  if (image.image_size > kLargest) return bad("image_size", image.image_size, "at most 1 TiB");
  if (image.text_offset > kLargest) return bad("text_offset", image.text_offset, "at most 1 TiB");
  return image;
}

}  // namespace emu::loaders
