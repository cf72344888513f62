#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "llvm/Support/JSON.h"
#include "memory/tree_json.h"

namespace emu::memory {
namespace {

namespace json = llvm::json;

constexpr int kMaxDepth = 400;  // of brackets; LLVM's reader is recursive
constexpr int kMaxLevels = 100;

absl::string_view View(llvm::StringRef text) { return {text.data(), text.size()}; }

absl::Status Error(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, what));
}

absl::Status CheckDepth(absl::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > kMaxDepth) return Error("", absl::StrCat("more than ", kMaxDepth, " brackets inside one another"));
    } else if (!quoted && (c == ']' || c == '}')) {
      --depth;
    }
  }
  return absl::OkStatus();
}

absl::Status Read(const json::Value& value, std::string* text) {
  const std::optional<llvm::StringRef> string = value.getAsString();
  if (!string) return Error("", "expected a string");
  *text = string->str();
  return absl::OkStatus();
}

absl::Status Read(const json::Value& value, bool* flag) {
  const std::optional<bool> boolean = value.getAsBoolean();
  if (!boolean) return Error("", "expected true or false");
  *flag = *boolean;
  return absl::OkStatus();
}

absl::Status Read(const json::Value& value, int* number) {
  const std::optional<int64_t> integer = value.getAsInteger();
  if (!integer || *integer != static_cast<int>(*integer)) return Error("", "expected a whole number like 1 or -1");
  *number = static_cast<int>(*integer);
  return absl::OkStatus();
}

absl::Status Read(const json::Value& value, uint64_t* number) {
  if (const std::optional<uint64_t> plain = value.getAsUINT64()) {
    *number = *plain;
    return absl::OkStatus();
  }
  const std::optional<llvm::StringRef> text = value.getAsString();
  if (!text) return Error("", "expected a number, or one in quotes like \"0x1000\" or \"4K\"");
  const absl::StatusOr<uint64_t> parsed = ParseTreeNumber(View(*text));
  if (parsed.ok()) *number = *parsed;
  return parsed.status();
}

absl::Status Read(const json::Value& value, Size* size) {
  if (value.getAsString() == llvm::StringRef("16E")) {
    *size = Size::Whole();
    return absl::OkStatus();
  }
  uint64_t bytes = 0;
  absl::Status status = Read(value, &bytes);
  if (status.ok()) *size = Size(bytes);
  return status;
}

absl::Status Read(const json::Value& value, RegionKind* kind) {
  const std::optional<llvm::StringRef> word = value.getAsString();
  const std::optional<RegionKind> known = word ? KindOfWord(View(*word)) : std::nullopt;
  if (!known) return Error("", absl::StrCat("expected one of ", KindWords()));
  *kind = *known;
  return absl::OkStatus();
}

// Reads the members of an object, each into its place; a member that no place was given for is an error.
class Members {
 public:
  Members(const json::Object& object, std::string where) : object_(object), where_(std::move(where)) {}

  template <typename T>
  void Take(absl::string_view key, T* place) {
    const json::Value* const value = Find(key);
    if (value != nullptr) Note(key, Read(*value, place));
  }
  template <typename T>
  void Need(absl::string_view key, T* place) {
    if (object_.get(Ref(key)) == nullptr) Note(key, Error("", "it is missing"));
    Take(key, place);
  }
  const json::Array* TakeArray(absl::string_view key) {
    const json::Value* const value = Find(key);
    if (value != nullptr && value->getAsArray() == nullptr) Note(key, Error("", "expected a list"));
    return value == nullptr ? nullptr : value->getAsArray();
  }
  absl::Status Finish() {
    for (const auto& [key, value] : object_) {
      const absl::string_view name = View(key);
      if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
      Note(name, Error("", "there is no such member"));
    }
    return status_;
  }

 private:
  static llvm::StringRef Ref(absl::string_view text) { return {text.data(), text.size()}; }
  const json::Value* Find(absl::string_view key) {
    known_.push_back(key);
    return object_.get(Ref(key));
  }
  void Note(absl::string_view key, const absl::Status& status) {
    if (status_.ok() && !status.ok()) status_ = Error(where_, absl::StrCat("\"", key, "\": ", status.message()));
  }

