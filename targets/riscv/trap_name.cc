#include "targets/riscv/trap_name.h"

#include "absl/types/span.h"

namespace emu::riscv {
namespace {

struct Name {
  unsigned number;
  absl::string_view name;
};
constexpr Name kExceptions[] = {
    {0, "instruction address misaligned"},
    {1, "instruction access fault"},
    {2, "illegal instruction"},
    {3, "breakpoint"},
    {4, "load address misaligned"},
    {5, "load access fault"},
    {6, "store/AMO address misaligned"},
    {7, "store/AMO access fault"},
    {8, "environment call from U-mode"},
    {9, "environment call from S-mode"},
    {11, "environment call from M-mode"},
    {12, "instruction page fault"},
    {13, "load page fault"},
    {15, "store/AMO page fault"},
    {18, "software check"},
    {19, "hardware error"},
};
constexpr Name kInterrupts[] = {
    {1, "supervisor software interrupt"}, {3, "machine software interrupt"},    {5, "supervisor timer interrupt"},
    {7, "machine timer interrupt"},       {9, "supervisor external interrupt"}, {11, "machine external interrupt"},
    {13, "counter-overflow interrupt"},
};

absl::string_view Find(absl::Span<const Name> names, unsigned number) {
  for (const Name& n : names) {
    if (n.number == number) return n.name;
  }
  return "reserved";
}

}  // namespace

absl::string_view ExceptionName(unsigned number) { return Find(kExceptions, number); }
absl::string_view InterruptName(unsigned number) { return Find(kInterrupts, number); }

}  // namespace emu::riscv
