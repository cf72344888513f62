#include "debug/monitor/tlb_rows.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "mmu/soft_tlb.h"
#include "translate/engine/context.h"
#include "translate/engine/tlb_slots.h"

namespace emu::debug {
namespace {

using Rows = std::map<uint64_t, TlbRow>;

TlbRow& RowAt(Rows& rows, uint64_t gva, uint64_t gpa, const uint8_t* host) {
  TlbRow& row = rows[gva];
  row.gva = gva;
  row.gpa = gpa;
  row.host = host;
  return row;
}

void AddTable(mmu::TlbTable& table, bool write, const translate::TlbSlots& slots, Rows& rows) {
  table.ForEach([&](mmu::TlbEntry e) {
    const uint64_t gva = e.tag & mmu::kPageMask;
    const auto* const host = reinterpret_cast<const uint8_t*>(slots.HomeOf(gva + e.addend));
    TlbRow& row = RowAt(rows, gva, table.physical(gva), host);
    (write ? row.write : row.read) = true;
    (write ? row.slow_write : row.slow_read) = (e.tag & mmu::kSlowTag) != 0;
  });
}

}  // namespace

std::string TlbRow::Kinds() const { return absl::StrCat(read ? "r" : "-", write ? "w" : "-", execute ? "x" : "-"); }

// Code alone makes no reads slow.
std::string TlbRow::Flags() const {
  const bool watched = slow_read || (slow_write && !code);
  return absl::StrCat(code ? "code" : "", code && watched ? "," : "", watched ? "watched" : "");
}

std::vector<TlbRow> TlbRows(boards::Processor& processor) {
  translate::Context& context = processor.cpu().context();
  Rows rows;
  const translate::TlbSlots& slots = processor.cpu().slots();
  AddTable(context.read, /*write=*/false, slots, rows);
  AddTable(context.write, /*write=*/true, slots, rows);
  for (const translate::ExecEntry& e : context.exec) {
    if (e.page != mmu::kInvalidTag) RowAt(rows, e.page, e.physical, e.host).execute = true;
  }
  std::vector<TlbRow> list;
  for (auto& [gva, row] : rows) {
    row.code = processor.engine().HasCode(row.host);
    list.push_back(row);
  }
  return list;
}

}  // namespace emu::debug
