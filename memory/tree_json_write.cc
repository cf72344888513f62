#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "memory/flat_view.h"
#include "memory/tree_json.h"

namespace emu::memory {
namespace {

namespace json = llvm::json;

// Any bytes may be in a name; JSON takes UTF-8 only.
std::string Utf8(absl::string_view text) { return json::fixUTF8({text.data(), text.size()}); }
std::string Hex(uint64_t value) { return absl::StrFormat("0x%x", value); }

template <typename Write>
std::string WriteObject(Write write) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  json::OStream out(stream, /*IndentSize=*/2);
  out.object([&] { write(out); });
  stream << "\n";
  stream.flush();
  return text;
}

void WriteFlag(json::OStream& out, llvm::StringRef key, bool value, bool usual) {
  if (value != usual) out.attribute(key, value);
}

void WriteText(json::OStream& out, llvm::StringRef key, absl::string_view text) {
  if (!text.empty()) out.attribute(key, Utf8(text));
}

void WriteExtent(json::OStream& out, const RegionSpec& region) {
  out.attribute("at", Hex(region.at));
  out.attribute("size", FormatTreeSize(region.size));
}

// Writes the region at `index` and those that lie in it; the index behind them.
size_t WriteRegion(json::OStream& out, const TreeSpec& spec, size_t index) {
  const RegionSpec& region = spec.regions[index];
  size_t next = index + 1;
  out.object([&] {
    out.attribute("kind", Utf8(KindWord(region.kind)));
    out.attribute("name", Utf8(region.name));
    WriteText(out, "label", region.label);
    WriteExtent(out, region);
    if (region.priority != 0) out.attribute("priority", region.priority);
    if (region.kind == RegionKind::kAlias) out.attribute("target", Utf8(region.target));
    if (region.target_offset != 0) out.attribute("target_offset", Hex(region.target_offset));
    WriteFlag(out, "enabled", region.enabled, true);
    WriteFlag(out, "readonly", region.readonly, false);
    WriteFlag(out, "nonvolatile", region.nonvolatile, false);
    WriteFlag(out, "direct_reads", region.direct_reads, true);
    WriteText(out, "owner", region.owner);
    const auto is_child = [&] {
      return next < spec.regions.size() && spec.regions[next].parent == static_cast<int>(index);
    };
    if (!is_child()) return;
    out.attributeArray("children", [&] {
      while (is_child()) next = WriteRegion(out, spec, next);
    });
  });
  return next;
}

void WriteSpace(json::OStream& out, const SpaceSpec& space) {
  out.object([&] {
    out.attribute("name", Utf8(space.name));
    out.attribute("root", Utf8(space.root));
    WriteFlag(out, "big_endian", space.big_endian, false);
  });
}

void WriteRange(json::OStream& out, const FlatRange& range) {
  out.object([&] {
    out.attribute("first", Hex(range.first.value));
    out.attribute("last", Hex(range.last.value));
    out.attribute("region", Utf8(range.region->name()));
    out.attribute("kind", Utf8(KindWord(range.region->kind())));
    out.attribute("offset", Hex(range.offset.value));
    out.attribute("priority", range.region->priority());
    WriteFlag(out, "readonly", range.readonly, false);
    WriteFlag(out, "nonvolatile", range.nonvolatile, false);
    if (range.region->kind() == RegionKind::kRomDevice) out.attribute("direct_reads", range.romd);
    WriteText(out, "owner", range.region->owner());
  });
}

void WriteView(json::OStream& out, const FlatView& view, absl::Span<AddressSpace* const> spaces) {
  out.object([&] {
    out.attributeArray("spaces", [&] {
      for (AddressSpace* space : spaces) out.value(Utf8(space->name()));
    });
    out.attribute("root", view.root() == nullptr ? json::Value(nullptr) : json::Value(Utf8(view.root()->name())));
    out.attributeArray("ranges", [&] {
      for (const FlatRange& range : view.ranges()) WriteRange(out, range);
    });
  });
}

void WriteSteps(json::OStream& out, const std::vector<ExplainStep>& path) {
  out.attributeArray("path", [&] {
    for (const ExplainStep& step : path) {
      out.object([&] {
        out.attribute("region", Utf8(step.name));
        out.attribute("kind", Utf8(KindWord(step.kind)));
        out.attribute("priority", step.priority);
        out.attribute("offset", Hex(step.offset.value));
        WriteFlag(out, "target_of_alias", step.aliased, false);
      });
    }
  });
}

void WriteTold(json::OStream& out, llvm::StringRef key, const std::optional<ExplainRange>& range) {
  if (!range) return;
  out.attributeObject(key, [&] {
    out.attribute("first", Hex(range->first.value));
    out.attribute("last", Hex(range->last.value));
    out.attribute("region", Utf8(range->region));
  });
}

void WriteLosses(json::OStream& out, const Explanation& e) {
  out.attributeArray("losses", [&] {
    for (const ExplainLoss& loss : e.losses) {
      out.object([&] {
        out.attribute("reason", ReasonWord(loss.reason));
        out.attribute("why", Utf8(loss.why));
        WriteSteps(out, loss.path);
      });
    }
  });
  WriteFlag(out, "more_losses", e.more_losses, false);
}

void WriteAnswer(json::OStream& out, const Explanation& e, const ExplainOptions& options) {
  WriteTold(out, "range", e.range);
  WriteTold(out, "below", e.below);
  WriteTold(out, "above", e.above);
  WriteFlag(out, "readonly", e.readonly, false);
  WriteFlag(out, "nonvolatile", e.nonvolatile, false);
  WriteText(out, "owner", e.owner);
  WriteText(out, "register", e.register_name);
  WriteText(out, "block", e.block);
  if (!e.block.empty()) out.attribute("block_offset", Hex(e.block_offset));
  if (options.host && e.host != nullptr) out.attribute("host", Hex(reinterpret_cast<uintptr_t>(e.host)));
}

void WriteExplanation(json::OStream& out, const Explanation& e, const ExplainOptions& options) {
  out.attribute("space", Utf8(e.space));
  out.attribute("address", Hex(e.at.value));
  out.attribute("answered", e.answered());
  WriteSteps(out, e.path);
  WriteAnswer(out, e, options);
  WriteLosses(out, e);
  for (const Explanation& beyond : e.beyond) {
    out.attributeObject("beyond", [&] { WriteExplanation(out, beyond, options); });
  }
}

}  // namespace

