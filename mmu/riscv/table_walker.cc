#include "mmu/riscv/table_walker.h"

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "mmu/riscv/paging_mode.h"
#include "mmu/riscv/table_scan.h"
#include "mmu/riscv/walker.h"

namespace emu::mmu::riscv {
namespace {

constexpr WalkerSetting kSettings[] = {
    {"root", "ADDR", "guest-physical address of the top table"},
    {"satp", "VALUE", "the satp register, in place of --root and --asid"},
    {"asid", "N", "address space number, only told again: tables have none"},
    {"sum", "", "mstatus.SUM is 1: the supervisor may touch user pages"},
    {"mxr", "", "mstatus.MXR is 1: executable pages are readable"},
    {"svade", "", "a clear A bit, or D bit for a write, faults; else it is passed over"},
    {"no-svnapot", "", "the CPU has no Svnapot: N faults"},
    {"no-svpbmt", "", "the CPU has no Svpbmt: memory type bits fault"},
};

std::string ArchitectureName(PagingMode mode) { return absl::StrCat("riscv-", FormatOf(mode).name); }
std::string Hex(uint64_t value) { return absl::StrFormat("0x%x", value); }

std::optional<uint64_t> Get(const WalkerState& state, const char* name) {
  const auto found = state.settings.find(name);
  if (found == state.settings.end()) return std::nullopt;
  return found->second;
}
bool IsOn(const WalkerState& state, const char* name) { return Get(state, name).value_or(0) != 0; }

absl::Status CheckNumber(const char* what, uint64_t value, uint64_t largest) {
  if (value <= largest) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(what, " ", Hex(value), ": at most ", Hex(largest), " is possible"));
}

absl::StatusOr<AddressSpaceRoot> RootFromSatp(PagingMode mode, uint64_t satp) {
  if (mode == PagingMode::kSv32) {
    if (absl::Status status = CheckNumber("satp", satp, 0xFFFFFFFF); !status.ok()) return status;
  }
  const std::optional<AddressSpaceRoot> root =
      mode == PagingMode::kSv32 ? DecodeSatp32(static_cast<uint32_t>(satp)) : DecodeSatp64(satp);
  if (root.has_value() && root->mode == mode) return *root;
  const std::string means = !root.has_value()                 ? "its mode is reserved"
                            : root->mode == PagingMode::kBare ? "it selects no translation"
                                                              : "it selects " + ArchitectureName(root->mode);
  return absl::InvalidArgumentError(
      absl::StrCat("satp ", Hex(satp), ": ", means, "; expected one of ", ArchitectureName(mode)));
}

absl::StatusOr<AddressSpaceRoot> RootFromAddress(PagingMode mode, uint64_t table, uint64_t asid) {
  const PagingFormat& format = FormatOf(mode);
  constexpr uint64_t kTableSize = uint64_t{1} << kPageShift;
  const uint64_t last = ((uint64_t{1} << format.ppn_bits) - 1) << kPageShift;
  if (table % kTableSize != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("root ", Hex(table), ": tables begin at multiples of ", Hex(kTableSize)));
  }
  if (absl::Status status = CheckNumber("root", table, last); !status.ok()) return status;
  if (absl::Status status = CheckNumber("asid", asid, mode == PagingMode::kSv32 ? 0x1FF : 0xFFFF); !status.ok()) {
    return status;
  }
  return AddressSpaceRoot{mode, static_cast<uint16_t>(asid), memory::Gpa(table)};
}

absl::StatusOr<AddressSpaceRoot> RootOf(PagingMode mode, const WalkerState& state) {
  const std::optional<uint64_t> table = Get(state, "root"), satp = Get(state, "satp"), asid = Get(state, "asid");
  if (table.has_value() == satp.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(ArchitectureName(mode), " needs one of root and satp"));
  }
  if (!satp.has_value()) return RootFromAddress(mode, *table, asid.value_or(0));
  if (asid.has_value()) return absl::InvalidArgumentError("asid: satp holds it already");
  return RootFromSatp(mode, *satp);
}

