// Random valid blocks, the same for the same seed: for comparing backends with one another, and blocks before and after
// passes.
#ifndef EMU_TRANSLATE_IR_RANDOM_PROGRAM_H_
#define EMU_TRANSLATE_IR_RANDOM_PROGRAM_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "translate/ir/ir.h"

namespace emu::ir {

struct RandomOptions {
  absl::Span<const Type> registers;  // those that may be read and written
  unsigned insns = 12;               // guest instructions, about
  bool floating_point = true;
  bool branches = true;  // labels, forwards and backwards (a loop charges each time around), and side exits
  // Accesses fall mostly into this range, which is a power of two long; none are made if it is empty.
  uint64_t memory_base = 0;
  uint64_t memory_size = 0;
  // Helpers that may be called with two or three arguments, giving an I64 or nothing.
  absl::Span<const unsigned> helpers;
};

Block RandomProgram(uint64_t seed, const RandomOptions& options);

// Numbers that are likelier than others to show a mistake.
uint64_t RandomInteger(uint64_t random);
uint64_t RandomFloat(Type t, uint64_t random);

// A small generator with a state of one word (SplitMix64).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  unsigned Below(unsigned n) { return static_cast<unsigned>((Next() >> 32) * n >> 32); }
  bool OneIn(unsigned n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_RANDOM_PROGRAM_H_
