#include "translate/engine/first_runs.h"

#include <vector>

#include "gtest/gtest.h"

namespace emu::translate {
namespace {

TEST(FirstRuns, EachPlaceOnce) {
  std::vector<uint8_t> memory(3 * mmu::kPageSize);
  FirstRuns runs;
  for (const size_t at : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{8192}, size_t{2}}) {
    EXPECT_TRUE(runs.Note(&memory[at])) << at;
    EXPECT_FALSE(runs.Note(&memory[at])) << at;
  }
  for (const size_t at : {size_t{8192}, size_t{0}, size_t{4095}}) EXPECT_FALSE(runs.Note(&memory[at])) << at;
}

// However many pages there are.
TEST(FirstRuns, PagesDoNotForget) {
  constexpr size_t kPages = 3000;
  std::vector<uint8_t> memory(kPages * mmu::kPageSize);
  FirstRuns runs;
  for (const bool first : {true, false}) {
    for (size_t page = 0; page < kPages; ++page) EXPECT_EQ(runs.Note(&memory[page * mmu::kPageSize + 8]), first);
  }
  for (size_t page = 0; page < kPages; ++page) EXPECT_TRUE(runs.Note(&memory[page * mmu::kPageSize + 10]));
}

}  // namespace
}  // namespace emu::translate
