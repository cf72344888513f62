#include "debug/terminal/line_history.h"

#include "gtest/gtest.h"

namespace emu::debug {
namespace {

TEST(LineHistory, BackAndForth) {
  LineHistory h;
  EXPECT_EQ(h.Older("x"), std::nullopt);
  for (const char* line : {"one", "two", "two", "  ", "three"}) h.Add(line);
  EXPECT_EQ(h.Newer(), std::nullopt);
  EXPECT_EQ(h.Older("unfinished"), "three");
  EXPECT_EQ(h.Older("changed"), "two");
  EXPECT_EQ(h.Older(""), "one");
  EXPECT_EQ(h.Older(""), std::nullopt);
  EXPECT_EQ(h.Newer(), "two");
  EXPECT_EQ(h.Newer(), "three");
  EXPECT_EQ(h.Newer(), "unfinished");
  EXPECT_EQ(h.Newer(), std::nullopt);
}

TEST(LineHistory, LinesThatBeginSo) {
  LineHistory h;
  for (const char* line : {"info a", "stop", "info b", "cont"}) h.Add(line);
  EXPECT_EQ(h.Older("in", "in"), "info b");
  EXPECT_EQ(h.Older("", "in"), "info a");
  EXPECT_EQ(h.Older("", "in"), std::nullopt);
  EXPECT_EQ(h.Newer("in"), "info b");
  EXPECT_EQ(h.Newer("in"), "in");
  h.Add("last");
  EXPECT_EQ(h.Older(""), "last") << "a new line begins at the end";
}

TEST(LineHistory, OldLinesAreForgotten) {
  LineHistory h;
  for (size_t i = 0; i < 2 * LineHistory::kMost; ++i) h.Add(std::to_string(i));
  size_t count = 0;
  std::string oldest;
  while (auto line = h.Older("")) oldest = *line, ++count;
  EXPECT_EQ(count, LineHistory::kMost);
  EXPECT_EQ(oldest, "1000");
}

}  // namespace
}  // namespace emu::debug
