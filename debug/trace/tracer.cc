#include "debug/trace/tracer.h"

#include <signal.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace emu::debug {

using memory::Gpa;
using memory::Gva;
using translate::MemAccess;

Tracer::Tracer(const TraceFilter& filter, const SymbolTable& symbols, translate::Cpu& cpu,
               std::unique_ptr<TraceSink> sink, bool keep_last_writers, std::function<void(absl::string_view)> warn)
    : spec_(filter),
      filter_(filter, symbols),
      cpu_(cpu),
      warn_(std::move(warn)),
      keep_last_writers_(keep_last_writers),
      sink_(std::move(sink)) {
  // Signals are for the machine's thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  writer_ = std::thread([this] { RunWriter(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (filter_.fetches_by_place()) cpu_.memory().AddListener(this);
}

Tracer::~Tracer() { Finish().IgnoreError(); }

absl::Status Tracer::Finish() {
  if (writer_.joinable()) {
    if (filter_.fetches_by_place()) cpu_.memory().RemoveListener(this);
    ending_.store(true, std::memory_order_release);
    writer_.join();
  }
  return sink_->status();
}

bool Tracer::WantsPage(Gva page, Gpa gpa, const memory::FlatRange& range, translate::Access access) {
  return filter_.WantsPage(page.value, gpa.value, range, access == translate::Access::kWrite);
}

bool Tracer::WantsFetch(Gva pc, Gpa gpa, const memory::FlatRange& range) {
  return filter_.WantsFetch(pc.value, gpa.value, range, cpu_.memory().view());
}

void Tracer::OnAccess(const MemAccess& access) {
  if (!filter_.WantsType(access.type)) return;
  TraceRecord* const record = ring_.Next();
  places_.Fill(access, record);
  if (filter_.Accepts(*record)) ring_.Publish();
}

// Instructions that were translated at another place, or at none, are asked for again.
void Tracer::OnAdd(memory::AddressSpace&, const memory::FlatRange& range) {
  if (range.host != nullptr && filter_.WantsCodeOf(range)) {
    cpu_.RefreshFetches(range.host, range.last - range.first + 1);
  }
}

void Tracer::RunWriter() {
  while (true) {
    const bool ending = ending_.load(std::memory_order_acquire);
    const absl::Span<const TraceRecord> records = ring_.Peek();
    {
      const std::lock_guard<std::mutex> lock(sink_mutex_);
      records.empty() ? sink_->Idle() : sink_->Write(records);
      if (records.empty() && ending) sink_->Finish();
      CheckStatus();
    }
    if (keep_last_writers_) {
      for (const TraceRecord& record : records) last_writers_.Note(record);
    }
    if (records.empty() && ending) return;
    records.empty() ? ring_.Wait() : ring_.Take(records.size());
  }
}

void Tracer::CheckStatus() {
  if (sink_->status().ok() || warned_) return;
  warned_ = true;
  warn_(absl::StrCat(sink_->status().message(), "; the trace ends before this"));
}

std::optional<TraceRecord> Tracer::LastWriter(uint64_t gpa, bool* full) {
  if (writer_.joinable()) ring_.Drain();
  *full = last_writers_.full();
  const TraceRecord* const record = last_writers_.Find(gpa);
  return record == nullptr ? std::nullopt : std::optional<TraceRecord>(*record);
}

bool Tracer::SeesWrites(uint64_t gpa) const {
  const bool narrowed = spec_.gva.has_value() || spec_.pc.has_value() || spec_.cpu.has_value() ||
                        spec_.symbol != nullptr || spec_.region != nullptr;
  return spec_.writes && spec_.walks && spec_.dma && !narrowed && (!spec_.gpa.has_value() || spec_.gpa->Contains(gpa));
}

}  // namespace emu::debug
