#include "debug/qmp/json_splitter.h"

#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/raw_ostream.h"

namespace emu::debug {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Text(const llvm::json::Value& value) {
  std::string text;
  llvm::raw_string_ostream(text) << value;
  return text;
}

// Values as text, errors as "error: ...".
std::vector<std::string> Split(absl::string_view input, size_t piece = 1000000) {
  JsonSplitter splitter;
  std::vector<std::string> out;
  for (; !input.empty(); input.remove_prefix(std::min(piece, input.size()))) {
    splitter.Feed(input.substr(0, piece), [&](absl::StatusOr<llvm::json::Value> value) {
      out.push_back(value.ok() ? Text(*value) : "error: " + std::string(value.status().message()));
    });
  }
  return out;
}

TEST(JsonSplitter, ValuesNeedNothingBetweenThem) {
  EXPECT_THAT(Split("{\"a\":1}{\"b\":[{}]}[]\"s\"1 null\n"),
              ElementsAre("{\"a\":1}", "{\"b\":[{}]}", "[]", "\"s\"", "1", "null"));
}

TEST(JsonSplitter, PiecesMakeNoDifference) {
  const std::string input = " {\"a\" : \"}\\\"{\\\\\" }\r\n\t['x']{'y':\"\\u00e9\"} 12 true {\"n\":-1.5e3}";
  const std::vector<std::string> whole = Split(input);
  EXPECT_EQ(whole.size(), 6u);
  for (size_t piece = 1; piece < input.size(); ++piece) EXPECT_EQ(Split(input, piece), whole) << piece;
}

TEST(JsonSplitter, SingleQuotes) {
  EXPECT_THAT(Split("{'a':'say \"x\"','b':'it\\'s','c':\"it's, isn\\'t it\"}"),
              ElementsAre("{\"a\":\"say \\\"x\\\"\",\"b\":\"it's\",\"c\":\"it's, isn't it\"}"));
}

TEST(JsonSplitter, AnErrorAndThenItGoesOn) {
  for (const char* bad : {"{]", "[}", "{\"a\"}", "[1,]", "nonsense ", "}}}} ", ",:, ", "{\"a\":\"x\ny", "\x01", "\xff",
                          "{\xff", "[[[\x1b", "\"abc\xff", "{\"a\":\"\\q\"}", "[\"\xc3\"]", "'\t"}) {
    const auto out = Split(std::string(bad) + "\n{\"ok\":1}");
    ASSERT_GE(out.size(), 2u) << bad;
    EXPECT_THAT(out[0], StartsWith("error: this is no JSON: ")) << bad;
    EXPECT_EQ(out.back(), "{\"ok\":1}") << bad;
  }
}

TEST(JsonSplitter, NonsenseIsOneError) {
  EXPECT_EQ(Split("}}]],,::;;abc\n").size(), 1u);
  EXPECT_EQ(Split("GET / HTTP/1.1\n").size(), 3u);
}

TEST(JsonSplitter, WhatHasBegunCanBeTakenBack) {
  EXPECT_THAT(Split("{\"a\": [\"unfinished \xff{}"), ElementsAre(HasSubstr("byte 0xff"), "{}"));
}

TEST(JsonSplitter, DepthIsBounded) {
  const size_t most = JsonSplitter::kMaxDepth;
  EXPECT_EQ(Split(std::string(most, '[') + std::string(most, ']'))[0][0], '[');
  EXPECT_THAT(Split(std::string(100'000, '[') + "\n[1]"), ElementsAre(HasSubstr("more than 100 levels"), "[1]"));
  EXPECT_THAT(Split(std::string(100'000, '{') + "\xff[1]"), ElementsAre(HasSubstr("levels"), HasSubstr("0xff"), "[1]"));
}

TEST(JsonSplitter, SizeIsBounded) {
  const size_t most = JsonSplitter::kMaxBytes;
  EXPECT_EQ(Split("\"" + std::string(most - 2, 'x') + "\"")[0].size(), most);
  for (const std::string begin : {"\"", "'", "{\"", "", "[ "}) {
    EXPECT_THAT(Split(begin + std::string(most + 5, '1') + "\n[1]"), ElementsAre(HasSubstr("1048576 bytes"), "[1]"))
        << begin;
  }
}

// Whatever comes, the next line after a byte 0xff is understood.
TEST(JsonSplitter, Fuzz) {
  std::mt19937 random(3);
  const std::string seed = "{\"execute\":\"stop\",\"arguments\":{'a':[1,2.5e3,null,true]},\"id\":\"\\u00e9\\n\"}";
  for (int round = 0; round < 5000; ++round) {
    std::string input = round % 3 == 0 ? std::string(random() % 64, '\0') : seed + seed;
    const size_t changes = round % 3 == 0 ? input.size() : 1 + random() % 8;
    for (size_t i = 0; i < changes && !input.empty(); ++i) {
      static constexpr absl::string_view kLikely = "{}[]\"'\\,:0u\n\xff\xc3";
      input[random() % input.size()] =
          random() % 2 == 0 ? kLikely[random() % kLikely.size()] : static_cast<char>(random());
    }
    const auto out = Split(input + "\xff\n{\"last\":1}", 1 + random() % 40);
    ASSERT_FALSE(out.empty());
    EXPECT_EQ(out.back(), "{\"last\":1}") << input;
  }
}

}  // namespace
}  // namespace emu::debug
