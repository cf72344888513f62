// Operand values that reach every corner of the encoding: for the generator's check and for tests.
#ifndef EMU_BACKENDS_X86_64_ENCODING_SAMPLES_H_
#define EMU_BACKENDS_X86_64_ENCODING_SAMPLES_H_

#include <cstdint>
#include <random>

#include "backends/x86_64/encoding/mc_encoder.h"
#include "backends/x86_64/encoding/operands.h"

namespace emu::backends::x86_64 {

// Every pair of base (none and rip included) and index comes up in a row of kAddressPairs samples.
inline constexpr int kAddressPairs = 18 * 16;

class Samples {
 public:
  explicit Samples(uint64_t seed) : random_(seed) {}

  // Sample `n`: registers run through all pairs, addresses through all pairs, the rest is random.
  // `imm_bytes` is the immediate's size; it comes sign-extended.
  Operands Next(int n, int imm_bytes);

 private:
  int32_t Disp();
  Mem Address(int pair);
  int64_t Imm(int bytes);

  std::mt19937_64 random_;
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_SAMPLES_H_
