#include "backends/x86_64/tables.h"

#include <optional>
#include <vector>

#include "mmu/soft_tlb.h"
#include "translate/ir/facts.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Facts;
using ir::Instr;
using ir::Op;
using ir::Value;

class Indexer {
 public:
  explicit Indexer(ir::Block& block) : block_(block), facts_(block.code.size()) {}

  bool Run() {
    bool any = false;
    for (Instr& i : block_.code) {
      if ((i.op == Op::kLoad || i.op == Op::kStore) && ir::IndexOf(i) == ir::kNoValue) any |= Convert(i);
    }
    return any;
  }

 private:
  bool Convert(Instr& i) {
    const ir::MemOp op = ir::MemOp::Unpack(i.aux);
    const Instr& address = Def(i.args[0]);
    if (op.mmu_context != 0 || op.must_align || op.big_endian || address.op != Op::kAdd) return false;
    const Value a = address.args[0], b = address.args[1];
    return Index(i, a, b) || Index(i, b, a);
  }

  bool Index(Instr& i, Value base, Value index) {
    ir::MemOp op = ir::MemOp::Unpack(i.aux);
    const uint64_t bound = FactsAt(index, 0).max();
    if (Def(index).op == Op::kConst || bound == 0 || bound > mmu::kPageSize - op.size()) return false;
    const Place place = PlaceOf(index, bound);
    const std::optional<Sum> sum = SumOf(base, i.imm + place.row);
    if (!sum) return false;
    i.args[0] = sum->of;
    i.imm = sum->plus;
    i.extra = static_cast<uint32_t>(place.bound);
    op.log2_scale = place.log2_scale;
    i.aux = op.Pack();
    i.args[i.op == Op::kLoad ? 1 : 2] = place.index;
    return true;
  }

  // (index << log2_scale) + row bytes from the table's base, of which the first are `bound` at most.
  struct Place {
    Value index;
    uint8_t log2_scale = 0;
    uint64_t row = 0;
    uint64_t bound;
  };
  Place PlaceOf(Value index, uint64_t bound) {
    Place place{.index = index, .bound = bound};
    const Instr& shift = Def(index);
    if (shift.op == Op::kShl && Def(shift.args[1]).op == Op::kConst && Def(shift.args[1]).imm <= 3) {
      place.log2_scale = static_cast<uint8_t>(Def(shift.args[1]).imm);
      place.index = shift.args[0];
    }
    const std::optional<Sum> sum = SumOf(place.index, 0);
    if (!sum || sum->plus == 0 || sum->plus > bound) return place;
    const uint64_t in_row = FactsAt(sum->of, 0).max();
    if (in_row == 0 || in_row > bound) return place;
    return {sum->of, place.log2_scale, sum->plus << place.log2_scale, in_row << place.log2_scale};
  }

  struct Sum {
    Value of;
    uint64_t plus;
  };
  std::optional<Sum> SumOf(Value v, uint64_t plus) const {
    const Instr& i = Def(v);
    if (i.op == Op::kAdd && Def(i.args[1]).op == Op::kConst) {
      plus += Def(i.args[1]).imm;
      v = i.args[0];
    }
    const bool fits = static_cast<int64_t>(plus) == static_cast<int32_t>(plus);
    return fits ? std::optional(Sum{v, plus}) : std::nullopt;
  }

  // As far as a few steps back tell.
  Facts FactsAt(Value v, unsigned depth) {
    constexpr unsigned kDeepest = 12;
    const Instr& i = Def(v);
    if (facts_[v]) return *facts_[v];
    if (i.op == Op::kConst) return ir::ConstantFacts(i.type, i.imm);
    if (depth == kDeepest || (ir::Info(i.op).effects != "p" && i.op != Op::kLoad)) return ir::NoFacts(i.type);
    const bool looks_back = i.op != Op::kLoad;
    const auto of = [&](unsigned n) {
      return looks_back && i.args[n] != ir::kNoValue ? FactsAt(i.args[n], depth + 1) : Facts{};
    };
    const ir::Type type = looks_back && i.args[0] != ir::kNoValue ? Def(i.args[0]).type : ir::Type::kVoid;
    facts_[v] = ir::FactsOf(i, type, of(0), of(1), of(2));
    return *facts_[v];
  }

  const Instr& Def(Value v) const { return block_.code[v]; }

  ir::Block& block_;
  std::vector<std::optional<Facts>> facts_;
};

}  // namespace

bool IndexTables(ir::Block* block) { return Indexer(*block).Run(); }

}  // namespace emu::backends::x86_64
