#include "debug/monitor/watches.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "boards/run_control.h"
#include "debug/monitor/memory_dump.h"
#include "debug/trace/record.h"
#include "mmu/soft_tlb.h"

namespace emu::debug {
namespace {

using boards::PauseReason;
using memory::Range;
using translate::Access;
using translate::AccessType;
using translate::MemAccess;

Range PageOf(uint64_t address) { return {address & mmu::kPageMask, address | ~mmu::kPageMask}; }

bool IsDma(const MemAccess& a) { return a.type == AccessType::kDmaRead || a.type == AccessType::kDmaWrite; }
// Made by the CPU's instructions at guest-virtual addresses.
bool IsVirtual(const MemAccess& a) { return a.type <= AccessType::kFetch; }

bool Writes(AccessType type) {
  return type == AccessType::kWrite || type == AccessType::kAtomic || type == AccessType::kWalkWrite ||
         type == AccessType::kDmaWrite;
}
bool Reads(AccessType type) {
  return type == AccessType::kRead || type == AccessType::kAtomic || type == AccessType::kWalkRead ||
         type == AccessType::kDmaRead;
}

bool IsWanted(const Watch& w, AccessType type) {
  if (type == AccessType::kFetch) return w.executes;
  return (w.reads && Reads(type)) || (w.writes && Writes(type));
}

bool Touches(const Range& range, uint64_t first, uint64_t length) {
  const std::optional<Range> touched = Range::At(first, length);
  return touched.has_value() && range.Overlaps(*touched);
}

bool TouchesPhysical(const Range& range, const MemAccess& a) {
  if (!a.crosses) return Touches(range, a.gpa.value, a.size);
  const uint64_t length = mmu::kPageSize - a.gva.value % mmu::kPageSize;
  return Touches(range, a.gpa.value, length) || Touches(range, a.gpa2.value, a.size - length);
}

bool Matches(const Watch& w, const MemAccess& a) {
  if (!IsWanted(w, a.type)) return false;
  if (w.physical) return TouchesPhysical(w.range, a);
  return IsVirtual(a) && Touches(w.range, a.gva.value, a.size);
}

const char* RegisterName(const MemAccess& a) {
  if (a.host != nullptr || a.range == nullptr || a.range->device == nullptr) return nullptr;
  return a.range->device->RegisterName(a.range->OffsetAt(a.gpa));
}

// What answers: the host address, or the device's register.
std::string PlaceText(const MemAccess& a) {
  if (a.host != nullptr) return absl::StrFormat("hva=%p", a.host);
  if (a.range == nullptr) return "nothing answers";
  const char* const name = RegisterName(a);
  return absl::StrFormat("region=%s+0x%x%s", a.range->region->name(), a.range->OffsetAt(a.gpa).value,
                         name != nullptr ? absl::StrCat(" (", name, ")") : "");
}

// The bytes in the order of a little-endian memory if all are printable. Devices hold no text.
std::string AsText(const MemAccess& a) {
  std::string text;
  if (a.host == nullptr || !a.value_known) return text;
  for (unsigned i = 0; i < std::min(a.size, 8u); ++i) text += static_cast<char>(a.value >> 8 * i);
  const bool printable = std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isprint(c); });
  return printable && !text.empty() ? text : "";
}

std::string Hex(uint64_t value) { return absl::StrFormat("0x%x", value); }

std::string ValueText(const MemAccess& a) {
  if (!a.value_known) return "-";
  return absl::StrFormat("0x%0*x", static_cast<int>(2 * std::min(a.size, 8u)), a.value);
}

std::string Kinds(const Watch& w) {
  return absl::StrCat(w.reads ? "r" : "", w.writes ? "w" : "", w.executes ? "x" : "");
}

}  // namespace

std::string Watch::Text() const {
  return absl::StrFormat("%d: %s 0x%x-0x%x %s%s, %d hits", id, physical ? "gpa" : "gva", range.first, range.last,
                         Kinds(*this), stops ? ", stops" : "", hits);
}

llvm::json::Object Watch::Json() const {
  return llvm::json::Object{{"id", id},
                            {"space", physical ? "gpa" : "gva"},
                            {"first", Hex(range.first)},
                            {"last", Hex(range.last)},
                            {"kinds", Kinds(*this)},
                            {"stop", stops},
                            {"hits", static_cast<int64_t>(hits)}};
}

Watches::~Watches() { RemoveAll(); }

int Watches::Add(Watch watch) {
  watch.id = next_id_++;
  const bool fetches = watch.executes;
  watches_.push_back(std::move(watch));
  if (watches_.size() == 1) {
    hub_.Add(this, fetches);
  } else {
    hub_.Update(this, fetches);
  }
  return watches_.back().id;
}

absl::Status Watches::Remove(int id) {
  const auto at = std::find_if(watches_.begin(), watches_.end(), [&](const Watch& w) { return w.id == id; });
  if (at == watches_.end()) {
    return absl::NotFoundError(absl::StrCat("there is no watch ", id, "; `watch` lists those that there are"));
  }
  const bool fetches = at->executes;
  watches_.erase(at);
  Changed(fetches);
  return absl::OkStatus();
}

