#include "memory/tree_svg.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "memory/transaction.h"
#include "memory/tree_layout.h"
#include "memory/tree_spec.h"

namespace emu::memory {
namespace {

constexpr double kMargin = 16, kHead = 96, kAddresses = 132, kFlat = 220, kColumn = 200, kSpace = 8;
constexpr double kTextHeight = 13, kCharacter = 6.7;  // of the widest usual font at 11 px

constexpr char kStyle[] = R"svg(<style>
text{font:11px "DejaVu Sans",Verdana,sans-serif;fill:#222}
.title{font-size:16px;font-weight:bold}
.head{font-weight:bold;fill:#555}
.address{font-family:"DejaVu Sans Mono",monospace;font-size:10px}
.zeros{fill:#bbb}
.more{fill:#666}
rect{stroke:#666;stroke-width:1}
.container{fill:#f0f0f0}.ram{fill:#c9e7c8}.rom{fill:#f8d9ae}.romd{fill:#f5efb4}.io{fill:#c7dcf5}
.iommu{fill:#e0cdf2}.terminated{fill:#f3c6c6}
.alias{stroke-dasharray:5 3}
.disabled{opacity:.4}
.gap{fill:#fff;stroke:none}
.hidden{fill:url(#hatch);stroke:none}
line{stroke:#ddd}
</style>
<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V7" stroke="#555" stroke-opacity=".45" stroke-width="1.5"/></pattern></defs>
)svg";

// Well-formed XML whatever is in a name: not all bytes may be.
std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&' || c == '<' || c == '>' || c == '"') {
      absl::StrAppendFormat(&escaped, "&#%d;", c);
    } else {
      escaped += absl::ascii_isprint(c) ? c : '?';
    }
  }
  return escaped;
}

// Cut so that it is no wider than `width`.
std::string Fitting(absl::string_view text, double width) {
  const size_t most = static_cast<size_t>(std::max(width / kCharacter, 1.0));
  if (text.size() <= most) return Escaped(text);
  return Escaped(text.substr(0, most - 1)) + "\u2026";
}

// What the region is at the end of all aliases.
const Region& Shown(const Region& region) {
  const Region* shown = &region;
  while (shown->target() != nullptr) shown = shown->target().get();
  return *shown;
}

std::string ClassOf(const Region& region, bool disabled) {
  const bool alias = region.kind() == RegionKind::kAlias;
  const absl::string_view kind = KindWord(Shown(region).kind());
  return absl::StrCat(kind, alias ? " alias" : "", disabled ? " disabled" : "");
}

// "640K", "3.5G": three digits and a unit.
std::string ShortSize(Size size) {
  constexpr absl::string_view kUnits = "BKMGTPE";
  double value = size.empty() ? 0 : static_cast<double>(size.last()) + 1;
  size_t unit = 0;
  for (; value >= 1024; value /= 1024) ++unit;
  return absl::StrFormat("%.*g %c", value < 1000 ? 3 : 4, value, kUnits[unit]);
}

class Drawing {
 public:
  Drawing(const AddressSpace& space, TreeLayout layout) : space_(space), layout_(std::move(layout)) {}

  std::string Draw() {
    const double width = 2 * kMargin + kAddresses + kFlat + kSpace + layout_.columns * (kColumn + kSpace);
    const double height = kHead + layout_.height + 2 * kMargin;
    absl::StrAppendFormat(
        &text_, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\" viewBox=\"0 0 %g %g\">\n",
        std::max(width, 720.0), height, std::max(width, 720.0), height);
    absl::StrAppend(&text_, kStyle, "<rect class=\"gap\" width=\"100%\" height=\"100%\"/>\n");
    DrawHead();
    for (const LayoutRow& row : layout_.rows) DrawRow(row, width);
    for (const FlatRange& range : layout_.view->ranges()) DrawRange(range);
    for (const LayoutBox& box : layout_.boxes) DrawBox(box);
    return text_ + "</svg>\n";
  }

 private:
  static double ColumnLeft(int column) { return kMargin + kAddresses + kFlat + kSpace + column * (kColumn + kSpace); }

  void Text(double x, double y, absl::string_view style, absl::string_view safe) {
    absl::StrAppendFormat(&text_, "<text x=\"%g\" y=\"%g\"%s>%s</text>\n", x, y,
                          style.empty() ? "" : absl::StrCat(" class=\"", style, "\""), safe);
  }
  void Rect(double x, double y, double width, double height, absl::string_view style) {
    absl::StrAppendFormat(&text_, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" class=\"%s\"/>\n", x, y, width,
                          height, style);
  }

  void DrawHead() {
    Text(kMargin, 28, "title", Fitting(absl::StrCat("address space ", space_.name()), 1000));
    double x = kMargin;
    for (absl::string_view what :
         {"ram", "rom", "romd", "io", "container", "terminated", "iommu", "alias", "disabled", "not seen"}) {
      Rect(x, 42, 12, 12, LegendStyle(what));
      if (what == "not seen") Rect(x, 42, 12, 12, "hidden");
      Text(x + 17, 52, "", what);
      x += 34 + 6.2 * static_cast<double>(what.size());
    }
    Text(kMargin + kAddresses, kHead - 8, "head", "flat view");
    if (layout_.columns > 0) Text(ColumnLeft(0), kHead - 8, "head", "tree");
  }

  // Kinds have colours of their own; the rest is something that a region of any kind may be.
  static std::string LegendStyle(absl::string_view what) {
    const bool kind = what != "alias" && KindOfWord(what).has_value();
    return kind ? std::string(what) : absl::StrCat("container ", what);
  }

  void DrawRow(const LayoutRow& row, double width) {
    const double y = kHead + row.top;
    absl::StrAppendFormat(&text_, "<line x1=\"%g\" y1=\"%g\" x2=\"%g\" y2=\"%g\"/>\n", kMargin, y, width - kMargin, y);
    Text(kMargin, y + 10, "address", AddressText(row.range.first));
    if (&row == &layout_.rows.back()) Text(kMargin, y + row.height + 10, "address", AddressText(row.range.last));
  }

  static std::string AddressText(uint64_t address) {
    const std::string digits = absl::StrFormat("%016x", address);
    const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return absl::StrCat("<tspan class=\"zeros\">", digits.substr(0, zeros), "</tspan>", digits.substr(zeros));
  }

  // A box with its name, what else there is to say below or beside it, and all of it for the mouse.
  void DrawLabelled(double x, double y, double width, double height, absl::string_view style, absl::string_view name,
                    absl::string_view more, absl::string_view all) {
    absl::StrAppend(&text_, "<g><title>", Escaped(all), "</title>\n");
    Rect(x, y, width, height, style);
    const double left = x + 5, room = width - 10;
    Text(left, y + kTextHeight, "", Fitting(name, room));
    if (height >= 2 * kTextHeight + 4) {
      Text(left, y + 2 * kTextHeight, "more", Fitting(more, room));
    } else {
      const double used = kCharacter * static_cast<double>(name.size() + 1);
      if (room - used > 5 * kCharacter) Text(left + used, y + kTextHeight, "more", Fitting(more, room - used));
    }
    absl::StrAppend(&text_, "</g>\n");
  }

  static std::string StyleOf(const FlatRange& range) {
    const bool as_rom = range.readonly && range.region->kind() == RegionKind::kRam;
    return as_rom ? "rom" : ClassOf(*range.region, false);
  }

  void DrawRange(const FlatRange& range) {
    const LayoutRow& first = layout_.rows[layout_.RowOf(range.first.value)];
    const LayoutRow& last = layout_.rows[layout_.RowOf(range.last.value)];
    const std::string offset = range.offset.value == 0 ? "" : absl::StrFormat(" @%x", range.offset.value);
    const std::string more = absl::StrCat(ShortSize(range.range().size()), offset, range.readonly ? " ro" : "",
                                          range.nonvolatile ? " nv" : "");
    const std::string all =
        absl::StrFormat("%016x-%016x %s%s", range.first.value, range.last.value, range.region->name(), offset);
    DrawLabelled(kMargin + kAddresses, kHead + first.top, kFlat, last.top + last.height - first.top, StyleOf(range),
                 range.region->name(), more, all);
  }

  // "alias of pci @a0000, prio 1, in system".
  std::string More(const LayoutBox& box) const {
    const Region& region = *box.region;
    std::vector<std::string> parts = {std::string(KindWord(region.kind()))};
    if (region.target() != nullptr) {
      parts[0] = absl::StrFormat("-> %s @%x", region.target()->name(), region.target_offset().value);
    }
    if (region.priority() != 0) parts.push_back(absl::StrCat("prio ", region.priority()));
    if (!region.enabled()) parts.emplace_back("disabled");
    if (region.readonly()) parts.emplace_back("ro");
    if (region.nonvolatile()) parts.emplace_back("nv");
    if (box.parent >= 0 && layout_.boxes[box.parent].column + 1 != box.column) {
      parts.push_back(absl::StrCat("in ", region.parent()->name()));
    }
    return absl::StrJoin(parts, ", ");
  }

  void DrawBox(const LayoutBox& box) {
    const double x = ColumnLeft(box.column), y = kHead + layout_.Top(box);
    const Range range = {layout_.rows[box.first_row].range.first, layout_.rows[box.last_row].range.last};
    const std::string more = More(box);
    const std::string all = absl::StrFormat("%016x-%016x %s (%s)", range.first, range.last, box.region->name(), more);
    DrawLabelled(x, y, kColumn, layout_.Height(box), ClassOf(*box.region, box.disabled), box.region->name(), more, all);
    for (size_t i = 0; i < box.seen.size(); ++i) {
      const LayoutRow& row = layout_.rows[box.first_row + i];
      const bool gap = layout_.view->Find(Gpa(row.range.first)) == nullptr;
      if (!box.seen[i] && !gap) Rect(x, kHead + row.top, kColumn, row.height, "hidden");
    }
  }

  const AddressSpace& space_;
  const TreeLayout layout_;
  std::string text_;
};

}  // namespace

std::string FormatTreeSvg(const AddressSpace& space) {
  TreeLock lock;
  return Drawing(space, LayOutTree(space)).Draw();
}

}  // namespace emu::memory
