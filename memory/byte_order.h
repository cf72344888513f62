// Values of 1 to 8 bytes as numbers and as bytes in memory, in either byte order.
#ifndef EMU_MEMORY_BYTE_ORDER_H_
#define EMU_MEMORY_BYTE_ORDER_H_

#include <bit>
#include <cstdint>
#include <cstring>

namespace emu::memory {

inline constexpr bool kHostIsBig = std::endian::native == std::endian::big;

// The low `size` bytes of a value, size 1 to 8.
constexpr uint64_t LowBytes(uint64_t value, unsigned size) {
  return size >= 8 ? value : value & ((uint64_t{1} << size * 8) - 1);
}

// The value whose bytes stand in the opposite order. Zero-extended.
constexpr uint64_t SwapBytes(uint64_t value, unsigned size) { return __builtin_bswap64(value) >> (64 - size * 8); }

// What to shift a part of `part` bytes up by, to put it `at` bytes into a value of `size` bytes.
constexpr unsigned PartShift(bool big, unsigned size, unsigned at, unsigned part) {
  return (big ? size - at - part : at) * 8;
}

// One host load of an aligned value of 1, 2, 4 or 8 bytes; others may be read in pieces.
inline uint64_t LoadHost(const uint8_t* from, unsigned size) {
  const bool aligned = (reinterpret_cast<uintptr_t>(from) & (size - 1)) == 0;
  switch (aligned ? size : 0) {
    case 1:
      return __atomic_load_n(from, __ATOMIC_RELAXED);
    case 2:
      return __atomic_load_n(reinterpret_cast<const uint16_t*>(from), __ATOMIC_RELAXED);
    case 4:
      return __atomic_load_n(reinterpret_cast<const uint32_t*>(from), __ATOMIC_RELAXED);
    case 8:
      return __atomic_load_n(reinterpret_cast<const uint64_t*>(from), __ATOMIC_RELAXED);
    default:
      break;
  }
  uint64_t value = 0;
  std::memcpy(reinterpret_cast<uint8_t*>(&value) + (kHostIsBig ? 8 - size : 0), from, size);
  return value;
}

inline void StoreHost(uint8_t* to, unsigned size, uint64_t value) {
  const bool aligned = (reinterpret_cast<uintptr_t>(to) & (size - 1)) == 0;
  switch (aligned ? size : 0) {
    case 1:
      return __atomic_store_n(to, static_cast<uint8_t>(value), __ATOMIC_RELAXED);
    case 2:
      return __atomic_store_n(reinterpret_cast<uint16_t*>(to), static_cast<uint16_t>(value), __ATOMIC_RELAXED);
    case 4:
      return __atomic_store_n(reinterpret_cast<uint32_t*>(to), static_cast<uint32_t>(value), __ATOMIC_RELAXED);
    case 8:
      return __atomic_store_n(reinterpret_cast<uint64_t*>(to), value, __ATOMIC_RELAXED);
    default:
      break;
  }
  std::memcpy(to, reinterpret_cast<const uint8_t*>(&value) + (kHostIsBig ? 8 - size : 0), size);
}

// The value of `size` bytes (1 to 8) at `from`, which stand there in big-endian or little-endian order.
inline uint64_t LoadValue(const uint8_t* from, unsigned size, bool big) {
  const uint64_t value = LoadHost(from, size);
  return big == kHostIsBig ? value : SwapBytes(value, size);
}

inline void StoreValue(uint8_t* to, unsigned size, uint64_t value, bool big) {
  StoreHost(to, size, big == kHostIsBig ? value : SwapBytes(value, size));
}

}  // namespace emu::memory

#endif  // EMU_MEMORY_BYTE_ORDER_H_
