// Records to bytes and back: the contents of one chunk of a binary trace (docs/trace.md). Each kind of field has a
// column of its own, of differences to the record before or to the last of the same type, which compresses well. A
// chunk needs nothing but the places of the file's header.
#ifndef EMU_DEBUG_TRACE_CHUNK_H_
#define EMU_DEBUG_TRACE_CHUNK_H_

#include <array>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "debug/trace/record.h"
#include "debug/trace/varint.h"

namespace emu::debug {

// What a record is told as a difference to.
struct ChunkState {
  struct OfType {
    uint64_t gva = 0, to_gpa = 0;
    uint16_t cpu = 0;
    const TracePlace* place = nullptr;
    const TracePlace* place2 = nullptr;
    const char* name = nullptr;
  };
  uint64_t insn = 0, pc = 0;
  std::array<OfType, kAccessTypes> types;
};

// The columns.
enum ChunkColumn { kTags, kInsns, kPcs, kGvas, kGpas, kValues, kOthers, kColumns };

class ChunkEncoder {
 public:
  // `header_places` are known to the reader.
  explicit ChunkEncoder(const std::vector<TracePlace>& header_places);
  void Add(const TraceRecord& record);
  uint32_t records() const { return records_; }
  uint64_t first_insn() const { return first_insn_; }
  uint64_t last_insn() const { return last_insn_; }
  // The chunk; begins the next.
  std::string Take();

 private:
  void PutRare(const TraceRecord& record, ChunkState::OfType& last);
  void PutAddresses(const TraceRecord& record, ChunkState::OfType& last);
  uint64_t PlaceNumber(const TracePlace* place);
  uint64_t NameNumber(const char* name);

  const std::vector<TracePlace>& header_places_;
  std::array<std::string, kColumns> columns_;
  ChunkState state_;
  uint32_t records_ = 0;
  uint64_t first_insn_ = 0, last_insn_ = 0;
  // From 1; 0 stands for none.
  absl::flat_hash_map<const TracePlace*, uint64_t> place_numbers_;
  absl::flat_hash_map<const char*, uint64_t> name_numbers_;
  std::string places_, names_;
};

// Keeps the places and names of the chunks that it decoded, to which their records point.
class ChunkDecoder {
 public:
  explicit ChunkDecoder(std::vector<TracePlace> header_places) : header_places_(std::move(header_places)) {}
  absl::StatusOr<std::vector<TraceRecord>> Decode(absl::string_view chunk);

 private:
  const TracePlace* Keep(const TracePlace& place);

  std::vector<TracePlace> header_places_;
  std::deque<TracePlace> places_;
  std::set<std::string> names_;
};

void PutPlace(const TracePlace& place, std::string* out);
TracePlace GetPlace(VarintReader& in);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_CHUNK_H_
