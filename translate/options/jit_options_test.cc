#include "translate/options/jit_options.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::translate {
namespace {

using ::testing::HasSubstr;

TEST(JitOptionsTest, EachSwitchTurnsOffItselfAlone) {
  std::set<absl::string_view> names;
  for (const JitSwitch& s : JitSwitches()) {
    EXPECT_TRUE(names.insert(s.name).second) << s.name;
    EXPECT_FALSE(absl::StartsWith(s.name, "no-")) << s.name;
    JitOptions options;
    ASSERT_TRUE(ParseJitOptions(absl::StrCat("no-", s.name), &options).ok());
    for (const JitSwitch& other : JitSwitches()) EXPECT_EQ(options.*other.on, other.name != s.name) << s.name;
  }
  EXPECT_GT(names.size(), 10u);
}

TEST(JitOptionsTest, WordsAreReadFromLeftToRight) {
  JitOptions options;
  ASSERT_TRUE(ParseJitOptions("no-fold,none,fold,chain,no-chain", &options).ok());
  for (const JitSwitch& s : JitSwitches()) EXPECT_EQ(options.*s.on, s.name == "fold") << s.name;
  ASSERT_TRUE(ParseJitOptions("all", &options).ok());
  EXPECT_EQ(JitOptionsText(options), "all");
}

TEST(JitOptionsTest, TextReadsBack) {
  JitOptions options;
  options.fold = options.chain = options.fma = false;
  EXPECT_EQ(JitOptionsText(options), "no-fold,no-chain,no-fma");
  JitOptions again;
  ASSERT_TRUE(ParseJitOptions(JitOptionsText(JitOptions::None()), &again).ok());
  for (const JitSwitch& s : JitSwitches()) EXPECT_FALSE(again.*s.on) << s.name;
}

TEST(JitOptionsTest, UnknownWordsAreNamedWithWhatIsAccepted) {
  for (const char* word : {"no-", "chian", "no-none", "", "no-chain,,no-fold"}) {
    JitOptions options;
    const absl::Status status = ParseJitOptions(word, &options);
    EXPECT_FALSE(status.ok()) << word;
    for (const JitSwitch& s : JitSwitches()) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("no-", s.name)));
    }
  }
  JitOptions options;
  EXPECT_THAT(std::string(ParseJitOptions("no-fold,no-speed", &options).message()), HasSubstr("jit-opt \"no-speed\""));
}

TEST(JitOptionsTest, HelpHasALineForEach) {
  for (const JitSwitch& s : JitSwitches()) {
    EXPECT_THAT(JitOptionsHelp(), HasSubstr(absl::StrCat("  no-", s.name, " ")));
    EXPECT_THAT(JitOptionsHelp(), HasSubstr(absl::StrCat(" ", s.what, "\n")));
  }
}

}  // namespace
}  // namespace emu::translate
