// Who wrote each byte last, by guest-physical address.
#ifndef EMU_DEBUG_TRACE_LAST_WRITERS_H_
#define EMU_DEBUG_TRACE_LAST_WRITERS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "debug/trace/record.h"

namespace emu::debug {

class LastWriters {
 public:
  // At most so many records are kept.
  explicit LastWriters(size_t most = size_t{1} << 20) : most_(most) {}

  // Of records that read nothing happens.
  void Note(const TraceRecord& record);
  // Null: no write to the byte is known.
  const TraceRecord* Find(uint64_t gpa) const;
  // Some words are not known, since there are too many.
  bool full() const { return full_; }

 private:
  struct Write {
    uint64_t number;  // in order
    TraceRecord record;
    uint64_t first, last;  // the bytes
    bool Covers(uint64_t from, uint64_t to) const { return first <= from && to <= last; }
  };
  void NoteBytes(const Write& write);
  void NoteWord(uint64_t word, const Write& write);

  const size_t most_;
  uint64_t next_number_ = 0;
  size_t kept_ = 0;
  bool full_ = false;
  // For each aligned word of 8 bytes the writes that still show, oldest first.
  absl::flat_hash_map<uint64_t, std::vector<Write>> words_;
  std::vector<Write> long_;  // writes of many bytes, oldest first
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_LAST_WRITERS_H_