std::string FormatTreeJson(const TreeSpec& spec) {
  return WriteObject([&](json::OStream& out) {
    out.attributeArray("spaces", [&] {
      for (const SpaceSpec& space : spec.spaces) WriteSpace(out, space);
    });
    out.attributeArray("regions", [&] {
      for (size_t i = 0; i < spec.regions.size();) i = WriteRegion(out, spec, i);
    });
  });
}

std::string FormatFlatViewsJson(absl::Span<AddressSpace* const> spaces) {
  return WriteObject([&](json::OStream& out) {
    out.attributeArray("views", [&] {
      std::vector<FlatView::Ptr> written;
      for (AddressSpace* space : spaces) {
        const FlatView::Ptr view = space->Snapshot();
        if (std::find(written.begin(), written.end(), view) != written.end()) continue;
        written.push_back(view);
        std::vector<AddressSpace*> sharing;
        for (AddressSpace* other : spaces) {
          if (other->Snapshot() == view) sharing.push_back(other);
        }
        WriteView(out, *view, sharing);
      }
    });
  });
}

std::string FormatExplanationJson(const Explanation& explanation, const ExplainOptions& options) {
  return WriteObject([&](json::OStream& out) { WriteExplanation(out, explanation, options); });
}

}  // namespace emu::memory
