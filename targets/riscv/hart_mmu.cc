// Address translation of a hart: page tables, protection and their caches.
#include "mmu/riscv/pmp_words.h"
#include "mmu/riscv/walker.h"
#include "targets/riscv/hart.h"

namespace emu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;
using translate::Access;
using translate::MemFault;
using translate::PageMapping;

mmu::AccessKind KindOf(Access access) { return static_cast<mmu::AccessKind>(access); }
static_assert(static_cast<int>(Access::kExecute) == static_cast<int>(mmu::AccessKind::kExecute));
static_assert(static_cast<int>(Access::kWrite) == static_cast<int>(mmu::AccessKind::kWrite));

// Page tables in the hart's memory; anything but RAM is an access fault.
class RamWords {
 public:
  // Whoever watches the CPU is told of the accesses, which serve to translate `gva`, except of a `probe`.
  RamWords(translate::Cpu& cpu, Gva gva, bool probe)
      : cpu_(cpu),
        space_(cpu.memory()),
        gva_(gva),
        reads_watched_(!probe && cpu.Watches(translate::AccessType::kWalkRead)),
        writes_watched_(!probe && cpu.Watches(translate::AccessType::kWalkWrite)) {}
  memory::MemValue Read(Gpa gpa, unsigned size) {
    const memory::FlatRange* range = space_.Find(gpa);
    if (range == nullptr || range->host == nullptr || range->LastFrom(gpa) < size - 1) {
      return {memory::MemStatus::kDecodeError, 0};
    }
    const uint8_t* host = range->HostAt(gpa);
    const uint64_t value = size == 8 ? __atomic_load_n(reinterpret_cast<const uint64_t*>(host), __ATOMIC_RELAXED)
                                     : __atomic_load_n(reinterpret_cast<const uint32_t*>(host), __ATOMIC_RELAXED);
    if (reads_watched_) [[unlikely]]
      Tell(translate::AccessType::kWalkRead, gpa, size, value, host);
    return {memory::MemStatus::kOk, value};
  }
  memory::MemValue CompareExchange(Gpa gpa, unsigned size, uint64_t expected, uint64_t desired) {
    const memory::ExchangeResult r = space_.CompareExchange(gpa, size, expected, desired, {}, memory::Endian::kLittle);
    if (writes_watched_ && r.exchanged) Tell(translate::AccessType::kWalkWrite, gpa, size, desired, nullptr);
    return {r.status, r.old};
  }

 private:
  void Tell(translate::AccessType type, Gpa gpa, unsigned size, uint64_t value, const uint8_t* host) {
    translate::MemAccess access;
    access.type = type;
    access.size = size;
    access.gva = gva_;
    access.gpa = gpa;
    access.host = host != nullptr ? host : space_.Map(gpa, size, false).data;
    access.value = value;
    cpu_.Report(access);
  }

  translate::Cpu& cpu_;
  memory::AddressSpace& space_;
  const Gva gva_;
  const bool reads_watched_, writes_watched_;
};

mmu::riscv::Privilege PrivilegeOf(Privilege p) { return static_cast<mmu::riscv::Privilege>(p); }

}  // namespace

mmu::riscv::WalkContext Hart::WalkContextFor(bool fetch, bool probe) const {
  using mmu::riscv::AccessedDirty;
  mmu::riscv::WalkContext c;
  c.root = mmu::riscv::DecodeSatp64(state_.csr.satp).value_or(mmu::riscv::AddressSpaceRoot{});
  c.privilege = PrivilegeOf(fetch ? state_.privilege : DataPrivilege());
  c.sum = (state_.mstatus & kStatusSum) != 0;
  c.mxr = (state_.mstatus & kStatusMxr) != 0;
  c.features.svnapot = config_.isa.Has(Extension::kSvnapot);
  const bool update = config_.isa.Has(Extension::kSvadu) && (state_.csr.menvcfg & kEnvAdue) != 0;
  c.accessed_dirty = probe ? AccessedDirty::kIgnore : update ? AccessedDirty::kUpdate : AccessedDirty::kFault;
  return c;
}

// Narrows the mapping to what the PMP permits; false if it denies this access.
bool Hart::CheckPmp(Gpa gpa, unsigned size, Access access, Privilege privilege, PageMapping* mapping) {
  const mmu::riscv::PmpVerdict page =
      privilege == kMachine ? pmp_.Over(Gpa(gpa.value & mmu::kPageMask), mmu::kPageSize, PrivilegeOf(privilege))
                            : pmp_pages_.PageOf(gpa);
  if (!page.uniform) {
    mapping->cacheable = false;
    return pmp_.Allows(gpa, size, KindOf(access), PrivilegeOf(privilege));
  }
  mapping->read &= page.allowed.read();
  mapping->write &= page.allowed.write();
  mapping->execute &= page.allowed.execute();
  return page.allowed.Allows(KindOf(access));
}

bool Hart::Translate(Gva gva, unsigned size, Access access, bool probe, PageMapping* mapping, MemFault* fault) {
  const bool fetch = access == Access::kExecute;
  RamWords ram(cpu(), gva, probe);
  mmu::riscv::PmpCheckedWords words(ram, pmp_pages_);
  const mmu::riscv::WalkContext context = WalkContextFor(fetch, probe);
  const mmu::riscv::WalkResult r = mmu::riscv::Walk(context, gva, KindOf(access), words, walk_cache_);
  if (!r.ok()) {
    *fault = {MemFault::Kind::kPaging, access, r.cause, gva};
    return false;
  }
  *mapping = {r.gpa, r.page_shift, r.allowed.read(), r.allowed.write(), r.allowed.execute(), true};
  if (CheckPmp(r.gpa, size, access, fetch ? state_.privilege : DataPrivilege(), mapping)) return true;
  *fault = {MemFault::Kind::kBus, access, 0, gva};
  return false;
}

void Hart::FlushMappings(std::optional<uint64_t> address, std::optional<uint16_t> asid) {
  const auto which = [&](const translate::ContextKey& key) {
    return !asid.has_value() || static_cast<uint16_t>(key.space >> 44) == *asid;
  };
  if (address.has_value()) {
    walk_cache_.FlushVa(Gva(*address));
    return cpu().FlushPage(*address, which);
  }
  asid.has_value() ? walk_cache_.FlushAsid(*asid) : walk_cache_.FlushAll();
  cpu().Flush(which);
}

void Hart::OnPmpChange() {
  walk_cache_.FlushAll();
  cpu().Flush([](const translate::ContextKey&) { return true; });
}

// A write with an unsupported mode has no effect (section 10.1.11).
void Hart::WriteSatp(uint64_t value) {
  const auto root = mmu::riscv::DecodeSatp64(value);
  if (!root.has_value() || root->mode > config_.widest_paging) return;
  state_.csr.satp = value;
  UpdateMode();
}

}  // namespace emu::riscv
