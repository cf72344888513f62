// What is claimed of a result must hold for every value that fits what is known of the arguments.
#include "translate/ir/facts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "translate/ir/eval.h"
#include "translate/ir/random_program.h"

namespace emu::ir {
namespace {

// Something known, and a value that fits it.
struct Known {
  Facts facts;
  uint64_t value;
};
Known RandomKnown(Random& random, Type t) {
  const uint64_t value = Truncate(t, RandomInteger(random.Next()));
  const uint64_t mask = random.OneIn(4) ? ~uint64_t{0} : random.Next() & random.Next();
  Facts f{~value & mask, value & mask, 1};
  if (TypeBits(t) == 32) f.zeros |= ~uint64_t{0} << 32;
  const uint64_t top = value << (64 - TypeBits(t));
  const int copies = std::max(std::countl_zero(top), std::countl_one(top));
  f.sign_bits = 1 + random.Below(static_cast<unsigned>(std::min<int>(copies, static_cast<int>(TypeBits(t)))));
  if (f.complete()) f = ConstantFacts(t, value);
  return {f, value};
}

bool Fits(Type t, const Facts& f, uint64_t v) {
  const uint64_t top = v << (64 - TypeBits(t));
  const auto copies = static_cast<unsigned>(std::max(std::countl_zero(top), std::countl_one(top)));
  return (v & f.zeros) == 0 && (~v & f.ones) == 0 && std::min(copies, TypeBits(t)) >= f.sign_bits && f.sign_bits >= 1;
}

TEST(FactsTest, ClaimsHold) {
  Random random(5);
  for (unsigned n = 0; n < static_cast<unsigned>(Op::kCount); ++n) {
    const Op op = static_cast<Op>(n);
    const OpInfo& info = Info(op);
    if (info.effects != "p" || info.result == '-' || op == Op::kConst || op == Op::kFClass) continue;
    for (unsigned round = 0; round < 20000; ++round) {
      Type type = random.OneIn(2) ? Type::kI32 : Type::kI64, own = random.OneIn(2) ? Type::kI32 : Type::kI64;
      if (op == Op::kTrunc) type = Type::kI32, own = Type::kI64;
      if (op == Op::kSExt || op == Op::kZExt) type = Type::kI64, own = Type::kI32;
      if (op == Op::kBitCast) own = type;
      if (op == Op::kFBox) type = Type::kF64, own = Type::kF32;
      if (op == Op::kFUnbox) type = Type::kF32, own = Type::kF64;
      const auto type_of = [&](size_t k) {
        return k < info.args.size() && absl::string_view("nxf").find(info.args[k]) != absl::string_view::npos ? own
                                                                                                              : type;
      };
      const Known a = RandomKnown(random, type_of(0)), b = RandomKnown(random, type_of(1)),
                  c = RandomKnown(random, type_of(2));
      Instr i{.op = op, .type = type};
      if (op == Op::kSetCc) i.aux = static_cast<uint16_t>(random.Below(kCondCount));
      const uint64_t v = EvalPure(op, type, i.aux, type_of(0), a.value, b.value, c.value);
      ASSERT_TRUE(Fits(type, FactsOf(i, type_of(0), a.facts, b.facts, c.facts), v))
          << info.name << " " << a.value << " " << b.value;
    }
  }
}

TEST(FactsTest, DecisionsHold) {
  Random random(6);
  unsigned decided = 0;
  for (unsigned round = 0; round < 200000; ++round) {
    const Type t = random.OneIn(2) ? Type::kI32 : Type::kI64;
    const Known a = RandomKnown(random, t), b = RandomKnown(random, t);
    const auto cond = static_cast<Cond>(random.Below(kCondCount));
    const std::optional<bool> r = Decide(cond, t, a.facts, b.facts);
    decided += r.has_value();
    if (r) ASSERT_EQ(*r, Compare(cond, t, a.value, b.value)) << CondName(cond) << " " << a.value << " " << b.value;
  }
  EXPECT_GT(decided, 10000u);
}

}  // namespace
}  // namespace emu::ir
