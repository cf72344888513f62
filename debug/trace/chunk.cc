#include "debug/trace/chunk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

using translate::AccessType;

// The byte that begins a record: type, size, and what else there is to it.
constexpr unsigned kSizeShift = 3, kOtherSize = 7, kUnknownValue = 6;  // both: the size follows
constexpr uint8_t kCrosses = 0x40;                                     // gpa2 follows
constexpr uint8_t kRare = 0x80;  // CPU, places and name differ from the last record's of the type

unsigned SizeCode(const TraceRecord& r) {
  if (!r.value_known) return kUnknownValue;
  switch (r.size) {
    case 1:
      return 0;
    case 2:
      return 1;
    case 4:
      return 2;
    case 8:
      return 3;
    default:
      return kOtherSize;
  }
}

void PutNumber(uint64_t value, unsigned size, std::string* out) {
  char bytes[8];
  memcpy(bytes, &value, 8);
  out->append(bytes, size);
}

absl::Status Bad(absl::string_view why) { return absl::DataLossError(absl::StrCat("a chunk of records ", why)); }

// The columns of a chunk that is decoded.
struct Columns {
  std::vector<VarintReader> in;
  ChunkState state;
  std::vector<const TracePlace*> places = {nullptr};
  std::vector<const char*> names = {nullptr};

  bool Next(TraceRecord* r) {
    const uint8_t tag = static_cast<uint8_t>(in[kTags].Number(1));
    r->type = static_cast<AccessType>(tag & 7);
    ChunkState::OfType& last = state.types[tag & 7];
    const unsigned code = tag >> kSizeShift & 7;
    if (code > 3 && code < kUnknownValue) return false;
    r->value_known = code != kUnknownValue;
    r->size = code > 3 ? static_cast<uint32_t>(in[kOthers].Varint()) : 1u << code;
    if ((tag & kRare) != 0 && !NextRare(last)) return false;
    r->cpu = last.cpu;
    r->place = last.place;
    r->place2 = last.place2;
    r->register_name = last.name;
    r->crosses = (tag & kCrosses) != 0;
    NextAddresses(r, last);
    if (!r->value_known) return true;
    const unsigned bytes = std::min<uint32_t>(r->size, 8);
    r->value = in[kValues].Number(bytes);
    if (r->type == AccessType::kAtomic) r->old = in[kValues].Number(bytes);
    return true;
  }

  bool NextRare(ChunkState::OfType& last) {
    last.cpu = static_cast<uint16_t>(in[kOthers].Varint());
    const uint64_t place = in[kOthers].Varint(), place2 = in[kOthers].Varint(), name = in[kOthers].Varint();
    if (place >= places.size() || place2 >= places.size() || name >= names.size()) return false;
    last.place = places[place];
    last.place2 = places[place2];
    last.name = names[name];
    return true;
  }

  void NextAddresses(TraceRecord* r, ChunkState::OfType& last) {
    r->insn = state.insn = in[kInsns].Difference(state.insn);
    r->pc = state.pc = in[kPcs].Difference(state.pc);
    r->gva = last.gva = in[kGvas].Difference(last.gva);
    last.to_gpa = in[kGpas].Difference(last.to_gpa);
    r->gpa = r->gva + last.to_gpa;
    if (r->crosses) r->gpa2 = in[kGpas].Difference(r->gpa);
  }
};

bool SamePlace(const TracePlace& a, const TracePlace& b) {
  return a.first == b.first && a.last == b.last && a.offset == b.offset && a.host == b.host && a.kind == b.kind &&
         a.region == b.region;
}

}  // namespace

void PutPlace(const TracePlace& place, std::string* out) {
  PutText(place.region, out);
  for (const uint64_t value : {static_cast<uint64_t>(place.kind), place.first, place.last, place.offset, place.host}) {
    PutVarint(value, out);
  }
}

TracePlace GetPlace(VarintReader& in) {
  TracePlace place;
  place.region = std::string(in.Text());
  place.kind = static_cast<memory::RegionKind>(
      std::min<uint64_t>(in.Varint(), static_cast<uint64_t>(memory::RegionKind::kIommu)));
  place.first = in.Varint();
  place.last = in.Varint();
  place.offset = in.Varint();
  place.host = in.Varint();
  return place;
}

ChunkEncoder::ChunkEncoder(const std::vector<TracePlace>& header_places) : header_places_(header_places) {}

