// The text form of a block, one instruction a line:
//
//   block 0x80000000 insns=2 labels=1
//     charge 0x80000000 insns=2
//     insn 0x80000000
//     %2 = get.i64 a0
//     %3 = const.i64 12
//     %4 = load.i64 [%2 + 8] size=4 signed align
//     %5 = setcc.i64 ltu %2, %4
//     set a1, %5
//     %7 = fma.f64 %a, %b, %c rm=rtz negprod
//     %8 = rmw.i64 add [%2], %5 size=8
//     %9 = call.i64 Csr(%2, %5)
//     exitif ne %2, %4 -> 0x80001000 refund=1
//     brif lt %2, %4 -> L0
//     label L0
//     guard 0x80001000 id=7
//     gotoind %2 return
//
// A value has the number of its instruction. `set`, `store` and comparisons take their type from their arguments.
// A semicolon starts a comment. What Print gives, parser.h reads back to an equal block.
#ifndef EMU_TRANSLATE_IR_PRINTER_H_
#define EMU_TRANSLATE_IR_PRINTER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "translate/ir/ir.h"

namespace emu::ir {

// Names of a target's registers and helpers; where one is missing, r5 and h5 stand for number 5.
struct Names {
  absl::Span<const absl::string_view> registers;
  absl::Span<const absl::string_view> helpers;
};

std::string Print(const Block& block, const Names& names = {});
// One instruction, without indentation or line end.
std::string PrintInstr(const Block& block, size_t index, const Names& names = {});

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_PRINTER_H_
