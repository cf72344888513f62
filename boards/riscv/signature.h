// The part of memory in which a RISC-V architecture test leaves its results, between the symbols begin_signature and
// end_signature, as the tests' reference files have it: a word a line, in hexadecimal.
#ifndef EMU_BOARDS_RISCV_SIGNATURE_H_
#define EMU_BOARDS_RISCV_SIGNATURE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "loaders/elf.h"
#include "memory/address_space.h"

namespace emu::boards {

class Signature {
 public:
  // signature=FILE and signature-granularity=BYTES (4 unless given); other options are errors.
  absl::Status TakeOptions(const std::map<std::string, std::string>& options);
  // Without a file there is nothing to do. Else the symbols must be there.
  absl::Status Find(const loaders::ElfFile& elf);
  absl::Status Write(memory::AddressSpace& memory) const;

 private:
  std::string path_;
  unsigned granularity_ = 4;
  uint64_t begin_ = 0, end_ = 0;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_RISCV_SIGNATURE_H_