void Watches::RemoveAll() {
  if (watches_.empty()) return;
  watches_.clear();
  Changed(true);
}

void Watches::Changed(bool fetches) {
  if (watches_.empty()) {
    hub_.Remove(this);
  } else {
    hub_.Update(this, fetches);
  }
}

translate::AccessTypes Watches::TypesBeyondPages() const {
  constexpr translate::AccessTypes kPhysical = translate::kWalkTypes | translate::kDmaTypes;
  translate::AccessTypes types = 0;
  for (int i = 0; i < kAccessTypes; ++i) {
    const auto type = static_cast<AccessType>(i);
    const bool wanted = std::any_of(watches_.begin(), watches_.end(), [&](const Watch& w) {
      return IsWanted(w, type) && (w.physical || (BitOf(type) & kPhysical) == 0);
    });
    if (wanted && type != AccessType::kFetch) types |= BitOf(type);
  }
  return types;
}

bool Watches::MayStop() const {
  return std::any_of(watches_.begin(), watches_.end(), [](const Watch& w) { return w.stops; });
}

bool Watches::WantsPage(memory::Gva page, memory::Gpa gpa, const memory::FlatRange&, Access access) {
  return std::any_of(watches_.begin(), watches_.end(), [&](const Watch& w) {
    const bool wanted = access == Access::kWrite ? w.writes || w.reads : w.reads;
    return wanted && w.range.Overlaps(PageOf(w.physical ? gpa.value : page.value));
  });
}

// An instruction of several bytes may reach into a range that begins behind its own address.
bool Watches::WantsFetch(memory::Gva pc, memory::Gpa gpa, const memory::FlatRange&) {
  constexpr uint64_t kMaxInsnBytes = 16;
  return std::any_of(watches_.begin(), watches_.end(), [&](const Watch& w) {
    return w.executes && Touches(w.range, w.physical ? gpa.value : pc.value, kMaxInsnBytes);
  });
}

// Data accesses are told of when they are made, which is still done after a stop; an instruction when it is stopped at.
bool Watches::Stops(const MemAccess& access) {
  bool stops = false;
  for (Watch& w : watches_) {
    if (!w.stops || !Matches(w, access)) continue;
    stops = true;
    if (access.type == AccessType::kFetch) Tell(w, access);
  }
  const bool fetch = access.type == AccessType::kFetch;
  if (stops) machine_.control().Pause(fetch ? PauseReason::kBreakpoint : PauseReason::kWatchpoint);
  return stops;
}

void Watches::OnAccess(const MemAccess& access) {
  for (Watch& w : watches_) {
    if (!Matches(w, access) || (w.stops && access.type == AccessType::kFetch)) continue;
    Tell(w, access);
    if (w.stops && !IsVirtual(access)) machine_.control().Pause(PauseReason::kDeviceAccess);
  }
}

void Watches::Tell(Watch& watch, const MemAccess& access) {
  ++watch.hits;
  if (!watch.json) return print_(Line(watch, access));
  std::string line;
  llvm::raw_string_ostream(line) << JsonLine(watch, access);
  print_(line);
}

std::string Watches::Line(const Watch& watch, const MemAccess& a) const {
  const std::string symbol = symbols_.Describe(a.pc), text = AsText(a);
  return absl::StrFormat("watch %d: pc=0x%x%s %s%s gpa=0x%x%s %s size=%d value=%s%s%s insn=%d", watch.id, a.pc,
                         symbol.empty() ? "" : absl::StrCat(" (", symbol, ")"), AccessTypeName(a.type),
                         IsDma(a) ? "" : absl::StrFormat(" gva=0x%x", a.gva.value), a.gpa.value,
                         a.crosses ? absl::StrFormat(",0x%x", a.gpa2.value) : "", PlaceText(a), a.size, ValueText(a),
                         text.empty() ? "" : absl::StrCat(" ", QuoteBytes(text)),
                         a.type == AccessType::kAtomic ? absl::StrFormat(" was=0x%x", a.old) : "", a.insn);
}

llvm::json::Value Watches::JsonLine(const Watch& watch, const MemAccess& a) const {
  llvm::json::Object line{{"watch", watch.id},
                          {"pc", Hex(a.pc)},
                          {"kind", std::string(AccessTypeName(a.type))},
                          {"gpa", Hex(a.gpa.value)},
                          {"size", a.size},
                          {"insns", static_cast<int64_t>(a.insn)},
                          {"cpu", a.cpu}};
  const std::string symbol = symbols_.Describe(a.pc);
  if (!symbol.empty()) line["symbol"] = llvm::json::fixUTF8(symbol);
  if (!IsDma(a)) line["gva"] = Hex(a.gva.value);
  if (a.value_known) line["value"] = Hex(a.value);
  if (a.crosses) line["gpa2"] = Hex(a.gpa2.value);
  if (a.type == AccessType::kAtomic) line["old"] = Hex(a.old);
  if (a.host != nullptr) line["hva"] = absl::StrFormat("%p", a.host);
  if (a.range == nullptr) return line;
  line["region"] = a.range->region->name();
  line["offset"] = Hex(a.range->OffsetAt(a.gpa).value);
  if (const char* const name = RegisterName(a)) line["register"] = name;
  return line;
}

}  // namespace emu::debug
