// Reads binary traces. A file that was cut off is read up to its last whole chunk.
#ifndef EMU_DEBUG_TRACE_TRACE_READER_H_
#define EMU_DEBUG_TRACE_TRACE_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "debug/trace/chunk.h"
#include "debug/trace/trace_format.h"
#include "loaders/bytes.h"

namespace emu::debug {

class TraceReader {
 public:
  static absl::StatusOr<TraceReader> Open(const std::string& path);
  // `name` is for errors.
  static absl::StatusOr<TraceReader> Parse(loaders::Bytes file, absl::string_view name);

  const TraceHeader& header() const { return header_; }
  const std::vector<TraceChunkInfo>& chunks() const { return index_.chunks; }
  const std::vector<TraceNote>& notes() const { return index_.notes; }
  // Why this is not all that was traced; empty: it is.
  const std::string& warning() const { return warning_; }

  // The records of a chunk. What they point to lives as long as the reader.
  absl::StatusOr<std::vector<TraceRecord>> ReadChunk(size_t number);
  // All records from `from` to `to` executed instructions, without reading chunks that have none. Ends at an error.
  absl::Status ForEach(uint64_t from, uint64_t to, absl::FunctionRef<void(const TraceRecord&)> fn);

 private:
  TraceReader(loaders::Bytes file, absl::string_view name) : file_(std::move(file)), name_(name) {}
  absl::Status Bad(absl::string_view why) const;
  absl::string_view At(uint64_t offset, uint64_t size) const;
  bool FindFrame(uint64_t offset, TraceFrame* frame) const;
  absl::StatusOr<std::string> Payload(uint64_t offset, const TraceFrame& frame) const;
  absl::Status ReadHeader(uint64_t* next);
  bool ReadIndex();
  void Scan(uint64_t offset);

  loaders::Bytes file_;
  std::string name_;
  TraceHeader header_;
  TraceIndex index_;
  std::string warning_;
  std::unique_ptr<ChunkDecoder> decoder_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TRACE_READER_H_
