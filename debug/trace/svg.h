// The little of SVG that the drawings of traces want.
#ifndef EMU_DEBUG_TRACE_SVG_H_
#define EMU_DEBUG_TRACE_SVG_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "debug/trace/tally.h"

namespace emu::debug {

// Well-formed XML whatever is in a name.
inline std::string SvgText(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&' || c == '<' || c == '>' || c == '"') {
      absl::StrAppendFormat(&escaped, "&#%d;", c);
    } else {
      escaped += absl::ascii_isprint(static_cast<unsigned char>(c)) ? c : '?';
    }
  }
  return escaped;
}

// What the drawings tell apart.
enum class TraceColor { kRead, kWrite, kFetch, kOther };
inline constexpr int kTraceColors = 4;

inline TraceColor ColorOf(translate::AccessType type) {
  using translate::AccessType;
  switch (type) {
    case AccessType::kRead:
      return TraceColor::kRead;
    case AccessType::kWrite:
    case AccessType::kAtomic:
      return TraceColor::kWrite;
    case AccessType::kFetch:
      return TraceColor::kFetch;
    default:
      return TraceColor::kOther;
  }
}
inline const char* ColorName(TraceColor color) {
  constexpr const char* kNames[] = {"reads", "writes", "instructions", "walks and DMA"};
  return kNames[static_cast<int>(color)];
}
// From pale for one record to full for `most`, by the logarithm.
inline std::string ColorFor(TraceColor color, uint64_t count, uint64_t most) {
  constexpr int kFull[kTraceColors][3] = {{20, 82, 168}, {192, 32, 24}, {24, 120, 48}, {120, 40, 140}};
  const double part =
      most <= 1 ? 1 : std::log2(1.0 + static_cast<double>(count)) / std::log2(1.0 + static_cast<double>(most));
  const double strength = 0.18 + 0.82 * std::min(part, 1.0);
  const auto mix = [&](int full) { return static_cast<int>(std::lround(255 + (full - 255) * strength)); };
  const int* const full = kFull[static_cast<int>(color)];
  return absl::StrFormat("#%02x%02x%02x", mix(full[0]), mix(full[1]), mix(full[2]));
}

inline std::string SvgStart(double width, double height, absl::string_view title) {
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n"
      "<style>text{font:11px \"DejaVu Sans\",Verdana,sans-serif;fill:#222}.title{font-size:15px;font-weight:bold}"
      ".mono{font-family:\"DejaVu Sans Mono\",monospace;font-size:10px}.dim{fill:#777}.end{text-anchor:end}</style>\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n<text class=\"title\" x=\"16\" y=\"26\">%s</text>\n",
      width, height, width, height, SvgText(title));
}
inline void SvgRect(double x, double y, double width, double height, absl::string_view fill, std::string* out) {
  absl::StrAppendFormat(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width,
                        height, fill);
}
inline void SvgWords(double x, double y, absl::string_view style, absl::string_view text, std::string* out) {
  absl::StrAppendFormat(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", style, x, y, SvgText(text));
}
// Many rectangles of few colors, in few bytes.
class SvgCells {
 public:
  void Add(double x, double y, double width, double height, const std::string& fill) {
    absl::StrAppendFormat(&paths_[fill], "M%.4g %.5gh%.3gv%.3gh-%.3gz", x, y, width, height, width);
  }
  void AppendTo(std::string* out) const {
    for (const auto& [fill, path] : paths_) {
      absl::StrAppend(out, "<path fill=\"", fill, "\" d=\"", path, "\"/>\n");
    }
  }

 private:
  std::map<std::string, std::string> paths_;
};
// What the colors mean.
inline void SvgLegend(double x, double y, std::string* out) {
  for (int i = 0; i < kTraceColors; ++i) {
    const TraceColor color = static_cast<TraceColor>(i);
    SvgRect(x, y - 9, 10, 10, ColorFor(color, 1, 1), out);
    SvgWords(x + 14, y, "", ColorName(color), out);
    x += 30 + 6 * static_cast<double>(std::string(ColorName(color)).size());
  }
  SvgWords(x, y, "dim", "pale: few, full: many (logarithm)", out);
}

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_SVG_H_
