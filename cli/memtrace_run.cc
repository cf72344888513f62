#include "cli/memtrace_run.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cli/memtrace_options.h"
#include "debug/trace/heat_map.h"
#include "debug/trace/record_filter.h"
#include "debug/trace/record_text.h"
#include "debug/trace/region_map.h"
#include "debug/trace/trace_reader.h"
#include "debug/trace/trace_spec.h"
#include "loaders/bytes.h"

namespace emu::cli {
namespace {

using debug::TraceRecord;
using Print = absl::FunctionRef<void(absl::string_view)>;

absl::Status WriteText(const std::string& path, const std::string& text) {
  return loaders::WriteFile(path, absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

// Everything in the trace, unless kinds are asked for.
absl::StatusOr<debug::TraceFilter> MakeFilter(const MemtraceOptions& options, const debug::SymbolTable& symbols) {
  debug::TraceFilter filter;
  const bool kinds =
      std::any_of(options.filter.begin(), options.filter.end(), [](const auto& key) { return key.first == "kind"; });
  filter.fetches = filter.walks = filter.dma = !kinds;
  for (const auto& [key, value] : options.filter) {
    if (absl::Status status = debug::SetFilterKey(key, value, symbols, &filter); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--", status.message()));
    }
  }
  return filter;
}

class Run {
 public:
  Run(const MemtraceOptions& options, debug::TraceReader reader, Print print)
      : options_(options), reader_(std::move(reader)), symbols_(reader_.header().symbols), print_(print) {}

  absl::Status LoadSymbols() {
    for (const std::string& path : options_.symbols) {
      const absl::StatusOr<debug::SymbolTable> more = debug::SymbolTable::Load(path);
      if (!more.ok()) return absl::InvalidArgumentError(absl::StrCat("--symbols ", more.status().message()));
      symbols_.Merge(*more);
    }
    absl::StatusOr<debug::TraceFilter> filter = MakeFilter(options_, symbols_);
    if (!filter.ok()) return filter.status();
    filter_ = *std::move(filter);
    return absl::OkStatus();
  }

  absl::Status Do() {
    if (!options_.first_writer.empty()) {
      if (absl::Status status = Writer(options_.first_writer, false); !status.ok()) return status;
    }
    if (!options_.last_writer.empty()) {
      if (absl::Status status = Writer(options_.last_writer, true); !status.ok()) return status;
    }
    if (options_.count.has_value()) {
      if (absl::Status status = Count(*options_.count); !status.ok()) return status;
    }
    if (!options_.svg.empty()) {
      if (absl::Status status = DrawTime(); !status.ok()) return status;
    }
    if (!options_.map_svg.empty()) {
      if (absl::Status status = DrawMap(); !status.ok()) return status;
    }
    return Show();
  }

  const debug::TraceReader& reader() const { return reader_; }

 private:
  absl::Status ForEach(absl::FunctionRef<void(const TraceRecord&)> fn) {
    debug::RecordFilter filter(filter_, symbols_);
    return reader_.ForEach(options_.from, options_.to, [&](const TraceRecord& record) {
      if (filter.Accepts(record)) fn(record);
    });
  }

  absl::Status Show() {
    const bool other = options_.count.has_value() || !options_.first_writer.empty() || !options_.last_writer.empty() ||
                       !options_.svg.empty() || !options_.map_svg.empty();
    if (options_.show == MemtraceOptions::Show::kSummary) return other ? absl::OkStatus() : Summary();
    const bool text = options_.show == MemtraceOptions::Show::kText;
    std::string out = text ? debug::TextHeading(true) : "";
    const absl::Status status = ForEach([&](const TraceRecord& record) {
      text ? debug::AppendText(record, symbols_, true, &out) : debug::AppendJson(record, symbols_, &out);
      if (out.size() < kEnough) return;
      print_(out);
      out.clear();
    });
    print_(out);
    return status;
  }

  absl::Status Summary() {
    debug::TallyCounts counts;
    const absl::Status status = ForEach([&](const TraceRecord& record) { counts.Add(record.type); });
    std::string out;
    absl::StrAppend(&out, "trace:         ", reader_.header().spec, "\narchitecture:  ", reader_.header().target,
                    "\nsymbols:       ", symbols_.symbols().size(), "\nchunks:        ", reader_.chunks().size(), "\n");
    const auto [first, last] = Instructions();
    absl::StrAppend(&out, "instructions:  ", first, " to ", last, "\nrecords:       ", counts.total(), "\n");
    for (int i = 0; i < debug::kAccessTypes; ++i) {
      if (counts.of[i] == 0) continue;
      const absl::string_view name = debug::AccessTypeName(static_cast<translate::AccessType>(i));
      absl::StrAppendFormat(&out, "  %-11s  %d\n", name, counts.of[i]);
    }
    for (const debug::TraceNote& note : reader_.notes()) {
      absl::StrAppend(&out, "note:          after ", note.insn, " instructions: ", note.text, "\n");
    }
    print_(out);
    return status;
  }

  // Of what is looked at.
  std::pair<uint64_t, uint64_t> Instructions() const {
    uint64_t first = ~uint64_t{0}, last = 0;
    for (const debug::TraceChunkInfo& chunk : reader_.chunks()) {
      first = std::min(first, chunk.first_insn);
      last = std::max(last, chunk.last_insn);
    }
    first = std::max(first, options_.from);
    return {std::min(first, last), std::min(last, options_.to)};
  }

  absl::Status Count(debug::TallyBy by) {
    debug::Tally tally(by, symbols_);
    const absl::Status status = ForEach([&](const TraceRecord& record) { tally.Add(record); });
    print_(options_.json ? tally.Json(options_.top) : tally.Text(options_.top));
    return status;
  }

  absl::Status DrawTime() {
    const auto [first, last] = Instructions();
    debug::HeatMap map(first, last);
    const absl::Status status = ForEach([&](const TraceRecord& record) { map.Add(record); });
    const absl::Status written = WriteText(options_.svg, map.Svg(absl::StrCat(options_.file, ": pages over time")));
    return status.ok() ? written : status;
  }

  absl::Status DrawMap() {
    debug::RegionMap map(reader_.header().places);
    const absl::Status status = ForEach([&](const TraceRecord& record) { map.Add(record); });
    const absl::Status written = WriteText(options_.map_svg, map.Svg(absl::StrCat(options_.file, ": address space")));
    return status.ok() ? written : status;
  }

  // The first or last record that writes to "ADDRESS" or "gva=ADDRESS". Names are of guest-virtual addresses.
  absl::Status Writer(absl::string_view address, bool last) {
    debug::TraceFilter filter = filter_;
    const std::string text(address);
    const bool name = !absl::ascii_isdigit(static_cast<unsigned char>(address[0]));
    const bool gva = absl::ConsumePrefix(&address, "gva=") || (!absl::ConsumePrefix(&address, "gpa=") && name);
    const absl::StatusOr<debug::AddressRange> range = debug::ParseAddressRange(address, symbols_);
    if (!range.ok()) return absl::InvalidArgumentError(absl::StrCat("writer ", range.status().message()));
    std::optional<debug::AddressSet>& set = gva ? filter.gva : filter.gpa;
    set.emplace().Add(*range);
    debug::RecordFilter accepts(filter, symbols_);
    const absl::StatusOr<std::optional<TraceRecord>> found = FindWrite(accepts, last);
    if (!found.ok()) return found.status();
    if (!found->has_value()) return absl::NotFoundError(absl::StrCat("no record writes to ", text));
    std::string out = options_.json ? "" : debug::TextHeading(true);
    options_.json ? debug::AppendJson(**found, symbols_, &out) : debug::AppendText(**found, symbols_, true, &out);
    return print_(out), absl::OkStatus();
  }

  // Reads chunks from the end where it looks for the last.
  absl::StatusOr<std::optional<TraceRecord>> FindWrite(debug::RecordFilter& accepts, bool last) {
    for (size_t n = 0; n < reader_.chunks().size(); ++n) {
      const size_t i = last ? reader_.chunks().size() - 1 - n : n;
      if (reader_.chunks()[i].last_insn < options_.from || reader_.chunks()[i].first_insn > options_.to) continue;
      const absl::StatusOr<std::vector<TraceRecord>> records = reader_.ReadChunk(i);
      if (!records.ok()) return records.status();
      std::optional<TraceRecord> found;
      for (const TraceRecord& r : *records) {
        if (r.insn < options_.from || r.insn > options_.to || !r.writes() || !accepts.Accepts(r)) continue;
        found = r;
        if (!last) break;
      }
      if (found.has_value()) return found;
    }
    return std::optional<TraceRecord>();
  }

  static constexpr size_t kEnough = 1 << 16;
  const MemtraceOptions& options_;
  debug::TraceReader reader_;
  debug::SymbolTable symbols_;
  debug::TraceFilter filter_;
  Print print_;
};

}  // namespace

MemtraceOutcome RunMemtrace(absl::Span<const std::string> arguments, Print print) {
  const absl::StatusOr<MemtraceOptions> options = ParseMemtraceOptions(arguments);
  if (!options.ok()) return {1, std::string(options.status().message())};
  if (options->help) return print(MemtraceHelp()), MemtraceOutcome{};
  absl::StatusOr<debug::TraceReader> reader = debug::TraceReader::Open(options->file);
  if (!reader.ok()) return {1, std::string(reader.status().message())};
  Run run(*options, *std::move(reader), print);
  absl::Status status = run.LoadSymbols();
  if (status.ok()) status = run.Do();
  const std::string warning = run.reader().warning();
  if (status.ok()) return {warning.empty() ? 0 : 2, warning};
  const bool wrong = absl::IsInvalidArgument(status);
  return {wrong ? 1 : 2, absl::StrCat(warning, warning.empty() ? "" : "\nmemtrace: ", status.message())};
}

}  // namespace emu::cli
