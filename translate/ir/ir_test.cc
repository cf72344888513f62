#include "translate/ir/ir.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace emu::ir {
namespace {

TEST(IrTest, TableUsesOnlyKnownLetters) {
  for (unsigned n = 0; n < static_cast<unsigned>(Op::kCount); ++n) {
    const OpInfo& info = Info(static_cast<Op>(n));
    EXPECT_NE(std::string("-TFX").find(info.result), std::string::npos) << info.name;
    EXPECT_LE(info.args.size(), 3u) << info.name;
    EXPECT_EQ(info.args.find_first_not_of("TFXnfaxi?"), absl::string_view::npos) << info.name;
    EXPECT_EQ(info.fields.find_first_not_of("RIPDLHcfmrkhnvowb"), absl::string_view::npos) << info.name;
    EXPECT_EQ(info.effects.find_first_not_of("pgsmqexlb"), absl::string_view::npos) << info.name;
    EXPECT_FALSE(info.effects.empty()) << info.name;
  }
}

TEST(IrTest, NamesDiffer) {
  std::set<std::string> names;
  for (unsigned n = 0; n < static_cast<unsigned>(Op::kCount); ++n) {
    EXPECT_TRUE(names.insert(std::string(Info(static_cast<Op>(n)).name)).second) << n;
  }
}

TEST(IrTest, OddConditionsNegateEvenOnes) {
  EXPECT_EQ(Negate(Cond::kEq), Cond::kNe);
  EXPECT_EQ(Negate(Cond::kGe), Cond::kLt);
  EXPECT_EQ(Negate(Cond::kLeU), Cond::kGtU);
}

TEST(IrTest, FieldsUnpackAsPacked) {
  for (unsigned v = 0; v < 64; ++v) EXPECT_EQ(FpAux::Unpack(static_cast<uint16_t>(v)).Pack(), v);
  for (unsigned v = 0; v < 512; ++v) EXPECT_EQ(MemOp::Unpack(static_cast<uint16_t>(v)).Pack(), v);
}

TEST(IrTest, EffectsAreLookedUp) {
  EXPECT_TRUE(HasEffect(Op::kLoad, 'm'));
  EXPECT_TRUE(HasEffect(Op::kCall, 's'));
  EXPECT_FALSE(HasEffect(Op::kAdd, 'm'));
}

}  // namespace
}  // namespace emu::ir
