// The traces of one machine: started and stopped by their specifications (debug/trace/trace_spec.h), from the command
// line or while it runs.
#ifndef EMU_DEBUG_TRACE_SESSION_H_
#define EMU_DEBUG_TRACE_SESSION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/symbols.h"
#include "debug/trace/record.h"
#include "debug/watch_hub.h"
#include "memory/address.h"
#include "translate/engine/cpu.h"

namespace emu::debug {

class Tracer;

struct TraceSessionOptions {
  // Each trace remembers who wrote each word last, for LastWriter. Takes four times the memory that is written.
  bool keep_last_writers = false;
  // Told, on any thread, in a line what a trace cannot show, and when its file cannot be written.
  std::function<void(absl::string_view line)> warn = nullptr;  // by default to standard error
};

// All calls from the machine's thread, and not from within an access. Everything passed outlives the session.
class TraceSession {
 public:
  TraceSession(translate::Cpu& cpu, WatchHub& hub, const SymbolTable& symbols, TraceSessionOptions options = {});
  // Stops all.
  ~TraceSession();
  TraceSession(const TraceSession&) = delete;
  TraceSession& operator=(const TraceSession&) = delete;

  // Begins a trace; its number. Errors name the part of the specification that is wrong, or the file.
  absl::StatusOr<int> Start(absl::string_view spec);
  // Ends it when all its records are written. An error says that this failed, or that there is no such trace.
  absl::Status Stop(int id);
  // Of several errors the first.
  absl::Status StopAll();

  struct Info {
    int id;
    std::string spec;
    std::string file;  // "stderr", or its path
    uint64_t records;
  };
  std::vector<Info> List() const;

  // The last write to the byte at `gpa` that a trace has seen. NotFound says whether there was none or none was looked
  // for.
  absl::StatusOr<TraceRecord> LastWriter(memory::Gpa gpa);

 private:
  struct Running {
    int id;
    std::string spec, file;
    std::unique_ptr<Tracer> tracer;
  };

  translate::Cpu& cpu_;
  WatchHub& hub_;
  const SymbolTable& symbols_;
  const TraceSessionOptions options_;
  std::vector<Running> running_;
  int next_id_ = 1;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_SESSION_H_