uint64_t ChunkEncoder::PlaceNumber(const TracePlace* place) {
  if (place == nullptr) return 0;
  const auto [it, is_new] = place_numbers_.try_emplace(place, 0);
  if (!is_new) return it->second;
  for (size_t i = 0; i < header_places_.size(); ++i) {
    if (SamePlace(header_places_[i], *place)) return it->second = i + 1;
  }
  uint64_t further = 1;
  for (const auto& [p, number] : place_numbers_) further += number > header_places_.size();
  PutPlace(*place, &places_);
  return it->second = header_places_.size() + further;
}

uint64_t ChunkEncoder::NameNumber(const char* name) {
  if (name == nullptr) return 0;
  const auto [it, is_new] = name_numbers_.try_emplace(name, name_numbers_.size() + 1);
  if (is_new) PutText(name, &names_);
  return it->second;
}

// What seldom changes from one access of a type to the next.
void ChunkEncoder::PutRare(const TraceRecord& r, ChunkState::OfType& last) {
  last.cpu = r.cpu;
  last.place = r.place;
  last.place2 = r.place2;
  last.name = r.register_name;
  const uint64_t numbers[] = {r.cpu, PlaceNumber(r.place), PlaceNumber(r.place2), NameNumber(r.register_name)};
  for (const uint64_t number : numbers) PutVarint(number, &columns_[kOthers]);
}

void ChunkEncoder::PutAddresses(const TraceRecord& r, ChunkState::OfType& last) {
  PutDifference(r.insn, state_.insn, &columns_[kInsns]);
  PutDifference(r.pc, state_.pc, &columns_[kPcs]);
  PutDifference(r.gva, last.gva, &columns_[kGvas]);
  PutDifference(r.gpa - r.gva, last.to_gpa, &columns_[kGpas]);
  if (r.crosses) PutDifference(r.gpa2, r.gpa, &columns_[kGpas]);
  state_.insn = r.insn;
  state_.pc = r.pc;
  last.gva = r.gva;
  last.to_gpa = r.gpa - r.gva;
}

void ChunkEncoder::Add(const TraceRecord& r) {
  ChunkState::OfType& last = state_.types[static_cast<int>(r.type)];
  const bool rare =
      r.cpu != last.cpu || r.place != last.place || r.place2 != last.place2 || r.register_name != last.name;
  const unsigned code = SizeCode(r), bytes = std::min<uint32_t>(r.size, 8);
  columns_[kTags] += static_cast<char>(static_cast<unsigned>(r.type) | code << kSizeShift | (r.crosses ? kCrosses : 0) |
                                       (rare ? kRare : 0));
  if (code > 3) PutVarint(r.size, &columns_[kOthers]);
  if (rare) PutRare(r, last);
  PutAddresses(r, last);
  if (r.value_known) PutNumber(r.value, bytes, &columns_[kValues]);
  if (r.type == AccessType::kAtomic) PutNumber(r.old, bytes, &columns_[kValues]);
  first_insn_ = records_ == 0 ? r.insn : std::min(first_insn_, r.insn);
  last_insn_ = records_ == 0 ? r.insn : std::max(last_insn_, r.insn);
  ++records_;
}

std::string ChunkEncoder::Take() {
  std::string chunk;
  PutVarint(records_, &chunk);
  PutText(places_, &chunk);
  PutText(names_, &chunk);
  for (std::string& column : columns_) {
    PutText(column, &chunk);
    column.clear();
  }
  state_ = {};
  records_ = 0;
  place_numbers_.clear();
  name_numbers_.clear();
  places_.clear();
  names_.clear();
  return chunk;
}

// Chunks repeat each other's places.
const TracePlace* ChunkDecoder::Keep(const TracePlace& place) {
  for (const TracePlace& known : places_) {
    if (SamePlace(known, place)) return &known;
  }
  places_.push_back(place);
  return &places_.back();
}

absl::StatusOr<std::vector<TraceRecord>> ChunkDecoder::Decode(absl::string_view chunk) {
  VarintReader in(chunk);
  const uint64_t count = in.Count();
  VarintReader places(in.Text()), names(in.Text());
  Columns columns;
  for (const TracePlace& place : header_places_) columns.places.push_back(&place);
  while (places.left() > 0) columns.places.push_back(Keep(GetPlace(places)));
  while (names.left() > 0) columns.names.push_back(names_.emplace(names.Text()).first->c_str());
  for (int i = 0; i < kColumns; ++i) columns.in.emplace_back(in.Text());
  if (!in.ok() || !places.ok() || !names.ok() || in.left() != 0) return Bad("is not laid out as one");
  std::vector<TraceRecord> records(count);
  for (TraceRecord& record : records) {
    if (!columns.Next(&record)) return Bad("has a record of unknown form");
  }
  for (const VarintReader& column : columns.in) {
    if (!column.ok() || column.left() != 0) return Bad("does not hold as much as it says");
  }
  return records;
}

}  // namespace emu::debug
