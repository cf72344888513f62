// Tests as text: blocks with the states they begin and end in. Each block runs as it is and optimised.
//
//   ; test: a load extends its sign
//   ; in: r0=0x10000 @0x10000=0x80            registers, 8 bytes of memory, budget=, rm= (rne, rtz, rdn, rup)
//   ; out: r1=-128 exit=jump pc=0x1004        the same, and exit=, pc=, unexecuted=, flags= (nv+dz+of+uf+nx or none)
//   block 0x1000
//     ...
//
// Each `in` begins a new run, with everything zero that it does not name; an `out` checks what it names.
#ifndef EMU_BACKENDS_TESTING_IR_FILE_H_
#define EMU_BACKENDS_TESTING_IR_FILE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "backends/testing/machine.h"

namespace emu::backends::testing {

struct IrFileResult {
  unsigned runs = 0;  // twice the number of `in` lines
  std::vector<std::string> failures;
};
IrFileResult RunIrFile(Machine& machine, absl::string_view text);

}  // namespace emu::backends::testing

#endif  // EMU_BACKENDS_TESTING_IR_FILE_H_
