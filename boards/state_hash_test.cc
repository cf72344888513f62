#include "boards/state_hash.h"

#include <vector>

#include "gtest/gtest.h"

namespace emu::boards {
namespace {

uint64_t HashOf(const std::vector<uint8_t>& bytes) {
  StateHash hash;
  hash.AddMemory(bytes.data(), bytes.size());
  return hash.value();
}

TEST(StateHashTest, EachByteAndItsPlaceCount) {
  std::vector<uint8_t> bytes(5 * 4096 + 10);
  const uint64_t zero = HashOf(bytes);
  std::vector<uint64_t> seen = {zero};
  for (const size_t at : {size_t{0}, size_t{4095}, size_t{4096}, size_t{4097}, bytes.size() - 1}) {
    bytes[at] = 1;
    seen.push_back(HashOf(bytes));
    bytes[at] = 0;
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(seen[i], seen[j]);
  }
  EXPECT_EQ(HashOf(bytes), zero);
  bytes.push_back(0);
  EXPECT_NE(HashOf(bytes), zero);
}

// Hashes are compared between versions and hosts.
TEST(StateHashTest, IsTheSameEverywhere) {
  StateHash hash;
  hash.AddWords({1, 2, 3});
  const uint64_t words = hash.value();
  StateHash other;
  other.AddWords({1, 3, 2});
  EXPECT_NE(words, other.value());
  EXPECT_EQ(words, 12585762627167135147u);
}

}  // namespace
}  // namespace emu::boards
