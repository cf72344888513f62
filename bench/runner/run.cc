#include "bench/runner/run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "bench/runner/process_memory.h"

namespace emu::bench {
namespace {

constexpr double kGiga = 1e9;

class Recorder {
 public:
  Recorder(Child* child, System* system, Results* results) : child_(*child), system_(*system), results_(*results) {
    const bool cycles = child_.meter().unit() == CpuMeter::Unit::kCycles;
    scale_ = cycles ? kGiga : 1;
    results_.unit = cycles ? "G cycles" : "s";
    results_.source = std::string(child_.meter().source());
  }

  absl::Status OnMark(const Mark& mark) {
    const CpuReading now = child_.ReadSettled();
    if (!booted_) OnFirstMark(now);
    if (mark.kind == Mark::Kind::kBegin) {
      begin_ = now;
      running_ = mark.name;
      return absl::OkStatus();
    }
    if (mark.name != running_) return absl::DataLossError(absl::StrCat("@end ", mark.name, " without @begin"));
    running_.clear();
    return Record(mark, {now.cost - begin_.cost, now.instructions - begin_.instructions});
  }

  std::string Where() const { return running_.empty() ? "" : absl::StrCat(" in kernel ", running_); }
  bool complete() const { return booted_ && running_.empty(); }

 private:
  void OnFirstMark(const CpuReading& now) {
    booted_ = true;
    system_.memory.push_back(static_cast<double>(ResidentBesideRam(child_.pid())));
    Add(kBoot, now);
  }

  absl::Status Record(const Mark& mark, CpuReading used) {
    if (mark.name == kNothing) {
      if (!nothing_.has_value() || used.cost < nothing_->cost) nothing_ = used;
      return absl::OkStatus();
    }
    const CpuReading marks = nothing_.value_or(CpuReading{});
    Add(mark.name, {std::max(0.0, used.cost - marks.cost), std::max(0.0, used.instructions - marks.instructions)});
    const std::string& before = system_.checksums.emplace(mark.name, mark.result).first->second;
    if (before == mark.result) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat("kernel ", mark.name, " gives ", mark.result, ", and gave ", before));
  }

  void Add(const std::string& kernel, const CpuReading& used) {
    system_.costs[kernel].push_back(used.cost / scale_);
    if (used.instructions > 0) system_.instructions[kernel].push_back(used.instructions / kGiga);
    const bool known = std::any_of(results_.kernels.begin(), results_.kernels.end(),
                                   [&](const Kernel& k) { return k.name == kernel; });
    if (!known) results_.kernels.push_back({kernel, kernel == kBoot ? kBoot : "other"});
  }

  Child& child_;
  System& system_;
  Results& results_;
  double scale_ = 1;
  bool booted_ = false;
  std::string running_;
  CpuReading begin_;
  std::optional<CpuReading> nothing_;
};

// Keeps what the counters say at the marks.
class CountRecorder {
 public:
  CountRecorder(const std::string& socket_path, Results* results) : socket_path_(socket_path), results_(*results) {}

  absl::Status OnMark(const Mark& mark) {
    const bool first = source_ == nullptr;
    if (first) {
      absl::StatusOr<std::unique_ptr<CounterSource>> source = CounterSource::Connect(socket_path_);
      if (!source.ok()) return source.status();
      source_ = *std::move(source);
    }
    const absl::StatusOr<Counters> now = source_->Read();
    if (!now.ok()) return now.status();
    if (first) results_.counters[kBoot] = *now;
    if (mark.kind == Mark::Kind::kEnd && mark.name != kNothing) results_.counters[mark.name] = Difference(*now, begin_);
    begin_ = *now;
    return absl::OkStatus();
  }

  bool complete() const { return source_ != nullptr; }

 private:
  const std::string socket_path_;
  Results& results_;
  std::unique_ptr<CounterSource> source_;
  Counters begin_;
};

template <typename Recorder>
absl::Status Lead(int timeout_s, Child* child, Recorder* recorder) {
  while (true) {
    const absl::StatusOr<std::optional<std::string>> line = child->NextLine(timeout_s);
    if (!line.ok()) return line.status();
    if (!line->has_value()) break;
    const std::optional<Mark> mark = ParseMark(**line);
    if (!mark.has_value()) continue;
    if (const absl::Status status = recorder->OnMark(*mark); !status.ok()) return status;
    child->SendNewline();
  }
  if (!recorder->complete()) return absl::DataLossError("its output ended before the kernels did");
  return child->Finish();
}

}  // namespace

absl::Status RunOnce(int timeout_s, System* system, Results* results) {
  absl::StatusOr<std::unique_ptr<Child>> child = Child::Start(system->command);
  if (!child.ok()) return child.status();
  Recorder recorder(child->get(), system, results);
  const absl::Status status = Lead(timeout_s, child->get(), &recorder);
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(system->name, ": ", status.message(), recorder.Where()));
}

absl::Status CountOnce(int timeout_s, const std::string& command, const std::string& socket_path, Results* results) {
  absl::StatusOr<std::unique_ptr<Child>> child = Child::Start(command);
  if (!child.ok()) return child.status();
  CountRecorder recorder(socket_path, results);
  return Lead(timeout_s, child->get(), &recorder);
}

}  // namespace emu::bench
