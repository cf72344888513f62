// The contents of a file, or what was made from them: immutable, cheap to copy, alive as long as anyone holds them.
#ifndef EMU_LOADERS_BYTES_H_
#define EMU_LOADERS_BYTES_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace emu::loaders {

class Bytes {
 public:
  // A file in memory.
  class Mapped {
   public:
    virtual ~Mapped() = default;
    // Reads what lies at `part` of it; false if it was changed since it was mapped.
    virtual bool Read(absl::Span<const uint8_t> part, uint8_t* to) const = 0;
  };

  Bytes() = default;
  explicit Bytes(std::vector<uint8_t> bytes) : Bytes(std::make_shared<const std::vector<uint8_t>>(std::move(bytes))) {}
  // What `owner` keeps alive.
  Bytes(std::shared_ptr<const void> owner, absl::Span<const uint8_t> span) : owner_(std::move(owner)), span_(span) {}

  Bytes(std::shared_ptr<const Mapped> file, absl::Span<const uint8_t> span)
      : owner_(file), span_(span), file_(file.get()) {}

  const uint8_t* data() const { return span_.data(); }
  uint64_t size() const { return span_.size(); }
  absl::Span<const uint8_t> span() const { return span_; }
  // At most `length` bytes from `offset`; the part keeps the whole alive.
  Bytes Part(uint64_t offset, uint64_t length) const {
    Bytes part = *this;
    part.span_ = offset < size() ? span_.subspan(offset, length) : absl::Span<const uint8_t>();
    return part;
  }
  // Copies them to memory of that size. A mapped file is not brought into memory for it, as it is by looking at it.
  // False if it was changed meanwhile; what is there then is not known.
  bool CopyTo(uint8_t* to) const {
    if (file_ != nullptr) return file_->Read(span_, to);
    std::copy(span_.begin(), span_.end(), to);
    return true;
  }

 private:
  explicit Bytes(std::shared_ptr<const std::vector<uint8_t>> vector) : owner_(vector), span_(*vector) {}

  std::shared_ptr<const void> owner_;
  absl::Span<const uint8_t> span_;
  const Mapped* file_ = nullptr;
};

// A file of any kind, pipes included. Errors name the path.
absl::StatusOr<Bytes> ReadFile(absl::string_view path);
// The same without reading it at once, for files that are large: nobody may shorten the file meanwhile, see
// Bytes::CopyTo. What cannot be mapped, such as a pipe, is read.
absl::StatusOr<Bytes> MapFile(absl::string_view path);
absl::Status WriteFile(absl::string_view path, absl::Span<const uint8_t> bytes);

}  // namespace emu::loaders

#endif  // EMU_LOADERS_BYTES_H_
