// What lies in memory when a machine starts: pieces at fixed addresses, which do not overlap and fit.
#ifndef EMU_LOADERS_BOOT_IMAGE_H_
#define EMU_LOADERS_BOOT_IMAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "loaders/bytes.h"
#include "memory/ram_block.h"

namespace emu::loaders {

struct BootPiece {
  std::string name;  // for errors: "kernel \"Image\""
  uint64_t address = 0;
  uint64_t memory_size = 0;  // at least data.size(); the rest is zero or the program's own business
  Bytes data;

  uint64_t end() const { return address + memory_size; }
};

class BootImage {
 public:
  // Pieces must lie in [base, base + size), which is the machine's RAM.
  BootImage(uint64_t base, uint64_t size) : base_(base), size_(size) {}

  uint64_t base() const { return base_; }
  uint64_t size() const { return size_; }
  absl::Status Add(BootPiece piece);
  const std::vector<BootPiece>& pieces() const { return pieces_; }
  // Writes the pieces to the machine's RAM. `again`: it was used before, so what is to be zero is written too. Fails if
  // a file that a piece came from was changed meanwhile.
  absl::Status WriteTo(memory::RamBlock& ram, bool again) const;

 private:
  const uint64_t base_;
  const uint64_t size_;
  std::vector<BootPiece> pieces_;
};

}  // namespace emu::loaders

#endif  // EMU_LOADERS_BOOT_IMAGE_H_