template <PagingMode kMode>
absl::StatusOr<std::unique_ptr<PageTableWalker>> Make(const WalkerState& state) {
  const absl::StatusOr<AddressSpaceRoot> root = RootOf(kMode, state);
  if (!root.ok()) return root.status();
  WalkContext context;
  context.root = *root;
  context.privilege = state.user ? Privilege::kUser : Privilege::kSupervisor;
  context.sum = IsOn(state, "sum");
  context.mxr = IsOn(state, "mxr");
  const bool extensions = kMode != PagingMode::kSv32;
  context.features = {extensions && !IsOn(state, "no-svnapot"), extensions && !IsOn(state, "no-svpbmt")};
  context.accessed_dirty = IsOn(state, "svade") ? AccessedDirty::kFault : AccessedDirty::kIgnore;
  return std::make_unique<TableWalker>(context);
}

template <PagingMode kMode>
constexpr WalkerInfo InfoOf(absl::string_view name, absl::string_view help) {
  return {name, help, memory::Endian::kLittle, kSettings, &Make<kMode>};
}

}  // namespace

const WalkerInfo kSv32Walker = InfoOf<PagingMode::kSv32>("riscv-sv32", "RV32, two levels, 32-bit addresses");
const WalkerInfo kSv39Walker = InfoOf<PagingMode::kSv39>("riscv-sv39", "RV64, three levels, 39-bit addresses");
const WalkerInfo kSv48Walker = InfoOf<PagingMode::kSv48>("riscv-sv48", "RV64, four levels, 48-bit addresses");
const WalkerInfo kSv57Walker = InfoOf<PagingMode::kSv57>("riscv-sv57", "RV64, five levels, 57-bit addresses");

TableWalker::TableWalker(const WalkContext& context) : context_(context) {
  if (context_.accessed_dirty == AccessedDirty::kUpdate) context_.accessed_dirty = AccessedDirty::kIgnore;
}

std::string TableWalker::Description() const {
  const auto privilege = [](Privilege p) {
    return p == Privilege::kUser ? "user" : p == Privilege::kMachine ? "machine" : "supervisor";
  };
  std::string text = ArchitectureName(context_.root.mode);
  if (context_.root.mode != PagingMode::kBare) absl::StrAppend(&text, ", root ", Hex(context_.root.table.value));
  if (context_.root.asid != 0) absl::StrAppend(&text, ", asid ", context_.root.asid);
  absl::StrAppend(&text, ", ", privilege(context_.privilege));
  if (context_.sum) absl::StrAppend(&text, ", sum");
  if (context_.mxr) absl::StrAppend(&text, ", mxr");
  return text;
}

absl::Status TableWalker::Check(memory::Gva gva) const {
  return context_.root.mode == PagingMode::kSv32 ? CheckNumber("address", gva.value, 0xFFFFFFFF) : absl::OkStatus();
}

Translation TableWalker::Walk(memory::Gva gva, AccessKind kind, AnyPhysicalWords& words) const {
  Translation translation{.gva = gva, .kind = kind};
  const WalkResult result = riscv::Walk(context_, gva, kind, words, translation.log);
  if (!result.ok()) {
    const char* fault = result.fault == WalkFault::kPage ? "page fault" : "access fault";
    translation.fault = absl::StrCat(fault, ", exception ", result.cause);
    return translation;
  }
  translation.gpa = result.gpa;
  translation.page_shift = result.page_shift;
  translation.permissions = result.allowed;
  translation.attributes = AttributesOf(PageEntry{result.entry_value}, result.global);
  return translation;
}

MappingList TableWalker::Scan(AnyPhysicalWords& words, const ScanLimits& limits) const {
  if (context_.root.mode != PagingMode::kBare) {
    return riscv::Scan(context_.root, context_.features, words, limits);
  }
  MappingList list;
  list.spaces = {memory::Range::Whole()};
  list.ranges = {{.gva = memory::Range::Whole(), .permissions = Permissions::All(), .page_shift = kPageShift}};
  list.bytes[kPageShift] = ~uint64_t{0};
  return list;
}

}  // namespace emu::mmu::riscv
