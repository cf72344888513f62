#include "devices/entropy.h"

#include <errno.h>
#include <sys/random.h>

#include <algorithm>

namespace emu::devices {

EntropySource HostEntropy() {
  return [](absl::Span<uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = getrandom(bytes.data(), std::min<size_t>(bytes.size(), 256), 0);
      if (count < 0 && errno != EINTR) return std::fill(bytes.begin(), bytes.end(), uint8_t{0});
      if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
    }
  };
}

EntropySource SeededEntropy(uint64_t seed) {
  // SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
  return [state = seed, word = uint64_t{0}, left = 0](absl::Span<uint8_t> bytes) mutable {
    for (uint8_t& byte : bytes) {
      if (left == 0) {
        state += 0x9e3779b97f4a7c15;
        word = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
        word ^= word >> 31;
        left = 8;
      }
      byte = static_cast<uint8_t>(word);
      word >>= 8;
      --left;
    }
  };
}

}  // namespace emu::devices
