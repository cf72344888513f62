// Integer division by both of the host's dividers against the interpreter: numbers around the limits of what a double
// holds, and what the guest's division is defined for and the host's is not.
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "backends/interpreter/interpreter.h"
#include "backends/testing/machine.h"
#include "backends/x86_64/backend.h"
#include "translate/ir/parser.h"
#include "translate/ir/random_program.h"

namespace emu::backends::x86_64 {
namespace {

// Every kind of division, by the integer divider, and in a loop by the other one, with the flags that it leaves.
ir::Block Division(absl::string_view op, bool wide, bool loop) {
  const absl::string_view type = wide ? "i64" : "i32";
  std::string text = "block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%b = get.i64 r1\n";
  // The upper halves are still there, in registers of the guest and in others.
  if (!wide) text += "%e = get.i64 r3\n%f = xor.i64 %a, %e\n%c = trunc.i32 %f\n%d = trunc.i32 %b\n";
  absl::StrAppend(&text, "%q = ", op, ".", type, wide ? " %a, %b\nset r2" : " %c, %d\nset w2", ", %q\ngoto ",
                  loop ? "0x1000" : "0x1004");
  const absl::StatusOr<ir::Block> block = ir::Parse(text, testing::RegisterNames());
  EXPECT_TRUE(block.ok()) << block.status() << text;
  return *block;
}

std::vector<uint64_t> Numbers() {
  std::vector<uint64_t> numbers;
  for (unsigned bits = 0; bits < 64; ++bits) {
    for (uint64_t step : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
      numbers.push_back((uint64_t{1} << bits) + step);
      numbers.push_back(-(uint64_t{1} << bits) + step);
    }
  }
  ir::Random random(1);
  for (int n = 0; n < 200; ++n) numbers.push_back(random.Next() >> random.Below(64));
  return numbers;
}

class DivideTest : public ::testing::TestWithParam<const char*> {
 protected:
  static std::unique_ptr<translate::Backend> Make() {
    Options options;
    options.code_bytes = 4 << 20;
    return *MakeBackend(testing::Registers(), testing::Helpers(), options);
  }
  void Compare(bool wide, bool loop, const std::vector<std::pair<uint64_t, uint64_t>>& pairs);

  std::unique_ptr<translate::Backend> backend_ = Make();
  std::unique_ptr<translate::Backend> interpreter_ =
      interpreter::MakeInterpreter(testing::Registers(), testing::Helpers());
};

void DivideTest::Compare(bool wide, bool loop, const std::vector<std::pair<uint64_t, uint64_t>>& pairs) {
  const ir::Block block = Division(GetParam(), wide, loop);
  testing::Machine actual(*backend_, true), reference(*interpreter_);
  testing::Start start;
  for (const auto& [a, b] : pairs) {
    start.registers[0] = a;
    start.registers[1] = b;
    const testing::Outcome expected = reference.Run(block, start);
    for (int twice = 0; twice < 2; ++twice) {  // it may be left in every second run
      ASSERT_EQ(testing::Differences(expected, actual.Run(block, start)), "")
          << GetParam() << (wide ? " 64 " : " 32 ") << (loop ? "loop " : "") << a << " by " << b;
    }
  }
}

TEST_P(DivideTest, AgreesWithTheInterpreter) {
  const std::vector<uint64_t> numbers = Numbers();
  std::vector<std::pair<uint64_t, uint64_t>> pairs;
  ir::Random random(2);
  for (size_t n = 0; n < numbers.size(); ++n) {
    for (int m = 0; m < 8; ++m)
      pairs.emplace_back(numbers[n], numbers[random.Below(static_cast<unsigned>(numbers.size()))]);
    for (uint64_t odd : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) pairs.emplace_back(numbers[n], odd);
  }
  for (bool wide : {false, true}) {
    Compare(wide, false, pairs);
    Compare(wide, true, pairs);
  }
}

// Dividends that are just below, at and above a multiple, most of them by quotients of about as many bits as a double.
TEST_P(DivideTest, AroundMultiples) {
  std::vector<std::pair<uint64_t, uint64_t>> pairs;
  ir::Random random(3);
  for (int n = 0; n < 2000; ++n) {
    const unsigned bits = n % 4 == 0 ? 1 + random.Below(63) : 46 + random.Below(10);
    const uint64_t quotient = random.Next() >> (64 - bits), divisor = random.Next() >> bits;
    for (uint64_t step : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
      pairs.emplace_back(quotient * divisor + step, divisor);
    }
  }
  Compare(true, true, pairs);
}

INSTANTIATE_TEST_SUITE_P(Operations, DivideTest, ::testing::Values("divu", "divs", "remu", "rems"),
                         [](const auto& p) { return p.param; });

}  // namespace
}  // namespace emu::backends::x86_64
