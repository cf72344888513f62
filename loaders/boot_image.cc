#include "loaders/boot_image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace emu::loaders {
namespace {

std::string Describe(const BootPiece& piece) {
  return absl::StrCat(piece.name, " (", piece.memory_size, " bytes at 0x", absl::Hex(piece.address), ")");
}

}  // namespace

absl::Status BootImage::Add(BootPiece piece) {
  piece.memory_size = std::max(piece.memory_size, piece.data.size());
  const uint64_t offset = piece.address - base_;
  if (piece.address < base_ || offset > size_ || piece.memory_size > size_ - offset) {
    return absl::InvalidArgumentError(absl::StrCat(Describe(piece), " does not fit into RAM, which is ", size_ >> 20,
                                                   " MiB at 0x", absl::Hex(base_), "; -m SIZE gives more"));
  }
  for (const BootPiece& other : pieces_) {
    if (piece.address < other.end() && other.address < piece.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Describe(piece), " overlaps ", Describe(other), "; -m SIZE may give room"));
    }
  }
  pieces_.push_back(std::move(piece));
  return absl::OkStatus();
}

absl::Status BootImage::WriteTo(memory::RamBlock& ram, bool again) const {
  for (const BootPiece& piece : pieces_) {
    const uint64_t offset = piece.address - base_, size = piece.data.size();
    if (!again) ram.MakeHugePages(offset, size);
    if (!piece.data.CopyTo(ram.host() + offset)) {
      return absl::FailedPreconditionError(
          absl::StrCat(piece.name, ": the file was changed since the machine was made; start anew to use it"));
    }
    if (again) std::fill_n(ram.host() + offset + size, piece.memory_size - size, uint8_t{0});
    ram.NoteWrite(offset, again ? piece.memory_size : size);
  }
  return absl::OkStatus();
}

}  // namespace emu::loaders
