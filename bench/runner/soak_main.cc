// soak COMMAND SOCKET: runs a guest whose console has the marks of ../soak_init, asks its emulator's QMP server at
// SOCKET what the code cache did, and tells; status 1 if anything did not come out as stress-ng says that it must.
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "absl/strings/str_format.h"
#include "bench/runner/child.h"
#include "bench/runner/counters.h"
#include "bench/runner/marks.h"
#include "bench/runner/soak.h"

namespace emu::bench {
namespace {

constexpr int kSilentSeconds = 600;  // a guest that says nothing for so long is stuck

// Lets the guest go on from mark to mark until its console ends.
absl::Status Follow(Child* child, const std::string& socket_path, SoakRecord* record, Counters* counters) {
  std::unique_ptr<CounterSource> source;
  std::string running;
  while (true) {
    const absl::StatusOr<std::optional<std::string>> line = child->NextLine(kSilentSeconds);
    if (!line.ok()) return line.status();
    if (!line->has_value()) return child->Finish();
    const std::optional<Mark> mark = ParseMark(**line);
    if (!mark.has_value()) {
      record->OnLine(running, **line);
      continue;
    }
    running = mark->name;
    if (mark->kind == Mark::Kind::kEnd) record->OnEnd(running, mark->result);
    if (source == nullptr) {
      auto connected = CounterSource::Connect(socket_path);
      if (!connected.ok()) return connected.status();
      source = *std::move(connected);
    }
    const absl::StatusOr<Counters> now = source->Read();
    if (!now.ok()) return now.status();
    *counters = *now;
    if (mark->kind == Mark::Kind::kEnd) fprintf(stderr, "%s %s\n", running.c_str(), mark->result.c_str());
    child->SendNewline();
  }
}

void Tell(const SoakRecord& record, const Counters& counters, double seconds) {
  absl::PrintF("%-12s %7s %12s\n", "stressor", "rounds", "operations");
  for (const auto& [name, s] : record.stressors()) {
    absl::PrintF("%-12s %7d %12d%s\n", name, s.rounds, s.operations, s.skipped ? "  skipped: not in this guest" : "");
  }
  for (const std::string& complaint : record.complaints()) absl::PrintF("MISMATCH %s\n", complaint);
  const auto of = [&](const char* name) { return counters.count(name) != 0 ? counters.at(name) : 0; };
  absl::PrintF(
      "%.1f G guest instructions in %.0f s, mismatches: %d, blocks translated: %.0f, code cache emptied: %.0f times\n",
      of("executed_insns") / 1e9, seconds, record.complaints().size(), of("translated_blocks"), of("discards"));
}

int Main(const std::string& command, const std::string& socket_path) {
  const time_t start = time(nullptr);
  auto child = Child::Start(command);
  if (!child.ok()) return fprintf(stderr, "soak: %s\n", child.status().ToString().c_str()), 1;
  SoakRecord record;
  Counters counters;
  const absl::Status status = Follow(child->get(), socket_path, &record, &counters);
  Tell(record, counters, difftime(time(nullptr), start));
  if (!status.ok()) return fprintf(stderr, "soak: %s\n", status.ToString().c_str()), 1;
  if (record.stressors().empty()) return fputs("soak: the guest ran nothing\n", stderr), 1;
  return record.complaints().empty() ? 0 : 1;
}

}  // namespace
}  // namespace emu::bench

int main(int argc, char** argv) {
  if (argc != 3) return fputs("usage: soak COMMAND SOCKET\n", stderr), 2;
  return emu::bench::Main(argv[1], argv[2]);
}
