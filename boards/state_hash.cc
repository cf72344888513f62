#include "boards/state_hash.h"

#include <algorithm>
#include <cstring>

#include "llvm/Support/xxhash.h"

namespace emu::boards {
namespace {

constexpr uint64_t kPage = 4096;

bool IsZero(const uint8_t* bytes, uint64_t size) {
  return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

}  // namespace

// XXH3 of the value so far and the word.
void StateHash::Add(uint64_t word) {
  uint64_t pair[2] = {value_, word};
  value_ = llvm::xxh3_64bits(llvm::ArrayRef<uint8_t>(reinterpret_cast<const uint8_t*>(pair), sizeof(pair)));
}

void StateHash::AddMemory(const uint8_t* bytes, uint64_t size) {
  Add(size);
  for (uint64_t at = 0; at < size; at += kPage) {
    const uint64_t length = std::min(kPage, size - at);
    if (IsZero(bytes + at, length)) continue;
    Add(at);
    Add(llvm::xxh3_64bits(llvm::ArrayRef<uint8_t>(bytes + at, length)));
  }
}

void StateHash::AddWords(absl::Span<const uint64_t> words) {
  for (uint64_t word : words) Add(word);
}

}  // namespace emu::boards
