#include "boards/riscv/signature.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loaders/bytes.h"

namespace emu::boards {

absl::Status Signature::TakeOptions(const std::map<std::string, std::string>& options) {
  for (const auto& [name, value] : options) {
    if (name == "signature") {
      path_ = value;
    } else if (name == "signature-granularity") {
      if (!absl::SimpleAtoi(value, &granularity_) || (granularity_ & (granularity_ - 1)) != 0 || granularity_ == 0 ||
          granularity_ > 64) {
        return absl::InvalidArgumentError(
            absl::StrCat("-machine signature-granularity=\"", value, "\": expected a power of two up to 64"));
      }
    } else {
      return absl::InvalidArgumentError(absl::StrCat("-machine: unknown option \"", name,
                                                     "\" of the board spike; known are dumpdtb, signature, "
                                                     "signature-granularity"));
    }
  }
  return absl::OkStatus();
}

absl::Status Signature::Find(const loaders::ElfFile& elf) {
  if (path_.empty()) return absl::OkStatus();
  const auto begin = elf.FindSymbol("begin_signature"), end = elf.FindSymbol("end_signature");
  if (!begin.has_value() || !end.has_value() || *end < *begin) {
    return absl::InvalidArgumentError("-machine signature=FILE: the program has no begin_signature and end_signature");
  }
  begin_ = *begin;
  end_ = *end;
  return absl::OkStatus();
}

absl::Status Signature::Write(memory::AddressSpace& memory) const {
  if (path_.empty()) return absl::OkStatus();
  const memory::HostSpan span = memory.Map(memory::Gpa(begin_), end_ - begin_, /*write=*/false);
  if (end_ != begin_ && span.length < end_ - begin_) {
    return absl::InvalidArgumentError("-machine signature=FILE: the signature does not lie in RAM");
  }
  std::string text;
  for (uint64_t at = 0; at < end_ - begin_; at += granularity_) {
    for (unsigned i = granularity_; i-- > 0;) {
      absl::StrAppendFormat(&text, "%02x", at + i < end_ - begin_ ? span.data[at + i] : 0);
    }
    text += '\n';
  }
  return loaders::WriteFile(path_, absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

}  // namespace emu::boards
