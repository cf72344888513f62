#include "mmu/mapping_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "mmu/walk_text.h"

namespace emu::mmu {
namespace {

constexpr char kHeading[] =
    "gva                                    size  gpa               perm  page  attributes\n"
    "---------------------------------  --------  ----------------  ----  ----  ----------\n";

std::vector<absl::string_view> AttributeWords(const MappingAttributes& attributes) {
  std::vector<absl::string_view> words;
  if (attributes.user) words.push_back("user");
  if (attributes.global) words.push_back("global");
  if (attributes.accessed) words.push_back("accessed");
  if (attributes.dirty) words.push_back("dirty");
  if (!attributes.memory_type.empty()) words.push_back(attributes.memory_type);
  return words;
}

// Memory types are words without anything that JSON would have to escape.
std::string AttributeJson(const MappingAttributes& attributes) {
  const auto quoted = [](std::string* out, absl::string_view word) { absl::StrAppend(out, "\"", word, "\""); };
  return absl::StrCat("[", absl::StrJoin(AttributeWords(attributes), ",", quoted), "]");
}

std::string PageText(uint8_t page_shift) { return SizeText(uint64_t{1} << page_shift); }

const char* ReasonOf(const Translation& t) { return t.log.steps.empty() ? "" : t.log.steps.back().text; }

std::string ByteText(std::optional<memory::MemValue> byte) {
  if (!byte.has_value()) return "";
  return byte->status == memory::MemStatus::kOk ? absl::StrFormat(", byte 0x%02x", byte->value) : ", no memory there";
}

std::string ByteJson(std::optional<memory::MemValue> byte) {
  if (!byte.has_value()) return "";
  if (byte->status != memory::MemStatus::kOk) return R"("byte":null,)";
  return absl::StrCat(R"("byte":)", byte->value, ",");
}

std::string MappedText(const MappedRange& r) {
  const std::string text = absl::StrFormat("%016x  %s   %4s  %s", r.gpa.value, PermissionText(r.permissions),
                                           PageText(r.page_shift), AttributeText(r.attributes));
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

std::string AgainText(const MappedRange& r) {
  const uint64_t times = ((r.gva.last - r.gva.first) >> r.span_shift) + 1;
  const std::string many = times == 1 ? "" : absl::StrCat(times, " times ");
  return absl::StrFormat("again: %sthe %s listed at %016x (table %016x)", many, PageText(r.span_shift), r.first.value,
                         r.gpa.value);
}

std::string RangeText(const MappedRange& r) {
  switch (r.kind) {
    case MappedKind::kMapped:
      return MappedText(r);
    case MappedKind::kAgain:
      return AgainText(r);
    case MappedKind::kFault:
      return absl::StrFormat("fault: %s (entry at %016x)", r.reason, r.gpa.value);
    case MappedKind::kHole:
      break;
  }
  return "hole";
}

std::string RangeJson(const MappedRange& r) {
  switch (r.kind) {
    case MappedKind::kMapped:
      return absl::StrFormat(R"("kind":"mapped","gpa":"0x%x","permissions":"%s","page_size":%d,"attributes":%s)",
                             r.gpa.value, PermissionText(r.permissions), uint64_t{1} << r.page_shift,
                             AttributeJson(r.attributes));
    case MappedKind::kAgain:
      return absl::StrFormat(R"("kind":"again","first":"0x%x","span":%d,"table":"0x%x")", r.first.value,
                             uint64_t{1} << r.span_shift, r.gpa.value);
    case MappedKind::kFault:
      return absl::StrFormat(R"("kind":"fault","reason":"%s","entry":"0x%x")", r.reason, r.gpa.value);
    case MappedKind::kHole:
      break;
  }
  return R"("kind":"hole")";
}

// "mapped: 4M by pages of 2M, 12K by pages of 4K"
std::string TotalText(const MappingList& list) {
  if (list.bytes.empty()) return "mapped: nothing\n";
  std::vector<std::string> parts;
  for (auto size = list.bytes.rbegin(); size != list.bytes.rend(); ++size) {
    parts.push_back(absl::StrCat(SizeText(size->second), " by pages of ", PageText(size->first)));
  }
  return absl::StrCat("mapped: ", absl::StrJoin(parts, ", "), "\n");
}

std::string StopText(const MappingList& list) {
  if (!list.stopped_at.has_value()) return "";
  return absl::StrFormat("stopped at %016x: more than can be listed, after %d ranges and %d tables\n",
                         list.stopped_at->value, list.ranges.size(), list.tables);
}

std::string TotalJson(const MappingList& list) {
  const auto size = [](std::string* out, const MappedBytes::value_type& item) {
    absl::StrAppendFormat(out, R"({"page_size":%d,"bytes":"0x%x"})", uint64_t{1} << item.first, item.second);
  };
  const std::string stop =
      list.stopped_at.has_value() ? absl::StrFormat(R"(,"stopped_at":"0x%x")", list.stopped_at->value) : "";
  return absl::StrFormat(R"("mapped":[%s],"tables":%d,"complete":%s%s)", absl::StrJoin(list.bytes, ",", size),
                         list.tables, list.stopped_at.has_value() ? "false" : "true", stop);
}

}  // namespace

std::string SizeText(memory::Size size) {
  if (size.empty()) return "0";
  if (size.whole()) return "16E";
  constexpr absl::string_view kUnits = "KMGTPE";
  uint64_t number = size.bytes();
  size_t unit = 0;
  for (; number % 1024 == 0; ++unit) number /= 1024;
  return absl::StrCat(number, unit == 0 ? "" : kUnits.substr(unit - 1, 1));
}

std::string AttributeText(const MappingAttributes& attributes) {
  return absl::StrJoin(AttributeWords(attributes), " ");
}

std::string TranslationText(const Translation& t, std::optional<memory::MemValue> byte) {
  std::string text = absl::StrFormat("gva 0x%x: %s\n%s", t.gva.value, AccessKindName(t.kind), WalkText(t.log));
  if (!t.ok()) return absl::StrCat(text, t.fault, ": ", ReasonOf(t), "\n");
  const std::string attributes = AttributeText(t.attributes);
  absl::StrAppendFormat(&text, "gpa 0x%x: %s page at 0x%x, %s%s%s%s\n", t.gpa.value, PageText(t.page_shift),
                        t.page().value, PermissionText(t.permissions), attributes.empty() ? "" : ", ", attributes,
                        ByteText(byte));
  return text;
}

std::string TranslationJson(const Translation& t, std::optional<memory::MemValue> byte) {
  std::string json = absl::StrFormat(R"({"gva":"0x%x","access":"%s",)", t.gva.value, AccessKindName(t.kind));
  if (t.ok()) {
    absl::StrAppendFormat(
        &json, R"("ok":true,"gpa":"0x%x","page":"0x%x","page_size":%d,"permissions":"%s","attributes":%s,%s)",
        t.gpa.value, t.page().value, uint64_t{1} << t.page_shift, PermissionText(t.permissions),
        AttributeJson(t.attributes), ByteJson(byte));
  } else {
    absl::StrAppendFormat(&json, R"("ok":false,"fault":"%s","reason":"%s",)", t.fault, ReasonOf(t));
  }
  return absl::StrCat(json, R"("steps":)", WalkJson(t.log), "}");
}

std::string MappingListText(const MappingList& list) {
  std::string text = kHeading;
  for (const MappedRange& r : list.WithHoles()) {
    absl::StrAppendFormat(&text, "%016x-%016x  %8s  %s\n", r.gva.first, r.gva.last, SizeText(r.gva.size()),
                          RangeText(r));
  }
  return absl::StrCat(text, TotalText(list), StopText(list));
}

std::string MappingListJson(const MappingList& list) {
  std::vector<std::string> ranges;
  for (const MappedRange& r : list.WithHoles()) {
    ranges.push_back(absl::StrFormat(R"({"gva":"0x%x","last":"0x%x",%s})", r.gva.first, r.gva.last, RangeJson(r)));
  }
  return absl::StrCat("{\"ranges\":[", absl::StrJoin(ranges, ",\n"), "],\n", TotalJson(list), "}");
}

}  // namespace emu::mmu
