// Where the records of a trace go. Called on a thread of the trace's own.
#ifndef EMU_DEBUG_TRACE_SINK_H_
#define EMU_DEBUG_TRACE_SINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "debug/symbols.h"
#include "debug/trace/record.h"

namespace emu::debug {

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void Write(absl::Span<const TraceRecord> records) = 0;
  // What the records do not show.
  virtual void Note(uint64_t insn, absl::string_view text) = 0;
  // There is nothing to do for now: a good time to let go of what waits.
  virtual void Idle() = 0;
  // The last call, except for status().
  virtual void Finish() = 0;
  // The first error, after which nothing more is written.
  virtual absl::Status status() const = 0;
};

// A file that is written from its start to its end. Remembers its first error.
class OutputFile {
 public:
  // Standard error if `path` is empty.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void Write(absl::string_view bytes);
  uint64_t written() const { return written_; }
  const absl::Status& status() const { return status_; }

 private:
  OutputFile(std::string name, int fd, bool owned) : name_(std::move(name)), fd_(fd), owned_(owned) {}

  const std::string name_;
  const int fd_;
  const bool owned_;
  uint64_t written_ = 0;
  absl::Status status_;
};

// A line for each record. `symbols` outlives the sink.
std::unique_ptr<TraceSink> MakeTextSink(std::unique_ptr<OutputFile> file, const SymbolTable& symbols, bool show_hva);
std::unique_ptr<TraceSink> MakeJsonSink(std::unique_ptr<OutputFile> file, const SymbolTable& symbols);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_SINK_H_
