#include "bench/runner/chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace emu::bench {
namespace {

constexpr int kLabelWidth = 150, kPlotWidth = 640, kRight = 60, kTop = 50, kBar = 9, kGap = 8;
constexpr const char* kColours[] = {"#2b6cb0", "#c05621", "#718096", "#2f855a", "#6b46c1"};

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

struct Group {
  std::string label;
  bool mean;
  std::vector<double> ratios;  // of each drawn system
};

class Chart {
 public:
  explicit Chart(const Results& results)
      : results_(results), base_(results.native >= 0 ? results.native : results.ours) {
    for (int i = 0; i < static_cast<int>(results.systems.size()); ++i) {
      if (i != base_) drawn_.push_back(i);
    }
    for (const std::string& kind : results.Kinds()) AddKind(kind);
    for (const Group& group : groups_) {
      for (double r : group.ratios) Stretch(r);
    }
  }

  std::string Text() {
    const int height = kTop + static_cast<int>(groups_.size()) * GroupHeight() + 20;
    const int width = kLabelWidth + kPlotWidth + kRight;
    out_ = absl::StrFormat(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
        "font-size=\"11\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
        width, height);
    Legend();
    Grid(height);
    for (size_t i = 0; i < groups_.size(); ++i) DrawGroup(groups_[i], kTop + static_cast<int>(i) * GroupHeight());
    return absl::StrCat(out_, "</svg>\n");
  }

 private:
  void AddKind(const std::string& kind) {
    for (const Kernel& kernel : results_.kernels) {
      if (kernel.kind == kind) Add(kernel.name, false, [&](int i) { return results_.Ratio(i, base_, kernel.name); });
    }
    Add(kind, true, [&](int i) { return results_.GeometricRatio(i, base_, kind); });
  }

  template <typename Ratio>
  void Add(const std::string& label, bool mean, Ratio ratio) {
    Group group{label, mean, {}};
    for (int i : drawn_) group.ratios.push_back(ratio(i));
    const bool any = std::any_of(group.ratios.begin(), group.ratios.end(), [](double r) { return std::isfinite(r); });
    if (any) groups_.push_back(std::move(group));
  }

  void Stretch(double ratio) {
    if (!std::isfinite(ratio) || ratio <= 0) return;
    low_ = std::min(low_, std::floor(std::log10(ratio)));
    high_ = std::max(high_, std::ceil(std::log10(ratio)));
  }

  int GroupHeight() const { return static_cast<int>(drawn_.size()) * kBar + kGap; }
  double X(double ratio) const { return kLabelWidth + kPlotWidth * (std::log10(ratio) - low_) / (high_ - low_); }

  void Legend() {
    const std::string base = base_ < 0 ? "" : results_.systems[base_].name;
    absl::StrAppendFormat(&out_, "<text x=\"8\" y=\"16\" font-weight=\"bold\">times the cost of %s (%s)</text>\n",
                          Escaped(base), Escaped(results_.source));
    int x = kLabelWidth;
    for (size_t i = 0; i < drawn_.size(); ++i) {
      const std::string& name = results_.systems[drawn_[i]].name;
      absl::StrAppendFormat(&out_, "<rect x=\"%d\" y=\"24\" width=\"9\" height=\"9\" fill=\"%s\"/>", x, Colour(i));
      absl::StrAppendFormat(&out_, "<text x=\"%d\" y=\"33\">%s</text>\n", x + 13, Escaped(name));
      x += 40 + static_cast<int>(name.size()) * 7;
    }
  }

  void Grid(int height) {
    for (double power = low_; power <= high_; ++power) {
      const double x = X(std::pow(10, power));
      absl::StrAppendFormat(&out_, "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#ccc\"/>", x, kTop - 4,
                            x, height - 16);
      absl::StrAppendFormat(&out_, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", x, height - 4,
                            std::pow(10, power));
    }
  }

  void DrawGroup(const Group& group, int y) {
    absl::StrAppendFormat(&out_, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\"%s>%s</text>\n", kLabelWidth - 6,
                          y + (GroupHeight() - kGap) / 2 + 4, group.mean ? " font-weight=\"bold\"" : "",
                          Escaped(group.label));
    for (size_t i = 0; i < group.ratios.size(); ++i) {
      const double r = group.ratios[i];
      if (!std::isfinite(r) || r <= 0) continue;
      const int top = y + static_cast<int>(i) * kBar;
      absl::StrAppendFormat(&out_, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>", kLabelWidth,
                            top, X(r) - kLabelWidth, kBar - 1, Colour(i));
      absl::StrAppendFormat(&out_, "<text x=\"%.1f\" y=\"%d\" font-size=\"8\">%.3g</text>\n", X(r) + 3, top + kBar - 2,
                            r);
    }
  }

  static const char* Colour(size_t i) { return kColours[i % std::size(kColours)]; }

  const Results& results_;
  const int base_;
  std::vector<int> drawn_;  // indices of systems
  std::vector<Group> groups_;
  double low_ = 0, high_ = 1;  // powers of ten
  std::string out_;
};

}  // namespace

std::string SvgChart(const Results& results) { return Chart(results).Text(); }

}  // namespace emu::bench
