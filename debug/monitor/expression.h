// Expressions of the monitor, with QEMU's precedence: unary before * / % before & | ^ before + -. Signed 64-bit
// arithmetic that wraps.
#ifndef EMU_DEBUG_MONITOR_EXPRESSION_H_
#define EMU_DEBUG_MONITOR_EXPRESSION_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace emu::debug {

// What the names in an expression stand for. Each error says why there is no value.
struct ExpressionNames {
  std::function<absl::StatusOr<uint64_t>(absl::string_view name)> reg;     // $NAME
  std::function<absl::StatusOr<uint64_t>(absl::string_view name)> symbol;  // NAME
  std::function<absl::StatusOr<uint64_t>(uint64_t address)> pointer;       // *ADDRESS
};

// Numbers as in C (0x10, 16, 020), characters in single quotes, parentheses, + - ~ before a value. Errors quote what
// was wrong and say what would be accepted.
absl::StatusOr<uint64_t> Evaluate(absl::string_view text, const ExpressionNames& names);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_EXPRESSION_H_
