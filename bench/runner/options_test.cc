#include "bench/runner/options.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(const std::vector<std::string>& arguments) {
  return std::string(ParseOptions(arguments).status().message());
}

TEST(Options, All) {
  const absl::StatusOr<Options> o = ParseOptions(
      {"--native",      "k", "--ours", "emu", "e 1",        "--other", "q", "q 2",    "--runs", "5", "--timeout", "9",
       "--kernel-list", "l", "--svg",  "s",   "--counters", "c",       "x", "--json", "j"});
  ASSERT_TRUE(o.ok()) << o.status();
  ASSERT_EQ(o->systems.size(), 3u);
  EXPECT_EQ(o->native, 0);
  EXPECT_EQ(o->ours, 1);
  EXPECT_EQ(o->systems[0].name, "native");
  EXPECT_EQ(o->systems[2].name, "q");
  EXPECT_EQ(o->systems[2].command, "q 2");
  EXPECT_EQ(o->runs, 5);
  EXPECT_EQ(o->timeout_s, 9);
  EXPECT_EQ(o->kernel_list + o->svg + o->json, "lsj");
  EXPECT_EQ(o->counted_command + o->counted_socket, "cx");
}

TEST(Options, ErrorsNameTheFlagAndWhatIsAccepted) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("--ours NAME COMMAND"));
  EXPECT_THAT(ErrorOf({"--fast"}), HasSubstr("unknown flag --fast: expected --native"));
  EXPECT_EQ(ErrorOf({"--runs", "0"}), "--runs 0: expected a number above 0");
  EXPECT_EQ(ErrorOf({"--runs", "many"}), "--runs many: expected a number above 0");
  EXPECT_EQ(ErrorOf({"--runs"}), "--runs: expected a number above 0");
  EXPECT_EQ(ErrorOf({"--ours", "emu"}), "--ours emu: expected one name and command");
  EXPECT_EQ(ErrorOf({"--ours", "a", "b", "--ours", "c", "d"}), "--ours c: expected one name and command");
  EXPECT_EQ(ErrorOf({"--ours", "a", "b", "--other", "a", "d"}), "--other a: expected a new name and a command");
}

TEST(Options, AnyWordsAreParsedOrRefused) {
  const std::vector<std::string> words = {"--native", "--ours", "--other", "--runs", "--svg", "a", "3", "", "-1", "--"};
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> arguments;
    for (size_t n = random() % 8; n > 0; --n) arguments.push_back(words[random() % words.size()]);
    const absl::StatusOr<Options> o = ParseOptions(arguments);
    if (!o.ok()) {
      EXPECT_FALSE(o.status().message().empty());
      continue;
    }
    EXPECT_GE(o->ours, 0);
    EXPECT_LT(o->ours, static_cast<int>(o->systems.size()));
    EXPECT_LT(o->native, static_cast<int>(o->systems.size()));
    EXPECT_GT(o->runs, 0);
  }
}

}  // namespace
}  // namespace emu::bench
