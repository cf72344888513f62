// The snippets that show each instruction's meaning, by chapter of the manual.
#ifndef EMU_TARGETS_RISCV_LIFT_SNIPPET_CASES_H_
#define EMU_TARGETS_RISCV_LIFT_SNIPPET_CASES_H_

#include "absl/types/span.h"
#include "targets/riscv/lift/snippet.h"

namespace emu::riscv {

absl::Span<const Snippet> IntCases();
absl::Span<const Snippet> CompressedCases();
absl::Span<const Snippet> BitsCases();
absl::Span<const Snippet> AtomicCases();
absl::Span<const Snippet> SystemCases();
absl::Span<const Snippet> FpCases();

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_LIFT_SNIPPET_CASES_H_
