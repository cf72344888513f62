// The slow path of guest memory accesses: everything that is not a hit in the soft TLB. All accesses that generated
// code cannot make by itself come through here; an AccessWatch makes those that it wants come here too.
#include <cstring>

#include "translate/engine/cpu_watching.h"
#include "translate/ir/eval.h"

namespace emu::translate {
namespace {

using memory::Gpa;
using memory::Gva;

uint64_t Cut(uint64_t value, unsigned size) { return value << (64 - 8 * size) >> (64 - 8 * size); }

// A value of `op`'s size, extended to 64 bits as the operation says.
uint64_t Extend(uint64_t value, ir::MemOp op) {
  return op.is_signed ? static_cast<uint64_t>(ir::SignExtend(value, 8 * op.size())) : Cut(value, op.size());
}

uint64_t Swap(uint64_t value, unsigned size) { return __builtin_bswap64(value) >> (64 - 8 * size); }

// One access of the host, whole when aligned.
uint64_t ReadHost(const uint8_t* p, unsigned size) {
  uint64_t value = 0;
  switch (size) {
    case 1:
      return *p;
    case 2: {
      uint16_t v;
      std::memcpy(&v, p, 2);
      return v;
    }
    case 4: {
      uint32_t v;
      std::memcpy(&v, p, 4);
      return v;
    }
    default:
      std::memcpy(&value, p, 8);
      return value;
  }
}

void WriteHost(uint8_t* p, unsigned size, uint64_t value) {
  switch (size) {
    case 1:
      *p = static_cast<uint8_t>(value);
      return;
    case 2: {
      const uint16_t v = static_cast<uint16_t>(value);
      std::memcpy(p, &v, 2);
      return;
    }
    case 4: {
      const uint32_t v = static_cast<uint32_t>(value);
      std::memcpy(p, &v, 4);
      return;
    }
    default:
      std::memcpy(p, &value, 8);
  }
}

// Atomic with respect to other host threads; the caller has checked the alignment.
template <typename T>
bool CompareExchange(uint8_t* p, uint64_t* expected, uint64_t desired) {
  T e = static_cast<T>(*expected);
  const bool done = __atomic_compare_exchange_n(reinterpret_cast<T*>(p), &e, static_cast<T>(desired), false,
                                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  *expected = e;
  return done;
}

bool CompareExchangeHost(uint8_t* p, unsigned size, uint64_t* expected, uint64_t desired) {
  switch (size) {
    case 1:
      return CompareExchange<uint8_t>(p, expected, desired);
    case 2:
      return CompareExchange<uint16_t>(p, expected, desired);
    case 4:
      return CompareExchange<uint32_t>(p, expected, desired);
    default:
      return CompareExchange<uint64_t>(p, expected, desired);
  }
}

}  // namespace

bool Cpu::Fail(MemFault::Kind kind, Access access, uint64_t gva) {
  pending_fault_ = {kind, access, 0, Gva(gva)};
  return false;
}

// A hit that generated code leaves to the slow path.
bool Cpu::Cached(uint64_t gva, Access access, Place* place) {
  mmu::TlbTable& table = access == Access::kRead ? context_->read : context_->write;
  const mmu::TlbEntry e = table.entry(gva);
  if ((e.tag & ~mmu::kSlowTag) != (gva & mmu::kPageMask)) return false;
  place->host = reinterpret_cast<uint8_t*>(gva + e.addend);
  place->gpa = Gpa(table.physical(gva) | (gva & ~mmu::kPageMask));
  place->may_be_code = (e.tag & mmu::kSlowTag) != 0;
  ++tlb_counters_.hits;
  return true;
}

bool Cpu::Translate(uint64_t gva, unsigned size, Access access, unsigned context, PageMapping* mapping) {
  const bool ok = target_.Translate(state_, Gva(gva), size, access, context, false, mapping, &pending_fault_);
  ++tlb_counters_.misses;
  if (!ok) ++tlb_counters_.refused;
  if (mmu_observer_ != nullptr) [[unlikely]]
    ok ? mmu_observer_->OnTranslate(Gva(gva), access, *mapping) : mmu_observer_->OnRefuse(pending_fault_);
  return ok;
}

bool Cpu::Resolve(uint64_t gva, unsigned size, Access access, unsigned context, Place* place) {
  if (context == 0 && Cached(gva, access, place)) return true;
  PageMapping mapping;
  if (!Translate(gva, size, access, context, &mapping)) return false;
  return Find(gva, access, mapping, context == 0, place);
}

bool Cpu::Find(uint64_t gva, Access access, const PageMapping& mapping, bool fill, Place* place) {
  const memory::FlatRange* range = memory_.Find(mapping.gpa);
  if (range == nullptr) return Fail(MemFault::Kind::kBus, access, gva);
  place->gpa = mapping.gpa;
  place->host = nullptr;
  const bool direct = access == Access::kWrite ? range->direct_writes() : range->host != nullptr;
  if (!direct) return true;
  place->host = range->HostAt(mapping.gpa);
  place->may_be_code = true;
  if (range->dirty_clients != 0) place->logged = range;
  if (fill) {
    Fill(gva, access, mapping, *range, place);
    slots_.PutIn(*context_, gva);
  }
  return true;
}

// The table that missed takes the page. So does the other one, which is likely to be asked next, but it throws no other
// page out for that: a copy between places that share an entry would miss with every access.
void Cpu::Fill(uint64_t gva, Access access, const PageMapping& mapping, const memory::FlatRange& range, Place* place) {
  const Gpa first(mapping.gpa.value & mmu::kPageMask), last(mapping.gpa.value | ~mmu::kPageMask);
  if (!mapping.cacheable || !range.Contains(first) || !range.Contains(last)) return;
  const uint64_t host = reinterpret_cast<uint64_t>(range.HostAt(first));
  if ((host & ~mmu::kPageMask) != 0) return;
  if (mapping.log2_size > mmu::kPageBits) context_->NoteLargePage(gva, mapping.log2_size);
  if (mapping.read && (access == Access::kRead || context_->read.HasRoom(gva))) {
    const bool wanted = Wanted(gva, first, range, Access::kRead);
    context_->read.Fill(gva, host, first.value, wanted ? mmu::kSlowTag : 0);
    if (access == Access::kRead) place->watched = wanted;
  }
  if (!mapping.write || !range.direct_writes() || range.dirty_clients != 0) return;
  if (access != Access::kWrite && !context_->write.HasRoom(gva)) return;
  const bool wanted = Wanted(gva, first, range, Access::kWrite);
  context_->write.Fill(gva, host, first.value, wanted || code_->HasCode(range.HostAt(first)) ? mmu::kSlowTag : 0);
  if (access == Access::kWrite) place->watched = wanted;
}

// True if the access can go on: `split` says that it crosses a page.
bool Cpu::Misaligned(uint64_t gva, ir::MemOp op, Access access, bool* split) {
  *split = false;
  if ((gva & (op.size() - 1)) == 0) return true;
  if (op.must_align) return Fail(MemFault::Kind::kMisaligned, access, gva);
  *split = ((gva ^ (gva + op.size() - 1)) & mmu::kPageMask) != 0;
  return true;
}

bool Cpu::LoadPlain(uint64_t gva, unsigned size, const Place& place, uint64_t* value) {
  if (place.host != nullptr) {
    *value = ReadHost(place.host, size);
    return true;
  }
  const memory::MemValue read = memory_.Load(place.gpa, size, Attrs(), memory::Endian::kLittle);
  *value = read.value;
  return read.status == memory::MemStatus::kOk || Fail(MemFault::Kind::kBus, Access::kRead, gva);
}

MemResult Cpu::Load(uint64_t gva, ir::MemOp op) {
  bool split;
  if (!Misaligned(gva, op, Access::kRead, &split)) return {0, 1};
  if (split) return LoadSplit(gva, op);
  Place place;
  uint64_t value;
  if (!Resolve(gva, op.size(), Access::kRead, op.mmu_context, &place)) return {0, 1};
  Watching watching(*this, AccessType::kRead, gva, op.size(), place);
  if (watching.Stops()) return {0, 1};
  if (!LoadPlain(gva, op.size(), place, &value)) return {0, 1};
  if (op.big_endian) value = Swap(value, op.size());
  watching.Made(value);
  return {Extend(value, op), 0};
}

// What the access would find out by itself, without it. Nothing is walked that is walked once more if the block is
// left.
uint64_t Cpu::FindAddend(uint64_t gva, const BytesWanted& wanted) {
  const Access access = wanted.write ? Access::kWrite : Access::kRead;
  const uint64_t* const table = (wanted.write ? context_->write : context_->read).table();
  const uint64_t begin = gva - wanted.before;
  state_.site = 0;  // no instruction is in the middle of anything
  if (mmu_observer_ == nullptr && wanted.size != 0 && ((gva ^ (gva + wanted.size - 1)) & mmu::kPageMask) == 0) {
    const auto has_page = [&] { return mmu::ProbeTlb(table, gva, wanted.size, false) != 0; };
    Place place;
    if (!has_page() && (!Resolve(gva, wanted.size, access, 0, &place) || !has_page())) return 0;
  }
  const uint64_t forgotten = slots_.times_forgotten();
  if (wanted.slot != kNoSlot) {
    Refill(wanted.slot, begin);
    if (slots_.times_forgotten() != forgotten) return 0;  // others may have used windows that show something else now
    if (const uint64_t addend = slots_.Ask(wanted.slot, begin); addend != 0) return addend;
    if (slots_.IsFixed(wanted.slot)) return 0;
  }
  const uint64_t host = mmu::ProbeTlb(table, begin, wanted.span, false);
  return host == 0 ? 0 : host - begin;
}

void Cpu::Refill(uint32_t slot, uint64_t gva) {
  const auto share = [this](uint64_t physical) {
    const memory::FlatRange* range = memory_.Find(Gpa(physical));
    return range != nullptr && range->block != nullptr &&
           range->block->Share(range->BlockOffsetAt(Gpa(physical)), mmu::kPageSize);
  };
  const auto take_out = [this] { contexts_.ForEach([this](Context& c) { slots_.TakeOut(c); }); };
  if (!slots_.Fill(slot, gva, *context_, InsnCount(), {share, take_out})) code_->GiveUpSlot(slot);
}

// Both pages must allow the access before anything happens.
bool Cpu::ResolveSplit(uint64_t gva, ir::MemOp op, Access access, Place* first, Place* second) {
  const uint64_t boundary = (gva + op.size() - 1) & mmu::kPageMask;
  first->length = static_cast<unsigned>(boundary - gva);
  first->rest = second;
  if (!Resolve(gva, first->length, access, op.mmu_context, first)) return false;
  return Resolve(boundary, op.size() - first->length, access, op.mmu_context, second);
}

Cpu::Place Cpu::ByteOf(const Place& first, unsigned i) {
  Place place = i < first.length ? first : *first.rest;
  const unsigned step = i < first.length ? i : i - first.length;
  if (place.host != nullptr) place.host += step;
  place.gpa = place.gpa + step;
  return place;
}

MemResult Cpu::LoadSplit(uint64_t gva, ir::MemOp op) {
  Place first, second;
  if (!ResolveSplit(gva, op, Access::kRead, &first, &second)) return {0, 1};
  Watching watching(*this, AccessType::kRead, gva, op.size(), first);
  if (watching.Stops()) return {0, 1};
  uint64_t value = 0;
  for (unsigned i = 0; i < op.size(); ++i) {
    uint64_t byte;
    if (!LoadPlain(gva + i, 1, ByteOf(first, i), &byte)) return {0, 1};
    value |= byte << 8 * (op.big_endian ? op.size() - 1 - i : i);
  }
  watching.Made(value);
  return {Extend(value, op), 0};
}

void Cpu::NoteWrite(uint64_t gva, const Place& place, unsigned size) {
  if (place.may_be_code) {
    // Memory that held code once is often used for data later.
    if (!code_->OnWrite(place.host, size) && !Wanted(gva, place.gpa, Access::kWrite)) {
      context_->write.Unflag(gva, mmu::kSlowTag);
      slots_.PutIn(*context_, gva);
    }
  }
  if (place.logged != nullptr) place.logged->block->MarkDirty(place.logged->BlockOffsetAt(place.gpa), size);
}

bool Cpu::StorePlain(uint64_t gva, unsigned size, uint64_t value, const Place& place) {
  if (place.host != nullptr) {
    WriteHost(place.host, size, value);
    NoteWrite(gva, place, size);
    return true;
  }
  const memory::MemStatus status = memory_.Store(place.gpa, size, value, Attrs(), memory::Endian::kLittle);
  return status == memory::MemStatus::kOk || Fail(MemFault::Kind::kBus, Access::kWrite, gva);
}

MemResult Cpu::Store(uint64_t gva, ir::MemOp op, uint64_t value) {
  bool split;
  if (!Misaligned(gva, op, Access::kWrite, &split)) return {0, 1};
  if (split) return StoreSplit(gva, op, value);
  Place place;
  if (!Resolve(gva, op.size(), Access::kWrite, op.mmu_context, &place)) return {0, 1};
  Watching watching(*this, AccessType::kWrite, gva, op.size(), place, value);
  if (watching.Stops()) return {0, 1};
  if (!StorePlain(gva, op.size(), op.big_endian ? Swap(value, op.size()) : value, place)) return {0, 1};
  watching.Made(value);
  return {0, 0};
}

MemResult Cpu::StoreSplit(uint64_t gva, ir::MemOp op, uint64_t value) {
  Place first, second;
  if (!ResolveSplit(gva, op, Access::kWrite, &first, &second)) return {0, 1};
  Watching watching(*this, AccessType::kWrite, gva, op.size(), first, value);
  if (watching.Stops()) return {0, 1};
  for (unsigned i = 0; i < op.size(); ++i) {
    const unsigned from = op.big_endian ? op.size() - 1 - i : i;
    if (!StorePlain(gva + i, 1, value >> 8 * from & 0xff, ByteOf(first, i))) return {0, 1};
  }
  watching.Made(value);
  return {0, 0};
}

bool Cpu::ResolveAtomic(uint64_t gva, ir::MemOp op, Place* place) {
  bool split;
  op.must_align = true;
  if (!Misaligned(gva, op, Access::kWrite, &split)) return false;
  return Resolve(gva, op.size(), Access::kWrite, op.mmu_context, place);
}

// A device is read, then written. What fails then is the write of an atomic access.
bool Cpu::LoadForAtomic(uint64_t gva, unsigned size, const Place& place, uint64_t* raw) {
  if (LoadPlain(gva, size, place, raw)) return true;
  pending_fault_.access = Access::kWrite;
  return false;
}

MemResult Cpu::Rmw(uint64_t gva, ir::MemOp op, ir::AtomicKind kind, uint64_t value) {
  const unsigned size = op.size();
  Place place;
  if (!ResolveAtomic(gva, op, &place)) return {0, 1};
  Watching watching(*this, AccessType::kAtomic, gva, size, place);
  if (watching.Stops()) return {0, 1};
  const auto order = [&](uint64_t v) { return op.big_endian ? Swap(v, size) : v; };
  uint64_t raw, result;
  if (place.host == nullptr) {
    if (!LoadForAtomic(gva, size, place, &raw)) return {0, 1};
    result = ir::EvalAtomic(kind, order(raw), value, 8 * size);
    if (!StorePlain(gva, size, order(result), place)) return {0, 1};
  } else {
    raw = ReadHost(place.host, size);
    do {
      result = ir::EvalAtomic(kind, order(raw), value, 8 * size);
    } while (!CompareExchangeHost(place.host, size, &raw, order(result)));
    NoteWrite(gva, place, size);
  }
  watching.Made(result, order(raw));
  return {Extend(order(raw), op), 0};
}

MemResult Cpu::Cas(uint64_t gva, ir::MemOp op, uint64_t expected, uint64_t desired) {
  const unsigned size = op.size();
  Place place;
  if (!ResolveAtomic(gva, op, &place)) return {0, 1};
  Watching watching(*this, AccessType::kAtomic, gva, size, place);
  if (watching.Stops()) return {0, 1};
  const auto order = [&](uint64_t v) { return op.big_endian ? Swap(v, size) : v; };
  expected = order(Cut(expected, size));
  uint64_t old = expected;
  if (place.host != nullptr) {
    if (CompareExchangeHost(place.host, size, &old, order(desired))) NoteWrite(gva, place, size);
  } else {
    if (!LoadForAtomic(gva, size, place, &old)) return {0, 1};
    if (old == expected && !StorePlain(gva, size, order(desired), place)) return {0, 1};
  }
  if (old == expected) {
    watching.Made(desired, order(old));
  } else {
    watching.MadeAs(AccessType::kRead, order(old));
  }
  return {Extend(order(old), op), 0};
}

const uint8_t* Cpu::Fetch(uint64_t pc) {
  Place place;
  return FetchPlace(pc, &place) ? place.host : nullptr;
}

bool Cpu::FetchPlace(uint64_t pc, Place* place) {
  const uint64_t page = pc & mmu::kPageMask;
  const ExecEntry& cached = context_->exec[Context::Slot(pc)];
  if (cached.page == page) {
    place->host = const_cast<uint8_t*>(cached.host) + (pc - page);
    place->gpa = Gpa(cached.physical + (pc - page));
    return true;
  }
  PageMapping mapping;
  if (!Translate(pc, 2, Access::kExecute, 0, &mapping)) return false;
  const memory::FlatRange* range = memory_.Find(mapping.gpa);
  const Gpa first(mapping.gpa.value & mmu::kPageMask), last(mapping.gpa.value | ~mmu::kPageMask);
  if (range == nullptr || range->host == nullptr || !range->Contains(first) || !range->Contains(last)) {
    return Fail(MemFault::Kind::kBus, Access::kExecute, pc);
  }
  uint8_t* const host = range->HostAt(first);
  if (range->block != nullptr) {
    range->block->Watch(range->BlockOffsetAt(first), mmu::kPageSize);
    code_->Observe(range->region->block());
  }
  place->host = host + (pc - page);
  place->gpa = mapping.gpa;
  if (!mapping.cacheable) return true;
  if (mapping.log2_size > mmu::kPageBits) context_->NoteLargePage(pc, mapping.log2_size);
  context_->FillExec(pc, host, first.value, code_->MappingId(page, host));
  return true;
}

MemResult SlowLoad(CpuState* state, uint64_t gva, uint32_t mem_op) {
  return state->cpu->Load(gva, ir::MemOp::Unpack(static_cast<uint16_t>(mem_op)));
}

MemResult SlowStore(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t value) {
  return state->cpu->Store(gva, ir::MemOp::Unpack(static_cast<uint16_t>(mem_op)), value);
}

uint64_t SlowFind(CpuState* state, uint64_t gva, BytesWanted wanted) { return state->cpu->FindAddend(gva, wanted); }

MemResult SlowRmw(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t value) {
  return state->cpu->Rmw(gva, ir::MemOp::Unpack(static_cast<uint16_t>(mem_op)),
                         static_cast<ir::AtomicKind>(mem_op >> 16), value);
}

MemResult SlowCas(CpuState* state, uint64_t gva, uint32_t mem_op, uint64_t expected, uint64_t desired) {
  return state->cpu->Cas(gva, ir::MemOp::Unpack(static_cast<uint16_t>(mem_op)), expected, desired);
}

MemResult SlowProbe(CpuState* state) { return state->cpu->Probe(); }

bool WantsProbe(CpuState* state, uint64_t pc) { return state->cpu->WantsFetch(pc); }

}  // namespace emu::translate
