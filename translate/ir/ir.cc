#include "translate/ir/ir.h"

#include <array>

namespace emu::ir {
namespace {

constexpr std::array<OpInfo, static_cast<size_t>(Op::kCount)> kOps = {{
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects) {name, result[0], args, fields, effects},
#include "translate/ir/ops.def"
#undef EMU_IR_OP
}};

constexpr absl::string_view kTypes[] = {"void", "i32", "i64", "f32", "f64"};
constexpr absl::string_view kConds[] = {"eq", "ne", "lt", "ge", "le", "gt", "ltu", "geu", "leu", "gtu"};
constexpr absl::string_view kFpConds[] = {"eq", "lt", "le", "eqs", "ltq", "leq", "unord"};
constexpr absl::string_view kAtomicKinds[] = {"swap", "add", "and", "or", "xor", "min", "max", "minu", "maxu"};
constexpr absl::string_view kRoundings[] = {"dyn", "rne", "rtz", "rdn", "rup", "rmm"};
constexpr absl::string_view kHints[] = {"none", "call", "return"};
constexpr absl::string_view kWaysOut[] = {"access", "rounds", "divisor", "table"};
static_assert(std::size(kConds) == kCondCount);
static_assert(std::size(kFpConds) == kFpCondCount);
static_assert(std::size(kAtomicKinds) == kAtomicKindCount);
static_assert(std::size(kWaysOut) == kWayOutCount);

template <typename E, size_t N>
absl::string_view Name(const absl::string_view (&names)[N], E e) {
  const auto i = static_cast<size_t>(e);
  return i < N ? names[i] : "?";
}

}  // namespace

const OpInfo& Info(Op op) { return kOps[static_cast<size_t>(op)]; }
bool HasEffect(Op op, char effect) { return Info(op).effects.find(effect) != absl::string_view::npos; }

absl::string_view TypeName(Type t) { return Name(kTypes, t); }
absl::string_view CondName(Cond c) { return Name(kConds, c); }
absl::string_view FpCondName(FpCond c) { return Name(kFpConds, c); }
absl::string_view AtomicKindName(AtomicKind k) { return Name(kAtomicKinds, k); }
absl::string_view RoundingName(Rounding r) { return Name(kRoundings, r); }
absl::string_view JumpHintName(JumpHint h) { return Name(kHints, h); }
absl::string_view WayOutName(WayOut w) { return Name(kWaysOut, w); }

}  // namespace emu::ir
