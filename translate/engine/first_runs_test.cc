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

}  // namespace
}  // namespace emu::translate
