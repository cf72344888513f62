#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "memory/explain.h"
#include "memory/tree_spec.h"

namespace emu::memory {
namespace {

std::string Line(int indent, absl::string_view text) { return absl::StrCat(std::string(indent, ' '), text, "\n"); }

std::string StepText(const ExplainStep& step) {
  return absl::StrFormat("%s%s +0x%x (%s, prio %d)", step.aliased ? "-> " : "", step.name, step.offset.value,
                         KindWord(step.kind), step.priority);
}

// A region in a region stands below it and to the right, an alias's target just below.
std::string PathText(const std::vector<ExplainStep>& path) {
  std::string text;
  int indent = 2;
  for (const ExplainStep& step : path) {
    if (!step.aliased) indent += 2;
    absl::StrAppend(&text, Line(indent, StepText(step)));
  }
  return text;
}

// "pci > vga > bank0 -> vram +0x10 (ram, prio 0)": without the root, in which all lies.
std::string PathInLine(const std::vector<ExplainStep>& path) {
  std::string text;
  for (size_t i = path.size() > 1 ? 1 : 0; i + 1 < path.size(); ++i) {
    absl::StrAppend(&text, path[i].name, path[i + 1].aliased ? " " : " > ");
  }
  return text + StepText(path.back());
}

std::string RangeText(const ExplainRange& range) {
  return absl::StrFormat("%016x-%016x %s", range.first.value, range.last.value, range.region);
}

std::string HeadLine(const Explanation& e) {
  const std::string where = absl::StrFormat("0x%x in address space \"%s\": ", e.at.value, e.space);
  if (!e.answered()) return absl::StrCat(where, "nothing answers\n");
  const ExplainStep& last = e.path.back();
  return absl::StrFormat("%s%s \"%s\" +0x%x%s%s\n", where, KindWord(last.kind), last.name, last.offset.value,
                         e.readonly ? ", read-only" : "", e.nonvolatile ? ", non-volatile" : "");
}

std::string AnswerText(const Explanation& e, const ExplainOptions& options) {
  std::string text = PathText(e.path);
  if (e.range) absl::StrAppend(&text, Line(2, absl::StrCat("flat range: ", RangeText(*e.range))));
  if (!e.block.empty()) {
    const std::string host = options.host && e.host != nullptr ? absl::StrFormat(", host address %p", e.host) : "";
    absl::StrAppend(&text, Line(2, absl::StrFormat("memory: \"%s\" +0x%x%s", e.block, e.block_offset, host)));
  }
  if (!e.register_name.empty()) absl::StrAppend(&text, Line(2, absl::StrCat("register: ", e.register_name)));
  if (!e.owner.empty()) absl::StrAppend(&text, Line(2, absl::StrCat("owner: ", e.owner)));
  return text;
}

std::string NeighbourText(const Explanation& e) {
  std::string text;
  if (e.below) absl::StrAppend(&text, Line(2, absl::StrCat("below: ", RangeText(*e.below))));
  if (e.above) absl::StrAppend(&text, Line(2, absl::StrCat("above: ", RangeText(*e.above))));
  return text;
}

std::string LossesText(const Explanation& e) {
  std::string text;
  if (!e.losses.empty()) absl::StrAppend(&text, Line(2, e.answered() ? "not seen there:" : "what could have been:"));
  for (const ExplainLoss& loss : e.losses) {
    absl::StrAppend(&text, Line(4, absl::StrCat(PathInLine(loss.path), ": ", loss.why)));
  }
  if (e.more_losses) absl::StrAppend(&text, Line(4, "and more"));
  return text;
}

}  // namespace

const char* ReasonWord(ExplainLoss::Reason reason) {
  switch (reason) {
    case ExplainLoss::Reason::kPriority:
      return "priority";
    case ExplainLoss::Reason::kDisabled:
      return "disabled";
    case ExplainLoss::Reason::kOutside:
      return "outside";
    case ExplainLoss::Reason::kHole:
      return "hole";
  }
  return "unknown";
}

std::string FormatExplanation(const Explanation& explanation, const ExplainOptions& options) {
  std::string text = HeadLine(explanation);
  absl::StrAppend(&text, explanation.answered() ? AnswerText(explanation, options) : NeighbourText(explanation),
                  LossesText(explanation));
  for (const Explanation& beyond : explanation.beyond) {
    absl::StrAppend(&text, "and from there, ", FormatExplanation(beyond, options));
  }
  return text;
}

}  // namespace emu::memory
