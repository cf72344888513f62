// Numbers in as few bytes as they need: seven bits a byte, lowest first. Small differences of either sign are small
// numbers by zigzag.
#ifndef EMU_DEBUG_TRACE_VARINT_H_
#define EMU_DEBUG_TRACE_VARINT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace emu::debug {

inline void PutVarint(uint64_t value, std::string* out) {
  char bytes[10];
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
  bytes[size++] = static_cast<char>(value);
  out->append(bytes, size);
}
inline void PutDifference(uint64_t value, uint64_t from, std::string* out) {
  const int64_t d = static_cast<int64_t>(value - from);
  PutVarint(static_cast<uint64_t>(d) << 1 ^ static_cast<uint64_t>(d >> 63), out);
}
inline void PutText(absl::string_view text, std::string* out) {
  PutVarint(text.size(), out);
  out->append(text.data(), text.size());
}

// Takes apart what the functions above wrote. After something that is not there, `ok` is false and all is zero.
class VarintReader {
 public:
  explicit VarintReader(absl::string_view bytes) : bytes_(bytes) {}

  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) break;
      const uint8_t byte = static_cast<uint8_t>(bytes_[at_++]);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }
  uint64_t Difference(uint64_t from) {
    const uint64_t zigzag = Varint();
    return from + (zigzag >> 1 ^ (0 - (zigzag & 1)));
  }
  absl::string_view Bytes(uint64_t size) {
    if (size > left()) return Fail(), absl::string_view();
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  absl::string_view Text() { return Bytes(Varint()); }
  // `size` bytes as a number, lowest first.
  uint64_t Number(unsigned size) {
    uint64_t value = 0;
    const absl::string_view bytes = Bytes(size);
    for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
    return value;
  }
  // A count of things of at least one byte each.
  uint64_t Count() {
    const uint64_t count = Varint();
    return count <= left() ? count : Fail();
  }

  uint64_t left() const { return bytes_.size() - at_; }
  bool ok() const { return ok_; }

 private:
  uint64_t Fail() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }

  absl::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_VARINT_H_
