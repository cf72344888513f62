#include "translate/ir/printer.h"

#include "absl/strings/str_cat.h"

namespace emu::ir {
namespace {

bool Has(const OpInfo& info, char field) { return info.fields.find(field) != absl::string_view::npos; }

std::string Hex(uint64_t v) { return absl::StrCat("0x", absl::Hex(v)); }

std::string Constant(Type t, uint64_t v) {
  const auto s = t == Type::kI32 ? static_cast<int32_t>(v) : static_cast<int64_t>(v);
  return IsInt(t) && s > -4096 && s < 4096 ? absl::StrCat(s) : Hex(v);
}

std::string NameOf(absl::Span<const absl::string_view> names, uint64_t number, absl::string_view prefix) {
  return number < names.size() ? std::string(names[number]) : absl::StrCat(prefix, number);
}

unsigned ArgCount(const Instr& i) {
  unsigned n = 0;
  while (n < 3 && i.args[n] != kNoValue) ++n;
  return n;
}

std::string Args(const Instr& i, unsigned from) {
  std::string out;
  for (unsigned n = from; n < ArgCount(i); ++n) absl::StrAppend(&out, n == from ? "" : ", ", "%", i.args[n]);
  return out;
}

std::string Address(const Instr& i) {
  const auto displacement = static_cast<int64_t>(i.imm);
  std::string base = absl::StrCat("[%", i.args[0]);
  if (const Value index = IndexOf(i); index != kNoValue) {
    const unsigned scale = 1u << MemOp::Unpack(i.aux).log2_scale;
    absl::StrAppend(&base, " + %", index, scale == 1 ? "" : absl::StrCat("*", scale));
  }
  if (displacement == 0) return absl::StrCat(base, "]");
  if (displacement > 0) return absl::StrCat(base, " + ", displacement, "]");
  return absl::StrCat(base, " - ", -static_cast<uint64_t>(displacement), "]");
}

// The word after the operation: a condition or a kind.
std::string Word(const OpInfo& info, const Instr& i) {
  if (Has(info, 'c')) {
    const std::string why = Has(info, 'w') ? absl::StrCat(" ", WayOutName(static_cast<WayOut>(i.extra))) : "";
    return absl::StrCat(why, " ", CondName(static_cast<Cond>(i.aux)));
  }
  if (Has(info, 'f')) return absl::StrCat(" ", FpCondName(static_cast<FpCond>(i.aux)));
  if (Has(info, 'k')) return absl::StrCat(" ", AtomicKindName(static_cast<AtomicKind>(i.extra)));
  return "";
}

std::string Operands(const OpInfo& info, const Instr& i, const Names& names) {
  if (Has(info, 'H')) return absl::StrCat(" ", NameOf(names.helpers, i.imm, "h"), "(", Args(i, 0), ")");
  const std::string rest = i.op == Op::kStore  ? absl::StrCat("%", i.args[1])
                           : i.op == Op::kLoad ? ""
                                               : Args(i, Has(info, 'm') ? 1 : 0);
  if (Has(info, 'm')) return rest.empty() ? absl::StrCat(" ", Address(i)) : absl::StrCat(" ", Address(i), ", ", rest);
  if (Has(info, 'I')) return absl::StrCat(" ", Constant(i.type, i.imm));
  if (Has(info, 'R')) {
    return absl::StrCat(" ", NameOf(names.registers, i.imm, "r"), rest.empty() ? "" : ", ", rest);
  }
  return rest.empty() ? "" : absl::StrCat(" ", rest);
}

std::string Destination(const OpInfo& info, const Instr& i) {
  const absl::string_view arrow = info.args.empty() ? " " : " -> ";
  if (Has(info, 'P')) return absl::StrCat(arrow, Hex(i.imm));
  if (Has(info, 'L')) return absl::StrCat(arrow, "L", i.imm);
  return "";
}

std::string MemAttributes(const MemOp& m) {
  std::string out = absl::StrCat(" size=", m.size());
  absl::StrAppend(&out, m.is_signed ? " signed" : "", m.big_endian ? " big" : "", m.must_align ? " align" : "");
  if (m.mmu_context != 0) absl::StrAppend(&out, " ctx=", m.mmu_context);
  if (m.sure) absl::StrAppend(&out, " sure");
  return out;
}

std::string FpAttributes(const FpAux& a) {
  std::string out;
  if (a.rounding != Rounding::kDynamic) absl::StrAppend(&out, " rm=", RoundingName(a.rounding));
  absl::StrAppend(&out, a.is_unsigned ? " unsigned" : "", a.negate_product ? " negprod" : "",
                  a.negate_addend ? " negadd" : "");
  return out;
}

std::string Attributes(const OpInfo& info, const Instr& i) {
  if (Has(info, 'm')) {
    const std::string bound = IndexOf(i) == kNoValue ? "" : absl::StrCat(" bound=", i.extra);
    return absl::StrCat(MemAttributes(MemOp::Unpack(i.aux)), bound);
  }
  if (Has(info, 'r')) return FpAttributes(FpAux::Unpack(i.aux));
  if (Has(info, 'n')) return absl::StrCat(i.op == Op::kCharge ? " insns=" : " refund=", i.extra);
  if (Has(info, 'v')) return absl::StrCat(" id=", i.extra);
  if (Has(info, 'h') && i.aux != 0) return absl::StrCat(" ", JumpHintName(static_cast<JumpHint>(i.aux)));
  return "";
}

}  // namespace

std::string PrintInstr(const Block& block, size_t index, const Names& names) {
  const Instr& i = block.code[index];
  const OpInfo& info = Info(i.op);
  const bool typed = info.result != '-' && i.type != Type::kVoid;
  return absl::StrCat(typed ? absl::StrCat("%", index, " = ") : "", info.name,
                      typed ? absl::StrCat(".", TypeName(i.type)) : "", Word(info, i), Operands(info, i, names),
                      Destination(info, i), Attributes(info, i));
}

std::string Print(const Block& block, const Names& names) {
  std::string out =
      absl::StrCat("block ", Hex(block.pc), " insns=", block.insn_count, " labels=", block.label_count, "\n");
  for (size_t i = 0; i < block.code.size(); ++i) absl::StrAppend(&out, "  ", PrintInstr(block, i, names), "\n");
  return out;
}

}  // namespace emu::ir
