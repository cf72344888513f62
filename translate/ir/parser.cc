#include "translate/ir/parser.h"

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "translate/ir/builder.h"

namespace emu::ir {
namespace {

bool IsWordChar(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool Has(const OpInfo& info, char field) { return info.fields.find(field) != absl::string_view::npos; }

// One line. The first thing that does not fit is kept as the error; everything after it gives empty results.
class Cursor {
 public:
  Cursor(absl::string_view text, size_t line) : text_(text), line_(line) {}

  bool AtEnd() { return Skip().empty() || !status_.ok(); }
  bool Accept(absl::string_view token) {
    if (!status_.ok() || Skip().substr(0, token.size()) != token) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  void Expect(absl::string_view token) {
    if (!Accept(token)) Fail(absl::StrCat("'", token, "'"));
  }
  absl::string_view Word() {
    Skip();
    size_t n = 0;
    while (n < text_.size() && IsWordChar(text_[n])) ++n;
    const absl::string_view word = text_.substr(0, n);
    text_.remove_prefix(n);
    return word;
  }
  absl::string_view ExpectWord(absl::string_view what) {
    const absl::string_view at = Skip(), word = Word();
    if (word.empty()) FailAt(at, what);
    return word;
  }
  uint64_t Number() {
    const absl::string_view at = Skip();
    const bool negative = Accept("-");
    const absl::string_view digits = Word();
    uint64_t v = 0;
    const bool hex = digits.substr(0, 2) == "0x";
    const bool ok = hex ? absl::SimpleHexAtoi(digits, &v) : absl::SimpleAtoi(digits, &v);
    if (!ok) FailAt(at, "a number");
    return negative ? -v : v;
  }
  // One of `count` names, as its number.
  template <typename E>
  uint16_t OneOf(absl::string_view what, unsigned count, absl::string_view (*name)(E)) {
    const absl::string_view at = Skip(), word = Word();
    for (unsigned i = 0; i < count; ++i) {
      if (name(static_cast<E>(i)) == word) return static_cast<uint16_t>(i);
    }
    FailAt(at, what);
    return 0;
  }
  void Fail(absl::string_view expected) { FailAt(Skip(), expected); }
  void FailAt(absl::string_view at, absl::string_view expected) {
    if (!status_.ok()) return;
    const std::string found = at.empty() ? "the end of the line" : absl::StrCat("'", at.substr(0, 24), "'");
    status_ = absl::InvalidArgumentError(absl::StrCat("line ", line_, ": expected ", expected, ", found ", found));
  }
  absl::string_view Skip() { return text_ = absl::StripLeadingAsciiWhitespace(text_); }
  const absl::Status& status() const { return status_; }

 private:
  absl::string_view text_;
  size_t line_;
  absl::Status status_;
};

class Parser {
 public:
  explicit Parser(const Names& names) : names_(names) {}
  absl::StatusOr<Block> Run(absl::string_view text);

 private:
  void Header(Cursor& c);
  void Line(Cursor& c);
  void Operation(Cursor& c, Instr& i, bool has_result);
  void Operands(Cursor& c, const OpInfo& info, Instr& i);
  void Arguments(Cursor& c, Instr& i, unsigned from, unsigned count);
  void Call(Cursor& c, Instr& i);
  void Address(Cursor& c, Instr& i);
  void Index(Cursor& c, Instr& i);
  void Displacement(Cursor& c, Instr& i, bool adds);
  void Destination(Cursor& c, const OpInfo& info, Instr& i);
  void Attributes(Cursor& c, const OpInfo& info, Instr& i);
  bool MemAttribute(Cursor& c, absl::string_view word, Instr& i);
  bool FpAttribute(Cursor& c, absl::string_view word, Instr& i);
  bool CountAttribute(Cursor& c, absl::string_view word, const OpInfo& info, Instr& i);
  Value Use(Cursor& c);
  uint64_t Lookup(Cursor& c, absl::string_view what, absl::Span<const absl::string_view> names, char prefix);

  const Names& names_;
  Block block_;
  absl::flat_hash_map<std::string, Value> values_;
  bool in_block_ = false;
  bool must_count_ = false;
  bool labels_given_ = false;
};

absl::StatusOr<Block> Parser::Run(absl::string_view text) {
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    Cursor c(line.substr(0, line.find(';')), ++number);
    if (c.AtEnd()) continue;
    in_block_ ? Line(c) : Header(c);
    if (!c.AtEnd()) c.Fail("the end of the line");
    if (!c.status().ok()) return c.status();
  }
  if (!in_block_)
    return absl::InvalidArgumentError(absl::StrCat("line ", number, ": expected 'block <pc>', found the end"));
  if (must_count_) CountInsns(block_);
  return std::move(block_);
}

void Parser::Header(Cursor& c) {
  in_block_ = true;
  c.Expect("block");
  block_.pc = c.Number();
  must_count_ = !c.Accept("insns=");
  if (!must_count_) block_.insn_count = static_cast<uint32_t>(c.Number());
  labels_given_ = c.Accept("labels=");
  if (labels_given_) block_.label_count = static_cast<uint16_t>(c.Number());
}

void Parser::Line(Cursor& c) {
  if (block_.code.size() >= kMaxInstrs) return c.Fail(absl::StrCat("at most ", kMaxInstrs, " instructions"));
  std::string name;
  const bool has_result = c.Accept("%");
  if (has_result) {
    name = std::string(c.ExpectWord("the name of a value"));
    c.Expect("=");
  }
  Instr i{Op::kConst};
  Operation(c, i, has_result);
  const auto number = static_cast<Value>(block_.code.size());
  if (has_result && !values_.emplace(name, number).second) c.Fail(absl::StrCat("a new value, not %", name, " again"));
  block_.code.push_back(i);
}

void Parser::Operation(Cursor& c, Instr& i, bool has_result) {
  const auto name_of = [](Op op) { return Info(op).name; };
  i.op = static_cast<Op>(c.OneOf<Op>("an operation", static_cast<unsigned>(Op::kCount), name_of));
  const OpInfo& info = Info(i.op);
  if (has_result && info.result == '-') return c.Fail(absl::StrCat("an operation with a result, not ", info.name));
  if (!has_result && info.result != '-' && i.op != Op::kCall) {
    return c.Fail(absl::StrCat("'%name = ' before ", info.name));
  }
  if (has_result) {
    c.Expect(".");
    i.type = static_cast<Type>(c.OneOf<Type>("a type (i32, i64, f32, f64)", 5, TypeName));
  }
  Operands(c, info, i);
  Destination(c, info, i);
  if (Has(info, 'm')) {  // before the attributes, which may say otherwise
    const bool of_argument = i.op == Op::kStore && i.args[1] < block_.code.size();
    if (of_argument) i.type = block_.code[i.args[1]].type;
    MemOp m{.log2_size = static_cast<uint8_t>(TypeBits(i.type) == 32 ? 2 : 3)};
    m.log2_scale = MemOp::Unpack(i.aux).log2_scale;
    i.aux = m.Pack();
  }
  Attributes(c, info, i);
}

void Parser::Operands(Cursor& c, const OpInfo& info, Instr& i) {
  if (Has(info, 'w')) i.extra = static_cast<uint32_t>(c.OneOf("a way out", kWayOutCount, WayOutName));
  if (Has(info, 'c')) i.aux = c.OneOf("a condition", kCondCount, CondName);
  if (Has(info, 'f')) i.aux = c.OneOf("a floating-point condition", kFpCondCount, FpCondName);
  if (Has(info, 'k')) i.extra = c.OneOf("an atomic operation", kAtomicKindCount, AtomicKindName);
  if (Has(info, 'H')) return Call(c, i);
  const absl::string_view args = absl::StripSuffix(info.args, "i");  // what may be missing is part of the address
  const auto count = static_cast<unsigned>(args.size());
  if (Has(info, 'I')) i.imm = c.Number() & (TypeBits(i.type) == 32 ? 0xffffffffu : ~uint64_t{0});
  if (Has(info, 'R')) {
    i.imm = Lookup(c, "a register", names_.registers, 'r');
    if (count != 0) c.Expect(",");
  }
  if (Has(info, 'm')) {
    Address(c, i);
    if (count > 1) c.Expect(",");
    return Arguments(c, i, 1, count);
  }
  Arguments(c, i, 0, count);
  if (i.op == Op::kSet && i.args[0] < block_.code.size()) i.type = block_.code[i.args[0]].type;
}

void Parser::Arguments(Cursor& c, Instr& i, unsigned from, unsigned count) {
  for (unsigned n = from; n < count; ++n) {
    if (n != from) c.Expect(",");
    i.args[n] = Use(c);
  }
}

void Parser::Call(Cursor& c, Instr& i) {
  i.imm = Lookup(c, "a helper", names_.helpers, 'h');
  c.Expect("(");
  for (unsigned n = 0; !c.Accept(")"); ++n) {
    if (n == 3) return c.Fail("at most three arguments");
    if (n != 0) c.Expect(",");
    i.args[n] = Use(c);
    if (!c.status().ok()) return;
  }
}

void Parser::Address(Cursor& c, Instr& i) {
  c.Expect("[");
  i.args[0] = Use(c);
  if (!Has(Info(i.op), 'D')) return c.Expect("]");
  const bool adds = c.Accept("+");
  if (adds && c.Skip().substr(0, 1) == "%") return Index(c, i);
  Displacement(c, i, adds);
}

void Parser::Index(Cursor& c, Instr& i) {
  i.args[i.op == Op::kStore ? 2 : 1] = Use(c);
  if (c.Accept("*")) {
    const absl::string_view at = c.Skip();
    const uint64_t scale = c.Number();
    if (scale != 1 && scale != 2 && scale != 4 && scale != 8) c.FailAt(at, "1, 2, 4 or 8");
    MemOp m;
    m.log2_scale = static_cast<uint8_t>(std::countr_zero(scale | 8) & 3);
    i.aux = m.Pack();
  }
  Displacement(c, i, c.Accept("+"));
}

void Parser::Displacement(Cursor& c, Instr& i, bool adds) {
  if (adds) {
    i.imm = c.Number();
  } else if (c.Accept("-")) {
    i.imm = -c.Number();
  }
  c.Expect("]");
}

void Parser::Destination(Cursor& c, const OpInfo& info, Instr& i) {
  if (!Has(info, 'P') && !Has(info, 'L')) return;
  if (!info.args.empty()) c.Expect("->");
  if (Has(info, 'P')) {
    i.imm = c.Number();
    return;
  }
  c.Expect("L");
  i.imm = c.Number();
  if (!labels_given_ && i.imm >= block_.label_count) block_.label_count = static_cast<uint16_t>(i.imm + 1);
}

void Parser::Attributes(Cursor& c, const OpInfo& info, Instr& i) {
  bool counted = false;
  while (!c.AtEnd()) {
    const absl::string_view at = c.Skip(), word = c.Word();
    if (Has(info, 'm') && MemAttribute(c, word, i)) continue;
    if (Has(info, 'r') && FpAttribute(c, word, i)) continue;
    if (CountAttribute(c, word, info, i)) {
      counted = true;
      continue;
    }
    if (Has(info, 'h') && (word == "call" || word == "return")) {
      i.aux = static_cast<uint16_t>(word == "call" ? JumpHint::kCall : JumpHint::kReturn);
      continue;
    }
    return c.FailAt(at, absl::StrCat("an attribute of ", info.name, " or the end of the line"));
  }
  if (Has(info, 'n') && !counted) must_count_ = true;
}

bool Parser::MemAttribute(Cursor& c, absl::string_view word, Instr& i) {
  MemOp m = MemOp::Unpack(i.aux);
  if (word == "size") {
    c.Expect("=");
    const absl::string_view at = c.Skip();
    const uint64_t size = c.Number();
    if (size != 1 && size != 2 && size != 4 && size != 8) c.FailAt(at, "a size of 1, 2, 4 or 8");
    m.log2_size = static_cast<uint8_t>(size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3);
  } else if (word == "ctx") {
    c.Expect("=");
    m.mmu_context = static_cast<uint8_t>(c.Number() & 7);
  } else if (word == "signed") {
    m.is_signed = true;
  } else if (word == "big") {
    m.big_endian = true;
  } else if (word == "align") {
    m.must_align = true;
  } else if (word == "bound") {
    c.Expect("=");
    i.extra = static_cast<uint32_t>(c.Number());
  } else if (word == "sure") {
    m.sure = true;
  } else {
    return false;
  }
  i.aux = m.Pack();
  return true;
}

bool Parser::FpAttribute(Cursor& c, absl::string_view word, Instr& i) {
  FpAux a = FpAux::Unpack(i.aux);
  if (word == "rm") {
    c.Expect("=");
    a.rounding = static_cast<Rounding>(c.OneOf("a rounding mode", kRoundingCount, RoundingName));
  } else if (word == "unsigned") {
    a.is_unsigned = true;
  } else if (word == "negprod") {
    a.negate_product = true;
  } else if (word == "negadd") {
    a.negate_addend = true;
  } else {
    return false;
  }
  i.aux = a.Pack();
  return true;
}

bool Parser::CountAttribute(Cursor& c, absl::string_view word, const OpInfo& info, Instr& i) {
  const absl::string_view expected = Has(info, 'v') ? "id" : i.op == Op::kCharge ? "insns" : "refund";
  if ((!Has(info, 'n') && !Has(info, 'v')) || word != expected) return false;
  c.Expect("=");
  i.extra = static_cast<uint32_t>(c.Number());
  return true;
}

Value Parser::Use(Cursor& c) {
  const absl::string_view at = c.Skip();
  c.Expect("%");
  const auto it = values_.find(std::string(c.Word()));
  if (it != values_.end()) return it->second;
  c.FailAt(at, "a value defined above");
  return kNoValue;
}

uint64_t Parser::Lookup(Cursor& c, absl::string_view what, absl::Span<const absl::string_view> names, char prefix) {
  const absl::string_view at = c.Skip(), word = c.Word();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == word) return i;
  }
  uint64_t number = 0;
  if (!word.empty() && word[0] == prefix && absl::SimpleAtoi(word.substr(1), &number)) return number;
  c.FailAt(at, what);
  return 0;
}

}  // namespace

absl::StatusOr<Block> Parse(absl::string_view text, const Names& names) { return Parser(names).Run(text); }

}  // namespace emu::ir
