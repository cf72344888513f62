#include "debug/monitor/expression.h"

#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace emu::debug {
namespace {

constexpr int kMaxDepth = 100;  // of parentheses and signs
constexpr absl::string_view kAccepted = "a number, $REGISTER, a symbol, 'c', *ADDRESS or (EXPRESSION)";

bool InName(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '$'; }

// By recursive descent. The first error stays, and makes everything after it stop.
class Parser {
 public:
  Parser(absl::string_view text, const ExpressionNames& names) : text_(text), rest_(text), names_(names) {}

  absl::StatusOr<uint64_t> Run() {
    const uint64_t value = Sum();
    if (status_.ok() && !Next('\0'))
      Fail(absl::StrCat("expected an operator (+ - * / % & | ^) before \"", rest_, "\""));
    if (status_.ok()) return value;
    return status_;
  }

 private:
  // Whether `c` comes next; '\0' stands for the end.
  bool Next(char c) {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return c == '\0' ? rest_.empty() : !rest_.empty() && rest_.front() == c;
  }
  // The next character if it is one of `any`, which is taken; else 0.
  char TakeOne(absl::string_view any) {
    if (!status_.ok() || Next('\0') || any.find(rest_.front()) == any.npos) return 0;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  uint64_t Fail(absl::string_view why) {
    if (status_.ok()) status_ = absl::InvalidArgumentError(absl::StrCat("expression \"", text_, "\": ", why));
    return 0;
  }
  uint64_t ValueOf(absl::StatusOr<uint64_t> value) { return value.ok() ? *value : Fail(value.status().message()); }

  uint64_t Sum() {
    uint64_t value = Logic();
    while (const char op = TakeOne("+-")) {
      const uint64_t other = Logic();
      value = op == '+' ? value + other : value - other;
    }
    return value;
  }

  uint64_t Logic() {
    uint64_t value = Product();
    while (const char op = TakeOne("&|^")) {
      const uint64_t other = Product();
      value = op == '&' ? value & other : op == '|' ? value | other : value ^ other;
    }
    return value;
  }

  uint64_t Product() {
    uint64_t value = Unary();
    while (const char op = TakeOne("*/%")) {
      const uint64_t other = Unary();
      value = op == '*' ? value * other : Divide(op, static_cast<int64_t>(value), static_cast<int64_t>(other));
    }
    return value;
  }

  uint64_t Divide(char op, int64_t a, int64_t b) {
    if (b == 0) return Fail("division by zero");
    if (b == -1) return op == '/' ? uint64_t{0} - static_cast<uint64_t>(a) : 0;  // the smallest number has no opposite
    return static_cast<uint64_t>(op == '/' ? a / b : a % b);
  }

  uint64_t Unary() {
    if (++depth_ > kMaxDepth) return Fail(absl::StrCat("nested more than ", kMaxDepth, " deep"));
    const uint64_t value = Signed(TakeOne("+-~*"));
    --depth_;
    return value;
  }

  uint64_t Signed(char op) {
    if (op == 0) return Primary();
    const uint64_t value = Unary();
    if (op == '*') return status_.ok() ? ValueOf(names_.pointer(value)) : 0;
    return op == '-' ? uint64_t{0} - value : op == '~' ? ~value : value;
  }

  uint64_t Primary() {
    if (!status_.ok()) return 0;
    if (Next('\0')) return Fail(absl::StrCat("unexpected end; expected ", kAccepted));
    if (TakeOne("(") != 0) return Parenthesis();
    if (TakeOne("'") != 0) return Character();
    if (TakeOne("$") != 0) return ValueOf(names_.reg(Name()));
    if (absl::ascii_isdigit(rest_.front())) return Number();
    if (InName(rest_.front())) return ValueOf(names_.symbol(Name()));
    return Fail(absl::StrCat("invalid character \"", rest_.substr(0, 1), "\"; expected ", kAccepted));
  }

  uint64_t Parenthesis() {
    const uint64_t value = Sum();
    if (status_.ok() && TakeOne(")") == 0) return Fail("\")\" expected");
    return value;
  }

  uint64_t Character() {
    if (rest_.size() < 2 || rest_[1] != '\'') return Fail("a character constant is one character in single quotes");
    const char c = rest_[0];
    rest_.remove_prefix(2);
    return static_cast<unsigned char>(c);
  }

  absl::string_view Name() {
    size_t length = 0;
    while (length < rest_.size() && InName(rest_[length])) ++length;
    const absl::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return name;
  }

  uint64_t Number() {
    const absl::string_view digits = Name();
    const bool hex = absl::StartsWithIgnoreCase(digits, "0x"), octal = !hex && digits[0] == '0' && digits.size() > 1;
    uint64_t value;
    if (hex ? absl::SimpleHexAtoi(digits, &value) : octal ? Octal(digits, &value) : absl::SimpleAtoi(digits, &value)) {
      return value;
    }
    return Fail(absl::StrCat("\"", digits, "\" is no number of 64 bits"));
  }

  static bool Octal(absl::string_view digits, uint64_t* value) {
    *value = 0;
    for (char c : digits) {
      if (c < '0' || c > '7' || *value >> 61 != 0) return false;
      *value = *value << 3 | static_cast<uint64_t>(c - '0');
    }
    return true;
  }

  const absl::string_view text_;
  absl::string_view rest_;
  const ExpressionNames& names_;
  absl::Status status_;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<uint64_t> Evaluate(absl::string_view text, const ExpressionNames& names) {
  return Parser(text, names).Run();
}

}  // namespace emu::debug
