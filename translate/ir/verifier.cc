#include "translate/ir/verifier.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "translate/ir/builder.h"
#include "translate/ir/printer.h"

namespace emu::ir {
namespace {

bool Has(const OpInfo& info, char field) { return info.fields.find(field) != absl::string_view::npos; }

class Verifier {
 public:
  Verifier(const Block& block, const VerifyOptions& options) : block_(block), options_(options) {}
  absl::Status Run();

 private:
  void Check(bool ok, absl::string_view rule) {
    if (!ok && status_.ok()) {
      const std::string at = index_ < block_.code.size() ? PrintInstr(block_, index_) : "the end";
      status_ = absl::InvalidArgumentError(absl::StrCat("instruction ", index_, " (", at, "): ", rule));
    }
  }
  Type ArgType(unsigned n) const { return block_.code[I().args[n]].type; }
  const Instr& I() const { return block_.code[index_]; }

  void Instruction();
  void Place();
  void Arguments();
  void CheckArgument(unsigned n);
  void ArgumentType(unsigned n, char letter);
  void ResultType();
  void Conversion();
  void Fields();
  void Immediate(const OpInfo& info);
  void Aux(const OpInfo& info);
  void Extra(const OpInfo& info);
  void Memory();
  void Register();
  void Label();
  void Labels();
  void Counts();

