#include "debug/mmu_log.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace emu::debug {
namespace {

using translate::Access;
using translate::MemFault;

absl::string_view NameOf(Access access) {
  return access == Access::kRead ? "read" : access == Access::kWrite ? "write" : "execute";
}

std::string Reason(const MemFault& fault) {
  switch (fault.kind) {
    case MemFault::Kind::kPaging:
      return absl::StrCat("page fault, exception ", fault.code);
    case MemFault::Kind::kBus:
      return "access fault";
    case MemFault::Kind::kMisaligned:
      return "misaligned";
    case MemFault::Kind::kStop:
      break;
  }
  return "stop";
}

// "4 KiB", "2 MiB": sizes of pages are powers of two.
std::string SizeText(unsigned log2_size) {
  constexpr absl::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  return absl::StrCat(1u << log2_size % 10, " ", kUnits[log2_size / 10]);
}

}  // namespace

MmuLog::MmuLog(boards::GuestLog log, translate::Cpu& cpu) : log_(std::move(log)), cpu_(cpu) {
  cpu_.set_mmu_observer(this);
}

MmuLog::~MmuLog() { cpu_.set_mmu_observer(nullptr); }

void MmuLog::OnTranslate(memory::Gva gva, Access access, const translate::PageMapping& m) {
  if (!log_.On(boards::kLogMmu, gva.value)) return;
  log_.Print(absl::StrFormat("mmu: %s 0x%x -> 0x%x, page of %s, %c%c%c%s\n", NameOf(access), gva.value, m.gpa.value,
                             SizeText(m.log2_size), m.read ? 'r' : '-', m.write ? 'w' : '-', m.execute ? 'x' : '-',
                             m.cacheable ? "" : ", for this access only"));
}

void MmuLog::OnRefuse(const MemFault& fault) {
  if (!log_.On(boards::kLogMmu, fault.gva.value)) return;
  log_.Print(absl::StrFormat("mmu: %s 0x%x: %s\n", NameOf(fault.access), fault.gva.value, Reason(fault)));
}

void MmuLog::OnFlush() {
  if (log_.On(boards::kLogMmu)) log_.Print("mmu: forget whole address spaces\n");
}

void MmuLog::OnFlushPage(memory::Gva gva) {
  if (log_.On(boards::kLogMmu, gva.value)) log_.Print(absl::StrFormat("mmu: forget 0x%x\n", gva.value));
}

}  // namespace emu::debug
