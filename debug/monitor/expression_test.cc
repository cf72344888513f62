#include "debug/monitor/expression.h"

#include <random>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;

ExpressionNames Names() {
  ExpressionNames names;
  names.reg = [](absl::string_view name) -> absl::StatusOr<uint64_t> {
    if (name == "pc") return 0x80000000;
    return absl::NotFoundError("unknown register");
  };
  names.symbol = [](absl::string_view name) -> absl::StatusOr<uint64_t> {
    if (name == "main.cold$1") return 0x1000;
    return absl::NotFoundError("unknown symbol");
  };
  names.pointer = [](uint64_t address) -> absl::StatusOr<uint64_t> {
    if (address == 0x1000) return 42;
    return absl::NotFoundError("no memory");
  };
  return names;
}

uint64_t Value(absl::string_view text) {
  const absl::StatusOr<uint64_t> value = Evaluate(text, Names());
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(0xdeadbeef);
}

std::string Error(absl::string_view text) {
  const absl::StatusOr<uint64_t> value = Evaluate(text, Names());
  EXPECT_FALSE(value.ok()) << text << " is " << *value;
  return std::string(value.status().message());
}

TEST(ExpressionTest, Numbers) {
  EXPECT_EQ(Value("0"), 0u);
  EXPECT_EQ(Value(" 16 "), 16u);
  EXPECT_EQ(Value("0x10"), 16u);
  EXPECT_EQ(Value("0XfF"), 255u);
  EXPECT_EQ(Value("020"), 16u);
  EXPECT_EQ(Value("'A'"), 65u);
  EXPECT_EQ(Value("0xffffffffffffffff"), ~uint64_t{0});
  EXPECT_EQ(Value("01777777777777777777777"), ~uint64_t{0});
}

TEST(ExpressionTest, OperatorsAsQemuHasThem) {
  EXPECT_EQ(Value("1+2*3"), 7u);
  EXPECT_EQ(Value("(1+2)*3"), 9u);
  EXPECT_EQ(Value("0x10 & 3 | 8"), 8u);
  EXPECT_EQ(Value("1 + 2 & 3"), 3u);  // the logical operators bind more tightly
  EXPECT_EQ(Value("3^5"), 6u);
  EXPECT_EQ(Value("5 % 3"), 2u);
  EXPECT_EQ(Value("~0"), ~uint64_t{0});
  EXPECT_EQ(Value("10*-2"), uint64_t{0} - 20);
  EXPECT_EQ(Value("-7/2"), uint64_t{0} - 3);
  EXPECT_EQ(Value("0x8000000000000000/-1"), uint64_t{1} << 63);
  EXPECT_EQ(Value("0x8000000000000000%-1"), 0u);
  EXPECT_EQ(Value("8-4-2"), 2u);
}

TEST(ExpressionTest, NamesAndPointers) {
  EXPECT_EQ(Value("$pc+4"), 0x80000004u);
  EXPECT_EQ(Value("main.cold$1"), 0x1000u);
  EXPECT_EQ(Value("*main.cold$1 * 2"), 84u);
  EXPECT_EQ(Value("2 * *(main.cold$1)"), 84u);
}

TEST(ExpressionTest, ErrorsSayWhat) {
  EXPECT_THAT(Error(""), HasSubstr("unexpected end; expected a number, $REGISTER"));
  EXPECT_THAT(Error("1/0"), HasSubstr("division by zero"));
  EXPECT_THAT(Error("1%(2-2)"), HasSubstr("division by zero"));
  EXPECT_THAT(Error("(1"), HasSubstr("\")\" expected"));
  EXPECT_THAT(Error("0x1g"), HasSubstr("\"0x1g\" is no number"));
  EXPECT_THAT(Error("09"), HasSubstr("\"09\" is no number"));
  EXPECT_THAT(Error("0x10000000000000000"), HasSubstr("no number of 64 bits"));
  EXPECT_THAT(Error("02000000000000000000000"), HasSubstr("no number of 64 bits"));
  EXPECT_THAT(Error("1 2"), HasSubstr("expected an operator (+ - * / % & | ^) before \"2\""));
  EXPECT_THAT(Error("$foo"), HasSubstr("unknown register"));
  EXPECT_THAT(Error("foo"), HasSubstr("unknown symbol"));
  EXPECT_THAT(Error("*0"), HasSubstr("no memory"));
  EXPECT_THAT(Error("''"), HasSubstr("one character"));
  EXPECT_THAT(Error("1 # 2"), HasSubstr("before \"# 2\""));
  EXPECT_THAT(Error("#"), HasSubstr("invalid character \"#\""));
}

TEST(ExpressionTest, DepthIsLimited) {
  EXPECT_THAT(Error(std::string(100000, '(')), HasSubstr("deep"));
  EXPECT_THAT(Error(std::string(100000, '-')), HasSubstr("deep"));
  EXPECT_EQ(Value(std::string(50, '(') + "1" + std::string(50, ')')), 1u);
}

TEST(ExpressionTest, RandomText) {
  std::mt19937_64 random(1);
  const std::string alphabet = "0123456789abcdefx()+-*/%&|^~'$ pc.";
  int good = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text(random() % 12, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const absl::StatusOr<uint64_t> value = Evaluate(text, Names());
    if (value.ok()) {
      ++good;
    } else {
      EXPECT_THAT(std::string(value.status().message()), HasSubstr(text));
    }
  }
  EXPECT_GT(good, 100);
}

}  // namespace
}  // namespace emu::debug