  const json::Object& object_;
  const std::string where_;
  absl::Status status_;
  std::vector<absl::string_view> known_;
};

std::string NameOf(const json::Object& object) {
  const std::optional<llvm::StringRef> name = object.getString("name");
  return name ? absl::StrCat("\"", View(*name), "\": ") : "without a name: ";
}

class TreeReader {
 public:
  absl::StatusOr<TreeSpec> Read(const json::Value& value) {
    const json::Object* const object = value.getAsObject();
    if (object == nullptr) return Error("", "expected an object with \"regions\" and \"spaces\"");
    Members members(*object, "");
    const json::Array* const spaces = members.TakeArray("spaces");
    const json::Array* const regions = members.TakeArray("regions");
    if (absl::Status status = members.Finish(); !status.ok()) return status;
    if (absl::Status status = ReadRegions(regions, -1, 1); !status.ok()) return status;
    if (absl::Status status = ReadSpaces(spaces); !status.ok()) return status;
    return std::move(spec_);
  }

 private:
  absl::Status ReadRegions(const json::Array* list, int parent, int level) {
    if (list == nullptr) return absl::OkStatus();
    if (level > kMaxLevels) return Error("", absl::StrCat("more than ", kMaxLevels, " levels of regions"));
    for (const json::Value& value : *list) {
      const json::Object* const object = value.getAsObject();
      if (object == nullptr) return Error("\"regions\" and \"children\": ", "expected objects in them");
      if (absl::Status status = ReadRegion(*object, parent, level); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status ReadRegion(const json::Object& object, int parent, int level) {
    Members members(object, absl::StrCat("region ", NameOf(object)));
    RegionSpec region;
    region.parent = parent;
    members.Need("kind", &region.kind);
    members.Need("name", &region.name);
    members.Need("size", &region.size);
    members.Take("at", &region.at);
    members.Take("priority", &region.priority);
    members.Take("enabled", &region.enabled);
    members.Take("readonly", &region.readonly);
    members.Take("nonvolatile", &region.nonvolatile);
    members.Take("label", &region.label);
    members.Take("owner", &region.owner);
    if (region.kind == RegionKind::kRomDevice) members.Take("direct_reads", &region.direct_reads);
    if (region.kind == RegionKind::kAlias) members.Need("target", &region.target);
    if (region.kind == RegionKind::kAlias) members.Take("target_offset", &region.target_offset);
    const json::Array* const children = members.TakeArray("children");
    if (absl::Status status = members.Finish(); !status.ok()) return status;
    spec_.regions.push_back(std::move(region));
    return ReadRegions(children, static_cast<int>(spec_.regions.size()) - 1, level + 1);
  }

  absl::Status ReadSpaces(const json::Array* list) {
    if (list == nullptr) return absl::OkStatus();
    for (const json::Value& value : *list) {
      const json::Object* const object = value.getAsObject();
      if (object == nullptr) return Error("\"spaces\": ", "expected objects in it");
      Members members(*object, absl::StrCat("address space ", NameOf(*object)));
      SpaceSpec space;
      members.Need("name", &space.name);
      members.Need("root", &space.root);
      members.Take("big_endian", &space.big_endian);
      if (absl::Status status = members.Finish(); !status.ok()) return status;
      spec_.spaces.push_back(std::move(space));
    }
    return absl::OkStatus();
  }

  TreeSpec spec_;
};

}  // namespace

absl::StatusOr<TreeSpec> ParseTreeJson(absl::string_view text) {
  if (absl::Status status = CheckDepth(text); !status.ok()) return status;
  llvm::Expected<json::Value> value = json::parse({text.data(), text.size()});
  if (!value) return Error("no JSON: ", llvm::toString(value.takeError()));
  return TreeReader().Read(*value);
}

}  // namespace emu::memory
