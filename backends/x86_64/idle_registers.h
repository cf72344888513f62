// Where the content of a pinned guest register is of no use to anybody until it is set anew, so that its host register
// may hold something else in between. Values of the block that are the same as the content are not looked at.
#ifndef EMU_BACKENDS_X86_64_IDLE_REGISTERS_H_
#define EMU_BACKENDS_X86_64_IDLE_REGISTERS_H_

#include <cstdint>
#include <vector>

#include "translate/ir/ir.h"

namespace emu::backends::x86_64 {

class IdleRegisters {
 public:
  // Of the guest registers for which `wanted` says so, by number.
  void Find(const ir::Block& block, const std::vector<bool>& wanted);
  void Clear() { spans_.clear(); }
  bool any() const { return !spans_.empty(); }
  // The instruction that sets the guest register anew, if nothing needs its content at instruction `index`; 0 if
  // something does. To be asked for one index after another.
  unsigned Until(unsigned guest_register, unsigned index) {
    if (spans_.empty()) return 0;
    std::vector<Span>& spans = spans_[guest_register];
    while (!spans.empty() && spans.back().end <= index) spans.pop_back();
    return spans.empty() || spans.back().begin >= index ? 0 : spans.back().end;
  }

 private:
  struct Span {
    unsigned begin, end;  // both instructions need the register
  };
  std::vector<std::vector<Span>> spans_;  // by guest register, the last one first
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_IDLE_REGISTERS_H_
