// One trace of a CPU's accesses and its devices': picks out what the filter wants on the guest's thread, and writes it
// on another.
#ifndef EMU_DEBUG_TRACE_TRACER_H_
#define EMU_DEBUG_TRACE_TRACER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "debug/symbols.h"
#include "debug/trace/last_writers.h"
#include "debug/trace/places.h"
#include "debug/trace/record_filter.h"
#include "debug/trace/record_ring.h"
#include "debug/trace/sink.h"
#include "memory/listener.h"
#include "translate/engine/access_watch.h"
#include "translate/engine/cpu.h"

namespace emu::debug {

// To be given to a WatchHub. Accesses come from one thread at a time.
class Tracer final : public translate::AccessWatch, private memory::Listener {
 public:
  // `warn` is told of what the trace cannot show, on any thread.
  Tracer(const TraceFilter& filter, const SymbolTable& symbols, translate::Cpu& cpu, std::unique_ptr<TraceSink> sink,
         bool keep_last_writers, std::function<void(absl::string_view)> warn);
  ~Tracer() override;

  bool wants_fetches() const { return filter_.WantsType(translate::AccessType::kFetch); }
  uint64_t records() const { return ring_.made(); }
  // Writes what there is and ends. The first call counts.
  absl::Status Finish();
  // Null if none is known; `full`: some are not known.
  std::optional<TraceRecord> LastWriter(uint64_t gpa, bool* full);
  // Whether writes to the byte at `gpa` are all seen.
  bool SeesWrites(uint64_t gpa) const;

  translate::AccessTypes TypesBeyondPages() const override { return filter_.TypesBeyondPages(); }
  bool MayStop() const override { return false; }
  bool WantsPage(memory::Gva page, memory::Gpa gpa, const memory::FlatRange& range, translate::Access access) override;
  bool WantsFetch(memory::Gva pc, memory::Gpa gpa, const memory::FlatRange& range) override;
  bool Stops(const translate::MemAccess&) override { return false; }
  void OnAccess(const translate::MemAccess& access) override;

 private:
  void OnAdd(memory::AddressSpace& space, const memory::FlatRange& range) override;
  void RunWriter();
  void CheckStatus();

  const TraceFilter spec_;
  RecordFilter filter_;
  translate::Cpu& cpu_;
  const std::function<void(absl::string_view)> warn_;
  Places places_;
  RecordRing ring_;
  const bool keep_last_writers_;
  LastWriters last_writers_;  // the writer's; others only while it waits
  std::unique_ptr<TraceSink> sink_;
  bool warned_ = false;  // of a failed file
  std::mutex sink_mutex_;
  std::atomic<bool> ending_{false};
  std::thread writer_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TRACER_H_
