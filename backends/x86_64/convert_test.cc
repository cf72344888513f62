// Conversions, FCLASS, minima and maxima of numbers at the ends of ranges, against the reference interpreter: results
// and flags.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "backends/interpreter/interpreter.h"
#include "backends/testing/machine.h"
#include "backends/x86_64/backend.h"
#include "translate/ir/builder.h"
#include "translate/ir/eval.h"
#include "translate/ir/printer.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Op;
using ir::Rounding;
using ir::Type;
using testing::Machine;

constexpr Type kIntegers[] = {Type::kI32, Type::kI64}, kFormats[] = {Type::kF32, Type::kF64};
constexpr Rounding kDynamic[] = {Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kDown, Rounding::kUp};
constexpr Rounding kAll[] = {Rounding::kDynamic, Rounding::kNearestEven, Rounding::kTowardZero,
                             Rounding::kDown,    Rounding::kUp,          Rounding::kNearestMaxMagnitude};

uint64_t Bits(Type format, double v) {
  return format == Type::kF64 ? std::bit_cast<uint64_t>(v) : std::bit_cast<uint32_t>(static_cast<float>(v));
}

// About powers of two, halves between, of both signs; and what is no number.
std::vector<uint64_t> Floats(Type format) {
  const bool wide = format == Type::kF64;
  const uint64_t signaling = wide ? 0x7ff0000000000001 : 0x7f800001, quiet = ir::CanonicalNan(format);
  std::vector<uint64_t> all = {0, 1, signaling, quiet};
  for (double power : {0.25, 0.5, 1.0, 2.0, 0x1p23, 0x1p31, 0x1p32, 0x1p52, 0x1p63, 0x1p64, HUGE_VAL}) {
    for (double by : {-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0}) all.push_back(Bits(format, power + by));
    all.push_back(Bits(format, power) - 1);
    all.push_back(Bits(format, power) + 1);
  }
  for (size_t n = all.size(); n-- != 0;) all.push_back(all[n] | uint64_t{1} << (ir::TypeBits(format) - 1));
  return all;
}

std::vector<uint64_t> Integers() {
  std::vector<uint64_t> all;
  for (unsigned bit : {0, 7, 23, 24, 25, 31, 32, 52, 53, 54, 62, 63}) {
    for (int by : {-3, -1, 0, 1, 3}) {
      all.push_back((uint64_t{1} << bit) + static_cast<uint64_t>(by));
      all.push_back(~all.back());
    }
  }
  return all;
}

unsigned RegisterOf(Type t, unsigned n) {
  return n + (t == Type::kI64   ? 0
              : t == Type::kI32 ? testing::kFirstW
              : t == Type::kF64 ? testing::kFirstF
                                : testing::kFirstS);
}

class ConvertTest : public ::testing::Test {
 protected:
  static std::unique_ptr<translate::Backend> Make() {
    Options options;
    options.code_bytes = 1 << 20;
    return *MakeBackend(testing::Registers(), testing::Helpers(), options);
  }
  // The operation, of register 1 (and 2) of its arguments' type, to register 3 of the result's.
  static ir::Block BlockOf(Op op, Type to, Type from, uint16_t aux, bool two) {
    ir::Block block;
    block.pc = 0x1000;
    ir::Builder b(&block);
    b.Charge(block.pc);
    b.Insn(block.pc);
    const ir::Value x = b.Get(from, RegisterOf(from, 1)), y = two ? b.Get(from, RegisterOf(from, 2)) : ir::kNoValue;
    block.code.push_back({.op = op, .type = to, .aux = aux, .args = {x, y, ir::kNoValue}});
    b.Set(RegisterOf(to, 3), static_cast<ir::Value>(block.code.size() - 1));
    b.Goto(0x2000);
    b.Finish();
    return block;
  }
  void Compare(const ir::Block& block, Type from, const std::vector<uint64_t>& x, const std::vector<uint64_t>& y) {
    for (uint64_t first : x) {
      for (uint64_t second : y) {
        testing::Start start;
        start.registers[RegisterOf(from, 1)] = first;
        start.registers[RegisterOf(from, 2)] = second;
        for (Rounding r : kDynamic) {
          start.rounding = r;
          ASSERT_EQ(testing::Differences(plain_.Run(block, start), jit_.Run(block, start)), "")
              << absl::StrCat(absl::Hex(first), ", ", absl::Hex(second), ", ") << ir::RoundingName(r) << "\n"
              << ir::Print(block, testing::RegisterNames());
        }
      }
    }
  }

  std::unique_ptr<translate::Backend> jit_backend_ = Make();
  std::unique_ptr<translate::Backend> plain_backend_ =
      interpreter::MakeInterpreter(testing::Registers(), testing::Helpers());
  Machine jit_{*jit_backend_}, plain_{*plain_backend_};
};

TEST_F(ConvertTest, ToIntegers) {
  for (Type to : kIntegers) {
    for (Type from : kFormats) {
      for (Rounding rounding : kAll) {
        for (bool is_unsigned : {false, true}) {
          const uint16_t aux = ir::FpAux{.rounding = rounding, .is_unsigned = is_unsigned}.Pack();
          Compare(BlockOf(Op::kFToI, to, from, aux, false), from, Floats(from), {0});
        }
      }
    }
  }
}

TEST_F(ConvertTest, FromIntegers) {
  for (Type to : kFormats) {
    for (Type from : kIntegers) {
      for (Rounding rounding : kAll) {
        for (bool is_unsigned : {false, true}) {
          const uint16_t aux = ir::FpAux{.rounding = rounding, .is_unsigned = is_unsigned}.Pack();
          Compare(BlockOf(Op::kIToF, to, from, aux, false), from, Integers(), {0});
        }
      }
    }
  }
}

TEST_F(ConvertTest, Classes) {
  for (Type to : kIntegers) {
    for (Type from : kFormats) Compare(BlockOf(Op::kFClass, to, from, 0, false), from, Floats(from), {0});
  }
}

TEST_F(ConvertTest, MinimaAndMaxima) {
  for (Op op : {Op::kFMin, Op::kFMax}) {
    for (Type t : kFormats) {
      const uint64_t sign = uint64_t{1} << (ir::TypeBits(t) - 1), nan = Floats(t)[3];
      const std::vector<uint64_t> some = {0, sign, 1, 1 | sign, Bits(t, 1.5), Bits(t, -1.5), nan - 1, nan, nan | sign};
      Compare(BlockOf(op, t, t, 0, true), t, some, some);
    }
  }
}

}  // namespace
}  // namespace emu::backends::x86_64
