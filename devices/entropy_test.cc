#include "devices/entropy.h"

#include <gtest/gtest.h>

#include <vector>

namespace emu::devices {
namespace {

std::vector<uint8_t> Take(EntropySource& source, size_t count) {
  std::vector<uint8_t> bytes(count);
  source(absl::MakeSpan(bytes));
  return bytes;
}

TEST(EntropyTest, ASeedRepeatsHoweverTheBytesAreAskedFor) {
  EntropySource whole = SeededEntropy(42), parts = SeededEntropy(42), other = SeededEntropy(43);
  const std::vector<uint8_t> all = Take(whole, 20);
  std::vector<uint8_t> joined = Take(parts, 3);
  const std::vector<uint8_t> rest = Take(parts, 17);
  joined.insert(joined.end(), rest.begin(), rest.end());
  EXPECT_EQ(all, joined);
  EXPECT_NE(all, Take(other, 20));
}

TEST(EntropyTest, TheHostFillsLongRequests) {
  EntropySource host = HostEntropy();
  EXPECT_NE(Take(host, 1000), std::vector<uint8_t>(1000));
}

}  // namespace
}  // namespace emu::devices
