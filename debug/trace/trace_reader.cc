#include "debug/trace/trace_reader.h"

#include <zstd.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace emu::debug {
namespace {

constexpr uint32_t kLargestPayload = 1u << 28;

uint64_t Fixed(absl::string_view bytes) { return VarintReader(bytes).Number(static_cast<unsigned>(bytes.size())); }

}  // namespace

absl::StatusOr<TraceReader> TraceReader::Open(const std::string& path) {
  absl::StatusOr<loaders::Bytes> file = loaders::MapFile(path);
  if (!file.ok()) return file.status();
  return Parse(*std::move(file), path);
}

absl::StatusOr<TraceReader> TraceReader::Parse(loaders::Bytes file, absl::string_view name) {
  TraceReader reader(std::move(file), name);
  uint64_t next = 0;
  if (absl::Status status = reader.ReadHeader(&next); !status.ok()) return status;
  reader.decoder_ = std::make_unique<ChunkDecoder>(reader.header_.places);
  if (!reader.ReadIndex()) reader.Scan(next);
  return reader;
}

absl::Status TraceReader::Bad(absl::string_view why) const {
  return absl::DataLossError(absl::StrCat("\"", name_, "\": ", why));
}

// Empty if the file has no such bytes.
absl::string_view TraceReader::At(uint64_t offset, uint64_t size) const {
  const absl::string_view all(reinterpret_cast<const char*>(file_.data()), file_.size());
  return offset > all.size() || size > all.size() - offset ? absl::string_view() : all.substr(offset, size);
}

bool TraceReader::FindFrame(uint64_t offset, TraceFrame* frame) const {
  const absl::string_view head = At(offset, TraceFrame::kSize);
  if (head.empty()) return false;
  *frame = DecodeTraceFrame(head);
  return frame->kind >= TraceFrame::kHeader && frame->kind <= TraceFrame::kIndex && frame->size <= kLargestPayload &&
         !At(offset + TraceFrame::kSize, frame->compressed).empty();
}

absl::StatusOr<std::string> TraceReader::Payload(uint64_t offset, const TraceFrame& frame) const {
  const absl::string_view bytes = At(offset + TraceFrame::kSize, frame.compressed);
  const std::string where = absl::StrCat("the frame at byte ", offset, " ");
  if (ZSTD_getFrameContentSize(bytes.data(), bytes.size()) != frame.size) return Bad(where + "has another size");
  std::string payload(frame.size, '\0');
  const size_t size = ZSTD_decompress(payload.data(), payload.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size)) return Bad(absl::StrCat(where, "is damaged: ", ZSTD_getErrorName(size)));
  if (size != frame.size) return Bad(where + "has another size");
  return payload;
}

absl::Status TraceReader::ReadHeader(uint64_t* next) {
  if (At(0, kTraceMagic.size()) != kTraceMagic) return Bad("no binary trace: it does not begin with EMUTRACE");
  const absl::string_view version = At(kTraceMagic.size(), 4);
  if (version.empty()) return Bad("the trace is cut off before its header");
  if (Fixed(version) != kTraceVersion) {
    return Bad(absl::StrCat("version ", Fixed(version), " of binary traces; expected ", kTraceVersion));
  }
  TraceFrame frame;
  if (!FindFrame(kTracePreamble, &frame) || frame.kind != TraceFrame::kHeader) {
    return Bad("the trace is cut off in its header, or that is damaged");
  }
  const absl::StatusOr<std::string> payload = Payload(kTracePreamble, frame);
  if (!payload.ok()) return payload.status();
  if (!DecodeTraceHeader(*payload, &header_)) return Bad("the header is malformed");
  *next = kTracePreamble + TraceFrame::kSize + frame.compressed;
  return absl::OkStatus();
}

// True if the file ends as a whole one does.
bool TraceReader::ReadIndex() {
  if (file_.size() < kTraceTrailer) return false;
  const absl::string_view trailer = At(file_.size() - kTraceTrailer, kTraceTrailer);
  if (trailer.substr(8) != kTraceEndMagic) return false;
  const uint64_t at = Fixed(trailer.substr(0, 8));
  TraceFrame frame;
  if (!FindFrame(at, &frame) || frame.kind != TraceFrame::kIndex) return false;
  const absl::StatusOr<std::string> payload = Payload(at, frame);
  return payload.ok() && DecodeTraceIndex(*payload, &index_);
}

// Without an index: frame by frame, as far as they are whole.
void TraceReader::Scan(uint64_t offset) {
  index_ = {};
  TraceFrame frame;
  for (; FindFrame(offset, &frame); offset += TraceFrame::kSize + frame.compressed) {
    if (frame.kind == TraceFrame::kChunk) {
      index_.chunks.push_back({offset, frame.first_insn, frame.last_insn, frame.records});
    } else if (frame.kind == TraceFrame::kNote) {
      const absl::StatusOr<std::string> text = Payload(offset, frame);
      if (text.ok()) index_.notes.push_back({frame.first_insn, *text});
    }
  }
  uint64_t records = 0, last = 0;
  for (const TraceChunkInfo& chunk : index_.chunks) {
    records += chunk.records;
    last = std::max(last, chunk.last_insn);
  }
  warning_ = absl::StrCat("\"", name_, "\" is cut off or damaged after byte ", offset, " of ", file_.size(), ": ",
                          records, " records, up to ", last, " instructions, are there; what came then is lost");
}

absl::StatusOr<std::vector<TraceRecord>> TraceReader::ReadChunk(size_t number) {
  const TraceChunkInfo& info = index_.chunks[number];
  const std::string where = absl::StrCat("chunk ", number, " at byte ", info.offset, " ");
  TraceFrame frame;
  if (!FindFrame(info.offset, &frame) || frame.kind != TraceFrame::kChunk) return Bad(where + "is not there");
  const absl::StatusOr<std::string> payload = Payload(info.offset, frame);
  if (!payload.ok()) return payload.status();
  absl::StatusOr<std::vector<TraceRecord>> records = decoder_->Decode(*payload);
  if (!records.ok()) return Bad(absl::StrCat(where, "is damaged: ", records.status().message()));
  const bool as_said = records->size() == info.records && std::all_of(records->begin(), records->end(), [&](auto& r) {
                         return r.insn >= info.first_insn && r.insn <= info.last_insn;
                       });
  if (!as_said) return Bad(where + "has other records than the index says");
  return records;
}

absl::Status TraceReader::ForEach(uint64_t from, uint64_t to, absl::FunctionRef<void(const TraceRecord&)> fn) {
  for (size_t i = 0; i < index_.chunks.size(); ++i) {
    if (index_.chunks[i].last_insn < from || index_.chunks[i].first_insn > to) continue;
    const absl::StatusOr<std::vector<TraceRecord>> records = ReadChunk(i);
    if (!records.ok()) return records.status();
    for (const TraceRecord& record : *records) {
      if (record.insn >= from && record.insn <= to) fn(record);
    }
  }
  return absl::OkStatus();
}

}  // namespace emu::debug
