#include "translate/engine/chunked_vector.h"

#include <gtest/gtest.h>

namespace emu::translate {
namespace {

TEST(ChunkedVectorTest, KeepsPlacesWhileItGrows) {
  ChunkedVector<uint64_t> v;
  v.push_back(0);
  const uint64_t* const first = &v[0];
  for (uint64_t i = 1; i < 5000; ++i) v.push_back(i);
  EXPECT_EQ(&v[0], first);
  EXPECT_EQ(v.size(), 5000u);
  for (uint64_t i = 0; i < 5000; ++i) ASSERT_EQ(v[i], i);
}

TEST(ChunkedVectorTest, BeginsAgain) {
  ChunkedVector<int> v;
  v.resize(3000);
  v[2999] = 7;
  v.clear();
  EXPECT_EQ(v.size(), 0u);
  v.push_back(5);
  EXPECT_EQ(v[0], 5);
  v.resize(3000);
  v[2999] = 8;
  EXPECT_EQ(v[2999], 8);
}

}  // namespace
}  // namespace emu::translate
