#include "debug/trace/trace_writer.h"

#include <zstd.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "debug/trace/chunk.h"

namespace emu::debug {
namespace {

constexpr int kLevel = 1;  // the fastest that zstd recommends; higher ones gain a tenth
constexpr auto kLongestWait = std::chrono::seconds(1);

class BinarySink final : public TraceSink {
 public:
  BinarySink(std::unique_ptr<OutputFile> file, TraceHeader header, uint32_t chunk_records)
      : file_(std::move(file)),
        header_(std::move(header)),
        chunk_records_(chunk_records),
        encoder_(header_.places),
        zstd_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(zstd_, ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(zstd_, ZSTD_c_checksumFlag, 1);
    std::string start(kTraceMagic);
    PutFixed(kTraceVersion, 4, &start);
    file_->Write(start);
    WriteFrame({TraceFrame::kHeader}, EncodeTraceHeader(header_));
  }
  ~BinarySink() override { ZSTD_freeCCtx(zstd_); }

  void Write(absl::Span<const TraceRecord> records) override {
    if (encoder_.records() == 0) begun_ = std::chrono::steady_clock::now();
    for (const TraceRecord& record : records) {
      encoder_.Add(record);
      if (encoder_.records() == chunk_records_) WriteChunk();
    }
  }
  void Note(uint64_t insn, absl::string_view text) override {
    if (encoder_.records() != 0) WriteChunk();
    index_.notes.push_back({insn, std::string(text)});
    WriteFrame({TraceFrame::kNote, 0, 0, 0, insn, insn}, index_.notes.back().text);
  }
  // Not too much is lost if the emulator is killed.
  void Idle() override {
    if (encoder_.records() != 0 && std::chrono::steady_clock::now() - begun_ > kLongestWait) WriteChunk();
  }
  void Finish() override {
    if (encoder_.records() != 0) WriteChunk();
    std::string trailer;
    PutFixed(file_->written(), 8, &trailer);
    WriteFrame({TraceFrame::kIndex}, EncodeTraceIndex(index_));
    file_->Write(absl::StrCat(trailer, kTraceEndMagic));
  }
  absl::Status status() const override { return status_.ok() ? file_->status() : status_; }

 private:
  void WriteChunk() {
    TraceFrame frame{TraceFrame::kChunk, 0, 0, encoder_.records(), encoder_.first_insn(), encoder_.last_insn()};
    index_.chunks.push_back({file_->written(), frame.first_insn, frame.last_insn, frame.records});
    WriteFrame(frame, encoder_.Take());
  }

  void WriteFrame(TraceFrame frame, const std::string& payload) {
    if (!status().ok()) return;
    compressed_.resize(ZSTD_compressBound(payload.size()));
    const size_t size = ZSTD_compress2(zstd_, compressed_.data(), compressed_.size(), payload.data(), payload.size());
    if (ZSTD_isError(size)) {
      status_ = absl::InternalError(absl::StrCat("trace file: zstd: ", ZSTD_getErrorName(size)));
      return;
    }
    frame.size = static_cast<uint32_t>(payload.size());
    frame.compressed = static_cast<uint32_t>(size);
    file_->Write(EncodeTraceFrame(frame));
    file_->Write(absl::string_view(compressed_.data(), size));
  }

  const std::unique_ptr<OutputFile> file_;
  const TraceHeader header_;
  const uint32_t chunk_records_;
  ChunkEncoder encoder_;
  TraceIndex index_;
  ZSTD_CCtx* const zstd_;
  std::string compressed_;
  absl::Status status_;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace

std::unique_ptr<TraceSink> MakeBinarySink(std::unique_ptr<OutputFile> file, TraceHeader header,
                                          uint32_t chunk_records) {
  return std::make_unique<BinarySink>(std::move(file), std::move(header), chunk_records);
}

}  // namespace emu::debug
