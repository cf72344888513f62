#include "debug/monitor/monitor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "debug/monitor/command.h"
#include "debug/monitor/command_line.h"
#include "debug/monitor/state.h"

namespace emu::debug {

Monitor::Monitor(MonitorParts parts) : state_(std::make_unique<MonitorState>(std::move(parts))) {}
Monitor::~Monitor() = default;

std::string Monitor::Execute(absl::string_view line) {
  const absl::StatusOr<std::string> text = Run(line);
  if (text.ok()) return *text;
  if (!SplitLine(line).json) return absl::StrCat(text.status().message(), "\n");
  return absl::StrCat(JsonText(llvm::json::Object{{"error", Utf8(text.status().message())}}), "\n");
}

absl::StatusOr<std::string> Monitor::Run(absl::string_view line) {
  absl::StatusOr<Answer> answer = RunLine(line, /*json=*/false, *state_);
  if (!answer.ok()) return answer.status();
  if (SplitLine(line).json) return absl::StrCat(JsonText(answer->json), "\n");
  return std::move(answer->text);
}

absl::StatusOr<llvm::json::Value> Monitor::RunJson(absl::string_view line) {
  absl::StatusOr<Answer> answer = RunLine(line, /*json=*/true, *state_);
  if (!answer.ok()) return answer.status();
  return std::move(answer->json);
}

std::vector<std::string> Monitor::Complete(absl::string_view line) const { return CompleteLine(line, *state_); }

int Monitor::AddSink(LineSink sink) {
  state_->sinks[state_->next_sink] = std::move(sink);
  return state_->next_sink++;
}

void Monitor::RemoveSink(int id) { state_->sinks.erase(id); }

}  // namespace emu::debug
