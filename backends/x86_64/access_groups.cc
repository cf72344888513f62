#include "backends/x86_64/access_groups.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "mmu/soft_tlb.h"
#include "translate/ir/passes.h"

namespace emu::backends::x86_64 {
namespace {

using ir::Op;

// After these a page may be another one, or they are reached by other ways than past the check.
bool EndsGroups(Op op) { return op == Op::kCall || op == Op::kProbe || op == Op::kLabel; }

// Groups off one base that an access is offered to: a loop may go along several rows of a table at once.
constexpr unsigned kMostOpen = 8;

bool OnOnePage(uint64_t base, int64_t a, int64_t b) {
  return (((base + static_cast<uint64_t>(a)) ^ (base + static_cast<uint64_t>(b))) & mmu::kPageMask) == 0;
}

constexpr size_t kMostEarly = 4;
constexpr unsigned kWorthwhileSets = 4;
constexpr int64_t kFarthest = int64_t{1} << 29;  // from a register: a displacement, also with that of an access

bool IsNear(const ir::Instr& access) { return std::abs(int64_t{static_cast<int32_t>(access.imm)}) < kFarthest; }

bool IsAtomic(Op op) { return op == Op::kAtomicRmw || op == Op::kAtomicCas; }

}  // namespace

std::optional<EntryBase> BaseAtEntry(const ir::Block& block, ir::Value base) {
  int64_t plus = 0;
  if (const ir::Instr& sum = block.code[base]; sum.op == Op::kAdd && block.code[sum.args[1]].op == Op::kConst) {
    plus = static_cast<int64_t>(block.code[sum.args[1]].imm);
    base = sum.args[0];
  }
  if (plus < -kFarthest || plus > kFarthest) return std::nullopt;
  const ir::Instr& get = block.code[base];
  if (get.op != Op::kGet || get.type != ir::Type::kI64) return std::nullopt;
  for (ir::Value n = 0; n < base; ++n) {
    if (block.code[n].op == Op::kSet && block.code[n].imm == get.imm) return std::nullopt;
  }
  return EntryBase{static_cast<unsigned>(get.imm), static_cast<int32_t>(plus)};
}

void AccessGroups::Find(const ir::Block& block, int64_t max_span, bool leaves, bool early) {
  group_of_.assign(block.code.size(), 0);
  for (auto& open : open_) open.assign(block.code.size(), 0);
  groups_.assign(1, {});
  early_.clear();
  oldest_ = 1;
  numbers_ = 0;
  if (max_span == 0) return;
  for (uint32_t n = 0; n < block.code.size(); ++n) {
    const ir::Instr& i = block.code[n];
    if (i.op == Op::kLoad || i.op == Op::kStore) {
      if (leaves || ir::IndexOf(i) == ir::kNoValue) Add(n, block, max_span);
    } else if (EndsGroups(i.op) || (leaves && IsAtomic(i.op))) {
      oldest_ = static_cast<uint32_t>(groups_.size());
    }
  }
  if (leaves && early) FindEarly(block);
  Number();
}

// Accesses that the guest makes for certain once the block is charged for, or else faults at one of them, and what is
// found for them is found in their order. So nothing is found out that the guest does not ask for. They are worth it if
// some registers are written before, or were, before they were found to be sure.
void AccessGroups::FindEarly(const ir::Block& block) {
  uint32_t n = 0;
  while (n < block.code.size() && block.code[n].op != Op::kCharge) ++n;
  unsigned sets = 0;
  size_t certain = 0;
  for (++n; n < block.code.size(); ++n) {
    const ir::Instr& i = block.code[n];
    sets += i.op == Op::kSet;
    if (i.op != Op::kLoad && i.op != Op::kStore) {
      if (ir::Observes(i)) break;
      continue;
    }
    AccessGroup& group = groups_[group_of_[n]];
    if (group_of_[n] != 0 && group.first != n) continue;
    if (group_of_[n] == 0 || early_.size() == kMostEarly || !IsNear(i) || !BaseAtEntry(block, i.args[0])) break;
    early_.push_back(n);
    if (sets >= kWorthwhileSets || ir::MemOp::Unpack(i.aux).sure) certain = early_.size();
  }
  early_.resize(certain);
  for (uint32_t first : early_) groups_[group_of_[first]].early = true;
}

void AccessGroups::Add(uint32_t instr, const ir::Block& block, int64_t max_span) {
  const ir::Instr &i = block.code[instr], &base = block.code[i.args[0]];
  const ir::MemOp op = ir::MemOp::Unpack(i.aux);
  if (op.mmu_context != 0 || op.must_align) return;
  const int64_t begin = static_cast<int32_t>(i.imm), end = begin + i.extra + op.size();
  const bool is_constant = base.op == Op::kConst, indexed = ir::IndexOf(i) != ir::kNoValue;
  if (is_constant && !OnOnePage(base.imm, begin, end - 1)) return;
  if (is_constant || indexed) max_span = mmu::kPageSize;
  uint32_t& open = open_[i.op == Op::kStore][i.args[0]];
  unsigned looked_at = 0;
  for (uint32_t n = open; n >= oldest_ && looked_at < kMostOpen; n = groups_[n].older, ++looked_at) {
    if (is_constant && !OnOnePage(base.imm, groups_[n].begin, begin)) continue;
    if (!Join(groups_[n], begin, end, max_span)) continue;
    groups_[n].indexed |= indexed;
    group_of_[instr] = n;
    return;
  }
  group_of_[instr] = static_cast<uint32_t>(groups_.size());
  groups_.push_back({begin, end, 1, instr, std::exchange(open, group_of_[instr]), indexed});
}

bool AccessGroups::Join(AccessGroup& group, int64_t begin, int64_t end, int64_t max_span) {
  const int64_t first = std::min(group.begin, begin), last = std::max(group.end, end);
  if (last - first > max_span) return false;
  group.begin = first, group.end = last, ++group.accesses;
  return true;
}

void AccessGroups::Number() {
  for (AccessGroup& group : groups_) {
    if ((group.early || group.accesses > 1) && numbers_ < kMaxAccessGroups) group.number = numbers_++;
  }
}

}  // namespace emu::backends::x86_64
