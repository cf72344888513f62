// The intermediate representation alone: reads a block, checks it, optimises it, prints it.
#include <cstdio>

#include "translate/ir/parser.h"
#include "translate/ir/passes.h"
#include "translate/ir/printer.h"
#include "translate/ir/verifier.h"

int main() {
  const auto block = emu::ir::Parse(R"(
    block 0x1000
      charge 0x1000
      insn 0x1000
      %four = const.i64 4
      %a = get.i64 r1
      %sum = add.i64 %a, %four
      set r2, %sum
      insn 0x1004
      %b = get.i64 r2
      %value = load.i64 [%b + 8] size=4 signed
      set r3, %value
      goto 0x1008
  )");
  if (!block.ok() || !emu::ir::Verify(*block).ok()) return 1;
  emu::ir::Block optimised = *block;
  emu::ir::Optimize(&optimised);
  printf("%s", emu::ir::Print(optimised).c_str());
}
