// The translator's intermediate representation: one block is a list of instructions in static single assignment
// form, with one entry, any number of exits, and labels for control flow inside of it. A value is named by the index of
// the instruction that makes it. Values do not live across labels; guest registers do (`get`, `set`).
#ifndef EMU_TRANSLATE_IR_IR_H_
#define EMU_TRANSLATE_IR_IR_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace emu::ir {

enum class Type : uint8_t { kVoid, kI32, kI64, kF32, kF64 };

enum class Op : uint8_t {
#define EMU_IR_OP(name, Enumerator, result, args, fields, effects) k##Enumerator,
#include "translate/ir/ops.def"
#undef EMU_IR_OP
  kCount
};

// A line of ops.def.
struct OpInfo {
  absl::string_view name;
  char result;
  absl::string_view args;
  absl::string_view fields;
  absl::string_view effects;
};
const OpInfo& Info(Op op);
bool HasEffect(Op op, char effect);

// Integer conditions; an odd value is the negation of the even one before it.
enum class Cond : uint8_t { kEq, kNe, kLt, kGe, kLe, kGt, kLtU, kGeU, kLeU, kGtU };
constexpr Cond Negate(Cond c) { return static_cast<Cond>(static_cast<uint8_t>(c) ^ 1); }
constexpr unsigned kCondCount = 10;

// kEq is quiet, kLt and kLe signal invalid on any NaN (IEEE 754-2019, 5.6.1); the *Quiet and *Signal forms are the
// others.
enum class FpCond : uint8_t { kEq, kLt, kLe, kEqSignal, kLtQuiet, kLeQuiet, kUnordered };
constexpr unsigned kFpCondCount = 7;

enum class AtomicKind : uint8_t { kSwap, kAdd, kAnd, kOr, kXor, kMin, kMax, kMinU, kMaxU };
constexpr unsigned kAtomicKindCount = 9;

enum class JumpHint : uint8_t { kNone, kCall, kReturn };
constexpr unsigned kJumpHintCount = 3;

enum class Rounding : uint8_t { kDynamic, kNearestEven, kTowardZero, kDown, kUp, kNearestMaxMagnitude };
constexpr unsigned kRoundingCount = 6;

// Why a block is left for another one with the same guest code: its memory accesses are to be looked at one by one, not
// all of a loop's rounds in it are to be run (rounds.h), a divisor is another one than it was (divisors.h), or a table
// is not all there for accesses with an index.
enum class WayOut : uint8_t { kAccess, kRounds, kDivisor, kTable };
constexpr unsigned kWayOutCount = 4;

// `aux` of floating-point operations.
struct FpAux {
  Rounding rounding = Rounding::kDynamic;
  bool is_unsigned = false;     // integer side of ftoi, itof
  bool negate_product = false;  // fma
  bool negate_addend = false;   // fma
  constexpr uint16_t Pack() const {
    return static_cast<uint16_t>(static_cast<unsigned>(rounding) | is_unsigned << 3 | negate_product << 4 |
                                 negate_addend << 5);
  }
  static constexpr FpAux Unpack(uint16_t v) {
    return {static_cast<Rounding>(v & 7), (v & 8) != 0, (v & 16) != 0, (v & 32) != 0};
  }
};

// `aux` of memory operations.
struct MemOp {
  uint8_t log2_size = 3;   // 0 to 3: 1 to 8 bytes
  bool is_signed = false;  // loads of less than the type's width: sign-extended
  bool big_endian = false;
  bool must_align = false;  // a misaligned address is a guest exception; otherwise the access works anywhere
  uint8_t mmu_context = 0;  // 0: the CPU's current one; others are the target's
  bool sure = false;        // an earlier access of the block has shown that this one goes through: it observes nothing
  uint8_t log2_scale = 0;   // 0 to 3, of the index
  constexpr unsigned size() const { return 1u << log2_size; }
  constexpr uint16_t Pack() const {
    return static_cast<uint16_t>(log2_size | is_signed << 3 | big_endian << 4 | must_align << 5 | mmu_context << 6 |
                                 sure << 9 | log2_scale << 10);
  }
  static constexpr MemOp Unpack(uint16_t v) {
    return {static_cast<uint8_t>(v & 7),
            (v & 8) != 0,
            (v & 16) != 0,
            (v & 32) != 0,
            static_cast<uint8_t>(v >> 6 & 7),
            (v & 512) != 0,
            static_cast<uint8_t>(v >> 10 & 3)};
  }
};

using Value = uint16_t;
inline constexpr Value kNoValue = 0xffff;

struct Instr {
  Op op;
  Type type = Type::kVoid;
  uint16_t aux = 0;
  Value args[3] = {kNoValue, kNoValue, kNoValue};
  uint32_t extra = 0;
  uint64_t imm = 0;
};

// The index of a load or store, or kNoValue.
constexpr Value IndexOf(const Instr& i) {
  return i.op == Op::kLoad ? i.args[1] : i.op == Op::kStore ? i.args[2] : kNoValue;
}

// A translated piece of guest code. `pc` is where it begins; `insn_count` guest instructions are in it.
struct Block {
  uint64_t pc = 0;
  uint32_t insn_count = 0;
  uint16_t label_count = 0;
  bool loops = false;  // comes by its beginning again
  std::vector<Instr> code;
};
inline constexpr unsigned kMaxInstrs = 0xfff0;  // values are 16-bit numbers

absl::string_view TypeName(Type t);
absl::string_view CondName(Cond c);
absl::string_view FpCondName(FpCond c);
absl::string_view AtomicKindName(AtomicKind k);
absl::string_view RoundingName(Rounding r);
absl::string_view JumpHintName(JumpHint h);
absl::string_view WayOutName(WayOut w);

constexpr bool IsInt(Type t) { return t == Type::kI32 || t == Type::kI64; }
constexpr bool IsFloat(Type t) { return t == Type::kF32 || t == Type::kF64; }
constexpr unsigned TypeBits(Type t) { return t == Type::kI32 || t == Type::kF32 ? 32 : t == Type::kVoid ? 0 : 64; }

}  // namespace emu::ir

#endif  // EMU_TRANSLATE_IR_IR_H_
