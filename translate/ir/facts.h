// What is known about a value without running anything: bits that are certainly 0 or 1, and how many of the top bits
// are copies of the sign.
#ifndef EMU_TRANSLATE_IR_FACTS_H_
#define EMU_TRANSLATE_IR_FACTS_H_

#include <cstdint>
#include <optional>

#include "translate/ir/ir.h"

namespace emu::ir {

// Of a value held in 64 bits; of a 32-bit type, the high half is known to be zero, and sign_bits are counted in the
// low.
struct Facts {
  uint64_t zeros = 0;
  uint64_t ones = 0;
  unsigned sign_bits = 1;  // 1 to the width

  constexpr bool complete() const { return (zeros | ones) == ~uint64_t{0}; }
  constexpr bool is_zero() const { return zeros == ~uint64_t{0}; }
  constexpr uint64_t max() const { return ~zeros; }  // greatest possible, unsigned
  constexpr uint64_t min() const { return ones; }
};

Facts ConstantFacts(Type t, uint64_t v);
inline Facts NoFacts(Type t) { return {TypeBits(t) == 32 ? ~uint64_t{0} << 32 : 0, 0, 1}; }

// The result of `i`, whose arguments `a`, `b`, `c` describe; `arg_type` is of the first.
Facts FactsOf(const Instr& i, Type arg_type, const Facts& a, const Facts& b, const Facts& c);

// The comparison's outcome, if it has only one. Both values are of type `t`.
std::optional<bool> Decide(Cond cond, Type t, const Facts& a, const Facts& b);

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_FACTS_H_
