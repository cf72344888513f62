#include "debug/monitor/info_cpu.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/monitor/tlb_rows.h"
#include "mmu/address_space_words.h"
#include "mmu/mapping_text.h"

namespace emu::debug {
namespace {

using llvm::json::Array;
using llvm::json::Object;

boards::Processor& ProcessorOf(const Request& request) { return request.state.parts.machine.processor(); }

int64_t Number(uint64_t value) { return static_cast<int64_t>(value); }

struct Counter {
  absl::string_view key, text;
  uint64_t value;
};

std::vector<Counter> Counters(boards::Processor& processor) {
  const translate::EngineCounters& e = processor.engine().counters();
  const translate::TlbCounters& t = processor.cpu().tlb_counters();
  return {
      {"blocks", "blocks now", processor.engine().block_count()},
      {"translated_blocks", "blocks translated", e.blocks},
      {"translated_insns", "guest instructions translated", e.insns},
      {"executed_insns", "guest instructions executed", processor.cpu().InsnCount()},
      {"interpreted_insns", "of those executed, without a translation", e.interpreted},
      {"links", "block exits joined", e.links},
      {"lookups", "lookups outside of generated code", e.lookups},
      {"invalidated", "blocks invalidated by writes", e.invalidated},
      {"revived", "blocks whose code came back", e.revived},
      {"hot", "blocks made anew because they run often", e.hot},
      {"steps", "instructions translated to see their way", e.steps},
      {"settled", "of the hot ones, made anew with fixed slots", e.settled},
      {"careful", "blocks made for those that were left before an access", e.careful},
      {"refused", "blocks that the backend refused to make whole", e.refused},
      {"discards", "times that all was discarded", e.discards},
      {"faults", "memory faults delivered", e.faults},
      {"tlb_misses", "soft TLB misses (page tables asked)", t.misses},
      {"tlb_refused", "soft TLB misses that gave a fault", t.refused},
      {"tlb_slow_hits", "soft TLB hits outside of generated code", t.hits},
      {"tlb_flushes", "soft TLB flushes", t.flushes},
      {"tlb_page_flushes", "soft TLB flushes of one page", t.page_flushes},
  };
}

std::string CodeUseText(const translate::CodeUse& use) {
  return absl::StrFormat("%-42s%d of %d %s (%.1f %%)\n", "code cache", use.used, use.size, use.unit,
                         use.size == 0 ? 0.0 : 100.0 * static_cast<double>(use.used) / static_cast<double>(use.size));
}

Object RowJson(const TlbRow& row) {
  return Object{{"gva", HexText(row.gva)},
                {"gpa", HexText(row.gpa)},
                {"hva", absl::StrFormat("%p", row.host)},
                {"kinds", row.Kinds()},
                {"flags", row.Flags()}};
}

std::string RowText(const TlbRow& row) {
  const std::string flags = row.Flags();
  return absl::StrFormat("%016x  %016x  %016x  %s%s\n", row.gva, row.gpa, reinterpret_cast<uint64_t>(row.host),
                         row.Kinds(), flags.empty() ? "" : absl::StrCat("   ", flags));
}

}  // namespace

absl::StatusOr<Answer> InfoCpus(Request& request) {
  translate::Cpu& cpu = ProcessorOf(request).cpu();
  const uint64_t pc = cpu.state().pc;
  const std::string mode = request.state.parts.machine.inspector().mode();
  const int64_t thread = syscall(SYS_gettid);
  return Answer{absl::StrFormat("* CPU #%d: pc=0x%016x%s %s%s thread_id=%d\n", cpu.index(), pc,
                                request.state.SymbolText(pc), mode, cpu.halted() ? " (halted)" : "", thread),
                Object{{"cpus", Array{Object{{"index", cpu.index()},
                                             {"pc", HexText(pc)},
                                             {"symbol", Utf8(request.state.parts.symbols.Describe(pc))},
                                             {"mode", mode},
                                             {"halted", cpu.halted()},
                                             {"insns", Number(cpu.InsnCount())},
                                             {"thread_id", thread}}}}}};
}

absl::StatusOr<Answer> InfoRegisters(Request& request) {
  const translate::Inspector& inspector = request.state.parts.machine.inspector();
  Object registers;
  for (size_t i = 0; i < inspector.registers().size(); ++i) {
    const absl::uint128 value = inspector.Read(i);
    const uint64_t high = absl::Uint128High64(value), low = absl::Uint128Low64(value);
    registers[inspector.registers()[i].name] = high == 0 ? HexText(low) : absl::StrFormat("0x%x%016x", high, low);
  }
  const unsigned index = ProcessorOf(request).cpu().index();
  return Answer{
      absl::StrCat("\nCPU#", index, "\n", inspector.Dump()),
      Object{
          {"cpus", Array{Object{{"index", index}, {"mode", inspector.mode()}, {"registers", std::move(registers)}}}}}};
}

absl::StatusOr<Answer> InfoMem(Request& request) {
  const std::unique_ptr<mmu::PageTableWalker> walker =
      request.state.parts.machine.inspector().Walker(translate::Access::kRead);
  if (walker == nullptr) return Answer{"No translation or protection\n", Object{{"walker", nullptr}}};
  mmu::AddressSpaceWords words(request.state.view.space());
  const mmu::MappingList list = walker->Scan(words, {});
  llvm::json::Value json = FromJsonText(mmu::MappingListJson(list));
  if (Object* const object = json.getAsObject()) (*object)["walker"] = walker->Description();
  return Answer{absl::StrCat(walker->Description(), "\n", mmu::MappingListText(list)), std::move(json)};
}

absl::StatusOr<Answer> InfoTlb(Request& request) {
  const translate::ContextKey key = ProcessorOf(request).cpu().context().key;
  Answer answer{
      absl::StrFormat("context: space 0x%x, mode 0x%x\n"
                      "gva               gpa               hva               kind  flags\n"
                      "----------------  ----------------  ----------------  ----  -----\n",
                      key.space, key.mode)};
  Array entries;
  for (const TlbRow& row : TlbRows(ProcessorOf(request))) {
    absl::StrAppend(&answer.text, RowText(row));
    entries.push_back(RowJson(row));
  }
  absl::StrAppend(&answer.text, entries.size(), " pages\n");
  answer.json = Object{{"space", HexText(key.space)}, {"mode", HexText(key.mode)}, {"entries", std::move(entries)}};
  return answer;
}

absl::StatusOr<Answer> InfoJit(Request& request) {
  const translate::CodeUse use = ProcessorOf(request).backend().code_use();
  const std::string backend(ProcessorOf(request).backend().name());
  Answer answer{absl::StrFormat("%-42s%s\n%s", "backend", backend, CodeUseText(use))};
  Object json{{"backend", backend},
              {"code_used", Number(use.used)},
              {"code_size", Number(use.size)},
              {"code_unit", std::string(use.unit)}};
  for (const Counter& c : Counters(ProcessorOf(request))) {
    absl::StrAppendFormat(&answer.text, "%-42s%d\n", c.text, c.value);
    json[llvm::StringRef(c.key.data(), c.key.size())] = Number(c.value);
  }
  answer.json = std::move(json);
  return answer;
}

}  // namespace emu::debug
