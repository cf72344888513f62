// Random guests: memory full of random code, page tables and values, with a trap handler that keeps them going. Plain
// bytes, so that any machine with RAM at 0x80000000 and something at 0x10000000 can run them.
#ifndef EMU_TARGETS_RISCV_FUZZ_GUEST_IMAGE_H_
#define EMU_TARGETS_RISCV_FUZZ_GUEST_IMAGE_H_

#include <cstdint>
#include <vector>

namespace emu::riscv {

inline constexpr uint64_t kFuzzRam = 0x80000000, kFuzzImageSize = 0x120000;

// SplitMix64: the same numbers everywhere.
class FuzzRandom {
 public:
  explicit FuzzRandom(uint64_t seed) : state_(seed) {
    state_ = Next();
  }  // or neighbouring seeds would share most numbers
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  uint64_t Below(uint64_t n) { return Next() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  template <typename T, unsigned kCount>
  T Pick(const T (&from)[kCount]) {
    return from[Below(kCount)];
  }

 private:
  uint64_t state_;
};

// `devices`: addresses that the guest is to meddle with. The image goes to kFuzzRam, which is also its entry.
std::vector<uint8_t> MakeFuzzGuest(uint64_t seed, const std::vector<uint64_t>& devices);

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_GUEST_IMAGE_H_
