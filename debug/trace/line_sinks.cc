// Traces of a line for each record.
#include <utility>

#include "absl/strings/str_cat.h"
#include "debug/trace/record_text.h"
#include "debug/trace/sink.h"

namespace emu::debug {
namespace {

class LineSink : public TraceSink {
 public:
  LineSink(std::unique_ptr<OutputFile> file, const SymbolTable& symbols) : symbols_(symbols), file_(std::move(file)) {}

  void Write(absl::Span<const TraceRecord> records) override {
    for (const TraceRecord& record : records) {
      Append(record, &text_);
      if (text_.size() >= kEnough) Idle();
    }
  }
  void Idle() override {
    file_->Write(text_);
    text_.clear();
  }
  void Finish() override { Idle(); }
  absl::Status status() const override { return file_->status(); }

 protected:
  virtual void Append(const TraceRecord& record, std::string* out) = 0;

  const SymbolTable& symbols_;
  std::string text_;

 private:
  static constexpr size_t kEnough = 1 << 16;
  const std::unique_ptr<OutputFile> file_;
};

class TextSink final : public LineSink {
 public:
  TextSink(std::unique_ptr<OutputFile> file, const SymbolTable& symbols, bool show_hva)
      : LineSink(std::move(file), symbols), show_hva_(show_hva) {
    text_ = TextHeading(show_hva);
  }
  void Note(uint64_t insn, absl::string_view text) override {
    absl::StrAppend(&text_, "# after ", insn, " instructions: ", text, "\n");
  }

 private:
  void Append(const TraceRecord& record, std::string* out) override { AppendText(record, symbols_, show_hva_, out); }
  const bool show_hva_;
};

class JsonSink final : public LineSink {
 public:
  using LineSink::LineSink;
  void Note(uint64_t insn, absl::string_view text) override {
    absl::StrAppend(&text_, "{\"insns\":", insn, ",\"note\":", JsonQuoted(text), "}\n");
  }

 private:
  void Append(const TraceRecord& record, std::string* out) override { AppendJson(record, symbols_, out); }
};

}  // namespace

std::unique_ptr<TraceSink> MakeTextSink(std::unique_ptr<OutputFile> file, const SymbolTable& symbols, bool show_hva) {
  return std::make_unique<TextSink>(std::move(file), symbols, show_hva);
}

std::unique_ptr<TraceSink> MakeJsonSink(std::unique_ptr<OutputFile> file, const SymbolTable& symbols) {
  return std::make_unique<JsonSink>(std::move(file), symbols);
}

}  // namespace emu::debug
