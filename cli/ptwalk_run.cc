#include "cli/ptwalk_run.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/ptwalk_options.h"
#include "loaders/memory_image.h"
#include "mmu/mapping_text.h"
#include "mmu/page_table_walker.h"

namespace emu::cli {
namespace {

using loaders::MemoryImage;

class ImageWords : public mmu::AnyPhysicalWords {
 public:
  ImageWords(const MemoryImage& image, memory::Endian order) : image_(image), order_(order) {}
  memory::MemValue Read(memory::Gpa gpa, unsigned size) override { return image_.Read(gpa, size, order_); }
  memory::MemValue CompareExchange(memory::Gpa, unsigned, uint64_t, uint64_t) override {
    return {memory::MemStatus::kDeviceError, 0};
  }

 private:
  const MemoryImage& image_;
  const memory::Endian order_;
};

class Run {
 public:
  Run(const PtwalkOptions& options, const MemoryImage& image, const mmu::PageTableWalker& walker)
      : options_(options), image_(image), walker_(walker), words_(image, options.architecture->table_order) {}

  PtwalkOutcome Text() {
    AddPiece(absl::StrCat(walker_.Description(), "; memory ", image_.Extent(), "\n"));
    for (const memory::Gva gva : options_.addresses) AddPiece(mmu::TranslationText(Walk(gva), byte_));
    if (options_.all) AddPiece(mmu::MappingListText(Scan()));
    return std::move(outcome_);
  }

  PtwalkOutcome Json() {
    std::vector<std::string> translations;
    for (const memory::Gva gva : options_.addresses) translations.push_back(mmu::TranslationJson(Walk(gva), byte_));
    absl::StrAppend(&outcome_.output, R"({"walker":")", walker_.Description(), "\"");
    if (!translations.empty()) {
      absl::StrAppend(&outcome_.output, ",\n\"translations\":[", absl::StrJoin(translations, ",\n"), "]");
    }
    if (options_.all) absl::StrAppend(&outcome_.output, ",\n\"mappings\":", mmu::MappingListJson(Scan()));
    absl::StrAppend(&outcome_.output, "}\n");
    return std::move(outcome_);
  }

 private:
  // With an empty line before all but the first.
  void AddPiece(const std::string& text) {
    absl::StrAppend(&outcome_.output, outcome_.output.empty() ? "" : "\n", text);
  }

  mmu::Translation Walk(memory::Gva gva) {
    mmu::Translation translation = walker_.Walk(gva, options_.access, words_);
    byte_.reset();
    if (translation.ok()) byte_ = image_.Read(translation.gpa, 1, memory::Endian::kLittle);
    if (!translation.ok()) outcome_.status = 2;
    return translation;
  }

  mmu::MappingList Scan() {
    mmu::MappingList list = walker_.Scan(words_, options_.limits);
    if (list.stopped_at.has_value()) outcome_.status = 2;
    return list;
  }

  const PtwalkOptions& options_;
  const MemoryImage& image_;
  const mmu::PageTableWalker& walker_;
  ImageWords words_;
  std::optional<memory::MemValue> byte_;  // at the last address that was walked to
  PtwalkOutcome outcome_;
};

absl::StatusOr<PtwalkOutcome> RunWith(const PtwalkOptions& options) {
  const absl::StatusOr<std::unique_ptr<mmu::PageTableWalker>> walker = options.architecture->make(options.state);
  if (!walker.ok()) return walker.status();
  for (const memory::Gva gva : options.addresses) {
    if (absl::Status status = (*walker)->Check(gva); !status.ok()) return status;
  }
  const absl::StatusOr<MemoryImage> image = MemoryImage::Load(options.image, options.base, options.format);
  if (!image.ok()) return image.status();
  Run run(options, *image, **walker);
  return options.json ? run.Json() : run.Text();
}

}  // namespace

PtwalkOutcome RunPtwalk(absl::Span<const std::string> arguments) {
  const absl::StatusOr<PtwalkOptions> options = ParsePtwalkOptions(arguments);
  if (!options.ok()) return {1, "", std::string(options.status().message())};
  if (options->help) return {0, PtwalkHelp(*options), ""};
  absl::StatusOr<PtwalkOutcome> outcome = RunWith(*options);
  if (!outcome.ok()) return {1, "", std::string(outcome.status().message())};
  return *std::move(outcome);
}

}  // namespace emu::cli
