#include "mmu/walk_text.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace emu::mmu {
namespace {

// Flags and reasons come from the walkers and hold no character that JSON would have to escape.
std::string StepJson(const WalkStep& step) {
  const std::string end = absl::StrFormat(R"("verdict":"%s","reason":"%s"})", VerdictName(step.verdict), step.text);
  if (step.entry_size == 0) return absl::StrCat("{", end);
  return absl::StrFormat(R"({"level":%d,"index":%d,"address":"0x%x","value":"0x%0*x","flags":"%s",%s)", step.level,
                         step.index, step.entry.value, static_cast<int>(step.entry_size * 2), step.value, step.flags,
                         end);
}

std::string StepText(const WalkStep& step) {
  const std::string end = absl::StrCat(VerdictName(step.verdict), ": ", step.text, "\n");
  if (step.entry_size == 0) return end;
  return absl::StrFormat("level %d [%4d] %016x: %0*x %s  %s", step.level, step.index, step.entry.value,
                         static_cast<int>(step.entry_size * 2), step.value, step.flags, end);
}

}  // namespace

absl::string_view VerdictName(StepVerdict verdict) {
  switch (verdict) {
    case StepVerdict::kTable:
      return "table";
    case StepVerdict::kLeaf:
      return "leaf";
    case StepVerdict::kUpdated:
      return "updated";
    case StepVerdict::kRetry:
      return "retry";
    case StepVerdict::kFault:
      break;
  }
  return "fault";
}

absl::string_view AccessKindName(AccessKind kind) {
  switch (kind) {
    case AccessKind::kRead:
      return "read";
    case AccessKind::kWrite:
      return "write";
    case AccessKind::kExecute:
      break;
  }
  return "execute";
}

std::string PermissionText(Permissions permissions) {
  return {permissions.read() ? 'r' : '-', permissions.write() ? 'w' : '-', permissions.execute() ? 'x' : '-'};
}

std::string WalkText(const WalkLog& log) {
  std::string text;
  for (const WalkStep& step : log.steps) absl::StrAppend(&text, StepText(step));
  return text;
}

std::string WalkJson(const WalkLog& log) {
  const auto append = [](std::string* out, const WalkStep& step) { absl::StrAppend(out, StepJson(step)); };
  return absl::StrCat("[", absl::StrJoin(log.steps, ",", append), "]");
}

}  // namespace emu::mmu
