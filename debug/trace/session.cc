#include "debug/trace/session.h"

#include <stdio.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "debug/trace/sink.h"
#include "debug/trace/trace_spec.h"
#include "debug/trace/trace_writer.h"
#include "debug/trace/tracer.h"

namespace emu::debug {
namespace {

void WarnOnStandardError(absl::string_view line) { fprintf(stderr, "emu: trace: %s\n", std::string(line).c_str()); }

absl::StatusOr<std::unique_ptr<TraceSink>> MakeSink(const TraceSpec& spec, absl::string_view text,
                                                    const translate::Cpu& cpu, memory::AddressSpace& memory,
                                                    const SymbolTable& symbols) {
  absl::StatusOr<std::unique_ptr<OutputFile>> file = OutputFile::Create(spec.file);
  if (!file.ok()) return file.status();
  switch (spec.format) {
    case TraceSpec::Format::kText:
      return MakeTextSink(*std::move(file), symbols, spec.show_hva);
    case TraceSpec::Format::kJson:
      return MakeJsonSink(*std::move(file), symbols);
    case TraceSpec::Format::kBinary:
      break;
  }
  TraceHeader header{std::string(text), std::string(cpu.target().name()), {}, symbols};
  for (const memory::FlatRange& range : memory.view().ranges()) header.places.push_back(MakeTracePlace(range));
  return MakeBinarySink(*std::move(file), std::move(header));
}

// The filter may be right nevertheless: regions come and go.
std::string WarningOfUnknownRegion(const TraceFilter& filter, const memory::FlatView& view) {
  if (filter.region == nullptr) return "";
  std::set<std::string> names;
  for (const memory::FlatRange& range : view.ranges()) names.insert(range.region->name());
  for (const std::string& name : names) {
    if (RE2::PartialMatch(name, *filter.region)) return "";
  }
  return absl::StrCat("region=", filter.region->pattern(),
                      " matches no region that is there now: ", absl::StrJoin(names, ", "));
}

}  // namespace

TraceSession::TraceSession(translate::Cpu& cpu, WatchHub& hub, const SymbolTable& symbols, TraceSessionOptions options)
    : cpu_(cpu), hub_(hub), symbols_(symbols), options_([&] {
        if (options.warn == nullptr) options.warn = WarnOnStandardError;
        return std::move(options);
      }()) {}

TraceSession::~TraceSession() { StopAll().IgnoreError(); }

absl::StatusOr<int> TraceSession::Start(absl::string_view text) {
  const absl::StatusOr<TraceSpec> spec = ParseTraceSpec(text, symbols_);
  if (!spec.ok()) return spec.status();
  if (spec->filter.cpu.value_or(cpu_.index()) != cpu_.index()) {
    return absl::InvalidArgumentError(absl::StrCat("trace \"", text, "\": cpu \"", *spec->filter.cpu, "\": expected ",
                                                   cpu_.index(), ", the machine's only CPU"));
  }
  auto sink = MakeSink(*spec, text, cpu_, cpu_.memory(), symbols_);
  if (!sink.ok()) return sink.status();
  const std::string warning = WarningOfUnknownRegion(spec->filter, cpu_.memory().view());
  if (!warning.empty()) {
    (*sink)->Note(cpu_.InsnCount(), warning);
    options_.warn(warning);
  }
  auto tracer = std::make_unique<Tracer>(spec->filter, symbols_, cpu_, *std::move(sink), options_.keep_last_writers,
                                         options_.warn);
  hub_.Add(tracer.get(), tracer->wants_fetches());
  running_.push_back({next_id_, std::string(text), spec->file.empty() ? "stderr" : spec->file, std::move(tracer)});
  return next_id_++;
}

absl::Status TraceSession::Stop(int id) {
  const auto at = std::find_if(running_.begin(), running_.end(), [&](const Running& r) { return r.id == id; });
  if (at == running_.end()) {
    return absl::NotFoundError(absl::StrCat("trace ", id, ": there is none; ", running_.size(), " are running"));
  }
  hub_.Remove(at->tracer.get());
  const absl::Status status = at->tracer->Finish();
  running_.erase(at);
  return status;
}

absl::Status TraceSession::StopAll() {
  absl::Status status;
  while (!running_.empty()) status.Update(Stop(running_.front().id));
  return status;
}

std::vector<TraceSession::Info> TraceSession::List() const {
  std::vector<Info> list;
  for (const Running& r : running_) list.push_back({r.id, r.spec, r.file, r.tracer->records()});
  return list;
}

absl::StatusOr<TraceRecord> TraceSession::LastWriter(memory::Gpa gpa) {
  const std::string where = absl::StrCat("last writer of gpa 0x", absl::Hex(gpa.value), ": ");
  if (!options_.keep_last_writers) return absl::NotFoundError(where + "this session does not keep writers");
  if (running_.empty()) return absl::NotFoundError(where + "nothing is traced; start a trace of writes first");
  std::optional<TraceRecord> last;
  bool full = false, seen = false;
  for (const Running& r : running_) {
    bool some_missing;
    const std::optional<TraceRecord> record = r.tracer->LastWriter(gpa.value, &some_missing);
    full |= some_missing;
    seen |= r.tracer->SeesWrites(gpa.value);
    if (record.has_value() && (!last.has_value() || record->insn >= last->insn)) last = record;
  }
  if (last.has_value()) return *last;
  if (full) return absl::NotFoundError(where + "not kept, the traces saw writes to too many places");
  return absl::NotFoundError(where + (seen ? "no write since the trace began"
                                           : "no write among those that are traced; a trace with "
                                             "kind=w,walks=on,dma=on and no other filter than gpa= sees all"));
}

}  // namespace emu::debug
