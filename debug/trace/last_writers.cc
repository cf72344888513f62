#include "debug/trace/last_writers.h"

#include <algorithm>

namespace emu::debug {
namespace {

constexpr uint64_t kLong = 1 << 16;  // bytes, from which on words are not noted one by one
constexpr size_t kMostLong = 256;

}  // namespace

void LastWriters::Note(const TraceRecord& r) {
  if (!r.writes() || r.size == 0) return;
  const uint64_t number = next_number_++;
  if (!r.crosses) return NoteBytes({number, r, r.gpa, r.gpa + (r.size - 1)});
  const uint64_t end = r.gpa | 0xfff, on_first = end - r.gpa + 1;
  NoteBytes({number, r, r.gpa, end});
  NoteBytes({number, r, r.gpa2, r.gpa2 + (r.size - on_first - 1)});
}

void LastWriters::NoteBytes(const Write& write) {
  if (write.last < write.first) return;
  if (write.last - write.first < kLong) {
    for (uint64_t word = write.first >> 3; word <= write.last >> 3; ++word) NoteWord(word, write);
    return;
  }
  std::erase_if(long_, [&](const Write& w) { return write.Covers(w.first, w.last); });
  if (long_.size() == kMostLong) {
    full_ = true;
    long_.erase(long_.begin());
  }
  long_.push_back(write);
}

void LastWriters::NoteWord(uint64_t word, const Write& write) {
  const auto known = words_.find(word);
  if (known == words_.end() && kept_ >= most_) {
    full_ = true;
    return;
  }
  std::vector<Write>& writes = known != words_.end() ? known->second : words_[word];
  const uint64_t first = word << 3, last = first | 7;
  kept_ -= std::erase_if(
      writes, [&](const Write& w) { return write.Covers(std::max(w.first, first), std::min(w.last, last)); });
  writes.push_back(write);
  ++kept_;
}

const TraceRecord* LastWriters::Find(uint64_t gpa) const {
  const Write* found = nullptr;
  const auto look = [&](const std::vector<Write>& writes) {
    for (const Write& w : writes) {
      if (w.Covers(gpa, gpa) && (found == nullptr || w.number > found->number)) found = &w;
    }
  };
  if (const auto word = words_.find(gpa >> 3); word != words_.end()) look(word->second);
  look(long_);
  return found == nullptr ? nullptr : &found->record;
}

}  // namespace emu::debug
