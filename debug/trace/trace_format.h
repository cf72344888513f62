// The layout of binary traces; docs/trace.md describes it.
#ifndef EMU_DEBUG_TRACE_TRACE_FORMAT_H_
#define EMU_DEBUG_TRACE_TRACE_FORMAT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "debug/symbols.h"
#include "debug/trace/record.h"

namespace emu::debug {

// A file begins with this and the version, of 4 bytes, lowest first as all numbers here.
inline constexpr absl::string_view kTraceMagic = "EMUTRACE";
inline constexpr uint32_t kTraceVersion = 1;
// And ends, if it is whole, with the place of the index (8 bytes) and this.
inline constexpr absl::string_view kTraceEndMagic = "EMUTREND";
inline constexpr uint64_t kTracePreamble = 12, kTraceTrailer = 16;

// Between them are frames: the head, then its payload, compressed by zstd with a checksum.
struct TraceFrame {
  enum Kind : uint32_t { kHeader = 1, kChunk = 2, kNote = 3, kIndex = 4 };
  static constexpr uint64_t kSize = 32;  // of the head
  uint32_t kind = 0;
  uint32_t compressed = 0;                 // bytes that follow
  uint32_t size = 0;                       // of the payload
  uint32_t records = 0;                    // of a chunk
  uint64_t first_insn = 0, last_insn = 0;  // the least and the greatest number of its records; of a note both
};

// What is known when the trace begins.
struct TraceHeader {
  std::string spec;
  std::string target;              // "riscv64"
  std::vector<TracePlace> places;  // the memory map
  SymbolTable symbols;
};

// A chunk in the index.
struct TraceChunkInfo {
  uint64_t offset = 0;  // of its frame
  uint64_t first_insn = 0, last_insn = 0;
  uint32_t records = 0;
};

// What was not traced, from so many instructions on.
struct TraceNote {
  uint64_t insn = 0;
  std::string text;
};
struct TraceIndex {
  std::vector<TraceChunkInfo> chunks;
  std::vector<TraceNote> notes;
};

std::string EncodeTraceHeader(const TraceHeader& header);
bool DecodeTraceHeader(absl::string_view payload, TraceHeader* header);
std::string EncodeTraceIndex(const TraceIndex& index);
bool DecodeTraceIndex(absl::string_view payload, TraceIndex* index);
std::string EncodeTraceFrame(const TraceFrame& frame);
TraceFrame DecodeTraceFrame(absl::string_view head);
void PutFixed(uint64_t value, unsigned size, std::string* out);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TRACE_FORMAT_H_