  const Block& block_;
  const VerifyOptions& options_;
  absl::Status status_;
  size_t index_ = 0;
  size_t first_visible_ = 0;  // values before it lie behind a label
  bool charged_ = false;
  bool in_insn_ = false;
  std::vector<bool> defined_, used_;  // labels
};

absl::Status Verifier::Run() {
  Check(!block_.code.empty() && block_.code.size() <= kMaxInstrs, "a block has 1 to kMaxInstrs instructions");
  defined_.resize(block_.label_count);
  used_.resize(block_.label_count);
  for (index_ = 0; index_ < block_.code.size() && status_.ok(); ++index_) {
    Check(I().op < Op::kCount, "unknown operation");
    if (status_.ok()) Instruction();
  }
  if (status_.ok()) Labels();
  if (status_.ok()) Counts();
  return status_;
}

void Verifier::Instruction() {
  Place();
  Arguments();
  if (!status_.ok()) return;  // what follows looks at the arguments
  ResultType();
  Conversion();
  Fields();
}

void Verifier::Place() {
  const bool last = index_ + 1 == block_.code.size();
  Check(HasEffect(I().op, 'e') == last, "the last operation, and only that, ends the block");
  if (I().op == Op::kGuard) return Check(!in_insn_, "a guard must come before the first insn");
  if (I().op == Op::kCharge) charged_ = true;
  Check(I().op != Op::kLeaveIf || !charged_, "must come before the charge");
  const bool asks = I().op == Op::kLeaveIf || Info(I().op).effects == "p" || I().op == Op::kGet;
  Check(charged_ || (asks && I().op != Op::kInsn), "a charge must come first");
  if (I().op == Op::kInsn) in_insn_ = true;
  Check(in_insn_ || !(HasEffect(I().op, 'm') || I().op == Op::kRaise), "needs an insn before it");
}

void Verifier::Arguments() {
  const OpInfo& info = Info(I().op);
  bool ended = false;
  for (unsigned n = 0; n < 3; ++n) {
    const char letter = n < info.args.size() ? info.args[n] : '-';
    const bool given = I().args[n] != kNoValue;
    Check(!(given && ended), "an argument after one that is missing");
    ended = !given;
    Check(letter == '?' || letter == 'i' || given == (letter != '-'), "wrong number of arguments");
    if (given && status_.ok()) CheckArgument(n);
    if (given && status_.ok()) ArgumentType(n, letter);
  }
}

void Verifier::CheckArgument(unsigned n) {
  const Value v = I().args[n];
  Check(v < index_, "an argument is not defined above");
  if (!status_.ok()) return;
  Check(block_.code[v].type != Type::kVoid && Info(block_.code[v].op).result != '-', "an argument has no value");
  Check(v >= first_visible_, "an argument is defined before a label");
}

void Verifier::ArgumentType(unsigned n, char letter) {
  const Type t = ArgType(n);
  switch (letter) {
    case 'T':
    case 'F':
    case 'X':
      return Check(t == I().type, "an argument is not of the instruction's type");
    case 'n': {
      Check(IsInt(t), "an argument must be an integer");
      const bool pair = Info(I().op).args.substr(0, 2) == "nn";
      return Check(!pair || n == 0 || t == ArgType(0), "arguments must be of one type");
    }
    case 'f':
      Check(IsFloat(t), "an argument must be floating-point");
      return Check(n == 0 || t == ArgType(0), "arguments must be of one type");
    case 'a':
    case 'i':
    case '?':
      return Check(t == Type::kI64, "an argument must be an i64");
    default:
      return;
  }
}

void Verifier::ResultType() {
  const Type t = I().type;
  switch (Info(I().op).result) {
    case 'T':
      return Check(IsInt(t), "the type must be an integer");
    case 'F':
      return Check(IsFloat(t), "the type must be floating-point");
    case 'X':
      return Check(t <= Type::kF64 && (t != Type::kVoid || I().op == Op::kCall), "the type must not be void");
    default:
      break;
  }
  const bool has_type = I().op == Op::kSet || I().op == Op::kStore;
  Check(has_type || t == Type::kVoid, "the type must be void");
}

void Verifier::Conversion() {
  const Type to = I().type;
  switch (I().op) {
    case Op::kTrunc:
      return Check(to == Type::kI32 && ArgType(0) == Type::kI64, "trunc is from i64 to i32");
    case Op::kSExt:
    case Op::kZExt:
      return Check(to == Type::kI64 && ArgType(0) == Type::kI32, "extension is from i32 to i64");
    case Op::kFCvt:
      return Check(to != ArgType(0), "fcvt must change the type");
    case Op::kFBox:
      return Check(to == Type::kF64 && ArgType(0) == Type::kF32, "fbox is from f32 to f64");
    case Op::kFUnbox:
      return Check(to == Type::kF32 && ArgType(0) == Type::kF64, "funbox is from f64 to f32");
    case Op::kBitCast:
      return Check(TypeBits(to) == TypeBits(ArgType(0)), "bitcast must keep the width");
    default:
      return;
  }
}

void Verifier::Fields() {
  const OpInfo& info = Info(I().op);
  Immediate(info);
  Aux(info);
  Extra(info);
  if (Has(info, 'm')) Memory();
  if (Has(info, 'R')) Register();
  if (Has(info, 'L')) Label();
  if (Has(info, 'H')) {
    Check(!options_.helper_count || I().imm < *options_.helper_count, "no such helper");
  }
}

void Verifier::Immediate(const OpInfo& info) {
  if (Has(info, 'I')) Check(TypeBits(I().type) == 64 || I().imm >> 32 == 0, "a 32-bit constant with bits above");
  const bool any =
      Has(info, 'R') || Has(info, 'I') || Has(info, 'P') || Has(info, 'D') || Has(info, 'L') || Has(info, 'H');
  Check(any || I().imm == 0, "imm must be zero");
}

void Verifier::Aux(const OpInfo& info) {
  const uint16_t aux = I().aux;
  if (Has(info, 'c')) return Check(aux < kCondCount, "no such condition");
  if (Has(info, 'f')) return Check(aux < kFpCondCount, "no such floating-point condition");
  if (Has(info, 'm')) return Check(MemOp::Unpack(aux).Pack() == aux && MemOp::Unpack(aux).log2_size <= 3, "bad MemOp");
  if (Has(info, 'h')) return Check(aux < kJumpHintCount, "no such hint");
  if (!Has(info, 'r')) return Check(aux == 0, "aux must be zero");
  const FpAux fp = FpAux::Unpack(aux);
  Check(fp.Pack() == aux && static_cast<unsigned>(fp.rounding) < kRoundingCount, "bad FpAux");
  Check(!fp.is_unsigned || I().op == Op::kFToI || I().op == Op::kIToF, "only ftoi and itof can be unsigned");
  Check(!(fp.negate_product || fp.negate_addend) || I().op == Op::kFMulAdd, "only fma negates");
}

void Verifier::Extra(const OpInfo& info) {
  if (Has(info, 'k')) return Check(I().extra < kAtomicKindCount, "no such atomic operation");
  if (Has(info, 'b')) {
    const bool indexed = IndexOf(I()) != kNoValue;
    return Check(indexed == (I().extra != 0) && (indexed || MemOp::Unpack(I().aux).log2_scale == 0),
                 "an index needs a bound, and nothing else has one");
  }
  if (Has(info, 'w')) return Check(I().extra < kWayOutCount, "no such way out");
  Check(Has(info, 'n') || Has(info, 'v') || I().extra == 0, "extra must be zero");
}

void Verifier::Memory() {
  const unsigned bits = MemOp::Unpack(I().aux).size() * 8;
  Check(bits <= TypeBits(I().type), "the access is wider than the type");
  Check(IsInt(I().type) || bits == TypeBits(I().type), "the access is narrower than the floating-point type");
}

void Verifier::Register() {
  if (options_.registers.empty()) return;
  Check(I().imm < options_.registers.size(), "no such register");
  if (!status_.ok()) return;
  Check(TypeBits(options_.registers[I().imm]) == TypeBits(I().type), "the register has another width");
}

void Verifier::Label() {
  Check(I().imm < block_.label_count, "no such label");
  if (!status_.ok()) return;
  if (I().op != Op::kLabel) {
    used_[I().imm] = true;
    return;
  }
  Check(!defined_[I().imm], "the label is defined twice");
  defined_[I().imm] = true;
  first_visible_ = index_ + 1;
}

void Verifier::Labels() {
  for (size_t i = 0; i < used_.size(); ++i) {
    Check(!used_[i] || defined_[i], absl::StrCat("label L", i, " is used but not defined"));
  }
}

void Verifier::Counts() {
  Block counted = block_;
  CountInsns(counted);
  Check(counted.insn_count == block_.insn_count, absl::StrCat("insn_count must be ", counted.insn_count));
  for (index_ = 0; index_ < block_.code.size() && status_.ok(); ++index_) {
    Check(I().extra == counted.code[index_].extra, absl::StrCat("the count must be ", counted.code[index_].extra));
  }
}

}  // namespace

absl::Status Verify(const Block& block, const VerifyOptions& options) { return Verifier(block, options).Run(); }

}  // namespace emu::ir
