#include "debug/monitor/explain_address.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/monitor/tlb_rows.h"
#include "debug/trace/record.h"
#include "debug/trace/session.h"
#include "memory/explain.h"
#include "memory/tree_json.h"
#include "mmu/mapping_text.h"
#include "mmu/soft_tlb.h"

namespace emu::debug {
namespace {

using llvm::json::Object;
using memory::Gpa;
using memory::Gva;
using translate::Access;

constexpr std::pair<Access, const char*> kAccesses[] = {
    {Access::kRead, "read"}, {Access::kWrite, "write"}, {Access::kExecute, "execute"}};

class Explainer {
 public:
  explicit Explainer(MonitorState& state) : state_(state), inspector_(state.parts.machine.inspector()) {}

  Answer Finish() { return {std::move(text_), std::move(json_)}; }

  // True: `gpa` is where it leads.
  bool Virtual(Gva gva, Gpa* gpa) {
    const std::unique_ptr<mmu::PageTableWalker> walker = inspector_.Walker(Access::kRead);
    json_["gva"] = HexText(gva.value);
    json_["mode"] = inspector_.mode();
    const mmu::Translation found = walker == nullptr ? Physical(gva) : Walk(gva, *walker);
    Tlb(gva);
    *gpa = found.gpa;
    return found.ok();
  }

  void At(Gpa gpa) {
    json_["gpa"] = HexText(gpa.value);
    Protection(gpa);
    const memory::Explanation region = memory::Explain(state_.view.space(), gpa);
    absl::StrAppend(&text_, memory::FormatExplanation(region, {.host = true}));
    json_["region"] = FromJsonText(memory::FormatExplanationJson(region, {.host = true}));
    if (region.host != nullptr) HostPhysical(static_cast<const uint8_t*>(region.host));
    Value(gpa);
    LastWriter(gpa);
  }

 private:
  mmu::Translation Physical(Gva gva) {
    absl::StrAppendFormat(&text_, "gva 0x%x: %s, without page tables\n", gva.value, inspector_.mode());
    return state_.view.Walk(gva, Access::kRead, /*debugger=*/true);
  }

  // The walk of the present privilege; where that may not read, also the one that says where the address leads.
  mmu::Translation Walk(Gva gva, const mmu::PageTableWalker& walker) {
    absl::StrAppend(&text_, walker.Description(), "\n");
    json_["walker"] = walker.Description();
    const mmu::Translation now = state_.view.Walk(gva, Access::kRead, /*debugger=*/false);
    absl::StrAppend(&text_, mmu::TranslationText(now, std::nullopt));
    json_["walk"] = FromJsonText(mmu::TranslationJson(now, std::nullopt));
    if (now.ok()) return now;
    const mmu::Translation all = state_.view.Walk(gva, Access::kRead, /*debugger=*/true);
    if (!all.ok()) return all;
    absl::StrAppendFormat(&text_, "a debugger sees gpa 0x%x: %s page, %s\n", all.gpa.value,
                          mmu::SizeText(uint64_t{1} << all.page_shift), mmu::AttributeText(all.attributes));
    json_["debugger_walk"] = FromJsonText(mmu::TranslationJson(all, std::nullopt));
    return all;
  }

  void Tlb(Gva gva) {
    for (const TlbRow& row : TlbRows(state_.parts.machine.processor())) {
      if (row.gva != (gva.value & mmu::kPageMask)) continue;
      const std::string flags = row.Flags();
      absl::StrAppendFormat(&text_, "soft TLB: %s page 0x%x -> gpa 0x%x, host address %p%s\n", row.Kinds(), row.gva,
                            row.gpa, row.host, flags.empty() ? "" : absl::StrCat(", ", flags));
      json_["tlb"] = Object{{"kinds", row.Kinds()},
                            {"gpa", HexText(row.gpa)},
                            {"hva", absl::StrFormat("%p", row.host)},
                            {"flags", flags}};
      return;
    }
    absl::StrAppend(&text_, "soft TLB: no entry\n");
    json_["tlb"] = nullptr;
  }

  void Protection(Gpa gpa) {
    std::string allowed, denied;
    Object verdicts;
    for (const auto& [access, name] : kAccesses) {
      const std::string fault = inspector_.PhysicalFault(gpa, 1, access);
      verdicts[name] = fault.empty();
      if (fault.empty()) absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", name);
      if (!fault.empty()) absl::StrAppend(&denied, "; ", fault);
    }
    absl::StrAppendFormat(&text_, "physical protection, %s mode: %s allowed%s\n", inspector_.mode(),
                          allowed.empty() ? "nothing" : allowed, denied);
    json_["physical_protection"] = std::move(verdicts);
  }

  void HostPhysical(const uint8_t* host) {
    const absl::StatusOr<uint64_t> hpa = GuestView::HostPhysical(host);
    if (!hpa.ok()) return;
    absl::StrAppendFormat(&text_, "host-physical address 0x%x\n", *hpa);
    json_["hpa"] = HexText(*hpa);
  }

  // Up to the end of the page; of a device only what is asked for, since it may be large.
  void Value(Gpa gpa) {
    uint8_t bytes[8];
    const size_t size = std::min<uint64_t>(sizeof bytes, mmu::kPageSize - gpa.value % mmu::kPageSize);
    if (!state_.view.ReadPhysical(gpa, absl::MakeSpan(bytes, size)).ok()) return;
    const std::string hex = absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), size));
    absl::StrAppendFormat(&text_, "bytes there now: %s %s\n", hex,
                          QuoteBytes(absl::string_view(reinterpret_cast<const char*>(bytes), size)));
    json_["bytes"] = hex;
  }

  void LastWriter(Gpa gpa) {
    if (state_.parts.traces == nullptr) return;
    const absl::StatusOr<TraceRecord> r = state_.parts.traces->LastWriter(gpa);
    if (!r.ok()) return absl::StrAppend(&text_, r.status().message(), "\n");
    absl::StrAppendFormat(&text_, "last writer: pc 0x%x%s at instruction %d, %s of %d bytes, value 0x%x\n", r->pc,
                          state_.SymbolText(r->pc), r->insn, AccessTypeName(r->type), r->size, r->value);
    json_["last_writer"] = Object{{"pc", HexText(r->pc)},
                                  {"symbol", Utf8(state_.parts.symbols.Describe(r->pc))},
                                  {"insns", static_cast<int64_t>(r->insn)},
                                  {"kind", std::string(AccessTypeName(r->type))},
                                  {"size", r->size},
                                  {"value", HexText(r->value)}};
  }

  MonitorState& state_;
  const translate::Inspector& inspector_;
  std::string text_;
  Object json_;
};

}  // namespace

absl::StatusOr<Answer> ExplainVirtual(MonitorState& state, Gva gva) {
  Explainer explainer(state);
  Gpa gpa;
  if (explainer.Virtual(gva, &gpa)) explainer.At(gpa);
  return explainer.Finish();
}

absl::StatusOr<Answer> ExplainPhysical(MonitorState& state, Gpa gpa) {
  Explainer explainer(state);
  explainer.At(gpa);
  return explainer.Finish();
}

}  // namespace emu::debug
