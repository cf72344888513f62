#include "bench/runner/marks.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Marks, BeginAndEnd) {
  const std::optional<Mark> begin = ParseMark("@begin sieve");
  ASSERT_TRUE(begin.has_value());
  EXPECT_EQ(begin->kind, Mark::Kind::kBegin);
  EXPECT_EQ(begin->name, "sieve");
  const std::optional<Mark> end = ParseMark("@end sieve 00ff");
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->kind, Mark::Kind::kEnd);
  EXPECT_EQ(end->name, "sieve");
  EXPECT_EQ(end->result, "00ff");
  EXPECT_EQ(ParseMark("@end sieve")->result, "");
}

TEST(Marks, OtherLinesAreNone) {
  for (const char* line :
       {"", "@", "@begin", "@end", "@begin a b", "@end a b c", "begin a", "[ 0.1] @begin a", "@start a"})
    EXPECT_FALSE(ParseMark(line).has_value()) << line;
}

TEST(LineCutter, LinesArriveInPieces) {
  LineCutter cutter;
  EXPECT_THAT(cutter.Add("@beg"), IsEmpty());
  EXPECT_THAT(cutter.Add("in a\r\nnext"), ElementsAre("@begin a"));
  EXPECT_THAT(cutter.Add("\n\nlast\n"), ElementsAre("next", "", "last"));
}

TEST(LineCutter, AnyCutGivesTheSameLines) {
  const std::string text = "one\r\ntwo words\n\n@end x 1\r\n\x01\xff\n";
  LineCutter whole;
  const std::vector<std::string> expected = whole.Add(text);
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    LineCutter cutter;
    std::vector<std::string> lines;
    for (size_t at = 0; at < text.size();) {
      const size_t n = random() % 7;
      for (std::string& line : cutter.Add(absl::string_view(text).substr(at, n))) lines.push_back(std::move(line));
      at += n;
    }
    EXPECT_EQ(lines, expected);
  }
}

}  // namespace
}  // namespace emu::bench
