// Byte ranges with inclusive ends, so that a range may reach the last byte of a 2^64-byte space without overflow,
// and sizes from nothing to 2^64 bytes.
#ifndef EMU_MEMORY_RANGE_H_
#define EMU_MEMORY_RANGE_H_

#include <algorithm>
#include <cstdint>
#include <optional>

namespace emu::memory {

// A number of bytes from 0 to 2^64 inclusive; the latter does not fit an integer. Converts from an integer.
class Size {
 public:
  // Implicit, so that a size can be written as a number.
  constexpr Size(uint64_t bytes) : last_(bytes - 1), empty_(bytes == 0) {}  // NOLINT(google-explicit-constructor)
  // All 2^64 bytes.
  static constexpr Size Whole() { return WithLast(~uint64_t{0}); }
  // The size of something whose last byte is at offset `last`.
  static constexpr Size WithLast(uint64_t last) {
    Size size(1);
    size.last_ = last;
    return size;
  }

  constexpr bool empty() const { return empty_; }
  constexpr bool whole() const { return !empty_ && last_ == ~uint64_t{0}; }
  // Offset of the last byte. The size must not be empty.
  constexpr uint64_t last() const { return last_; }
  // The size as an integer, 2^64 saturated to 2^64 - 1.
  constexpr uint64_t bytes() const { return whole() ? last_ : last_ + 1; }
  constexpr bool operator==(const Size&) const = default;

 private:
  uint64_t last_;  // ~0 as well when empty
  bool empty_;
};

// Whether `a` is at least as large as `b`.
constexpr bool operator>=(Size a, Size b) { return b.empty() || (!a.empty() && a.last() >= b.last()); }

// The bytes from `first` to `last`, both included; never empty.
struct Range {
  uint64_t first = 0;
  uint64_t last = 0;

  // The range of `size` bytes at `first`, cut at the end of the 2^64-byte space; nothing for an empty size.
  static constexpr std::optional<Range> At(uint64_t first, Size size) {
    if (size.empty()) return std::nullopt;
    return Range{first, size.last() > ~uint64_t{0} - first ? ~uint64_t{0} : first + size.last()};
  }
  static constexpr Range Whole() { return {0, ~uint64_t{0}}; }

  constexpr bool operator==(const Range&) const = default;
  constexpr bool Contains(uint64_t at) const { return first <= at && at <= last; }
  constexpr bool Contains(const Range& other) const { return first <= other.first && other.last <= last; }
  constexpr bool Overlaps(const Range& other) const { return first <= other.last && other.first <= last; }
  // Whether `next` begins right after this range. Nothing comes after the end of the space.
  constexpr bool Precedes(const Range& next) const { return last != ~uint64_t{0} && last + 1 == next.first; }
  constexpr Size size() const { return Size::WithLast(last - first); }
  // The same bytes seen from a place `by` bytes lower (modulo 2^64). The caller knows that the result does not wrap.
  constexpr Range ShiftedUp(uint64_t by) const { return {first + by, last + by}; }
  constexpr Range ShiftedDown(uint64_t by) const { return {first - by, last - by}; }
};

constexpr std::optional<Range> Intersect(const Range& a, const Range& b) {
  if (!a.Overlaps(b)) return std::nullopt;
  return Range{std::max(a.first, b.first), std::min(a.last, b.last)};
}

}  // namespace emu::memory

#endif  // EMU_MEMORY_RANGE_H_
