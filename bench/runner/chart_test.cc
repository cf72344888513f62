#include "bench/runner/chart.h"

#include <cmath>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Results Sample() {
  Results r;
  r.kernels = {{"a", "int"}, {"b<", "int"}};
  r.systems = {{"native", "", {{"a", {1}}, {"b<", {1}}}, {}, {}, {}},
               {"emu", "", {{"a", {10}}, {"b<", {10}}}, {}, {}, {}},
               {"q&a", "", {{"a", {100}}}, {}, {}, {}}};
  r.native = 0;
  r.ours = 1;
  r.source = "a clock";
  return r;
}

size_t Count(absl::string_view text, absl::string_view what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(Chart, ABarForEveryRatio) {
  const std::string svg = SvgChart(Sample());
  EXPECT_THAT(svg, HasSubstr("times the cost of native (a clock)"));
  // The scale goes from 1 to 100 over 640 units: 10 is in the middle.
  EXPECT_EQ(Count(svg, "width=\"320.0\""), 3u);  // emu: a, b and their mean
  EXPECT_EQ(Count(svg, "width=\"640.0\""), 2u);  // the other one: a and the mean
  EXPECT_THAT(svg, HasSubstr("font-weight=\"bold\">int</text>"));
}

TEST(Chart, NamesAreEscaped) {
  const std::string svg = SvgChart(Sample());
  EXPECT_THAT(svg, HasSubstr(">b&lt;</text>"));
  EXPECT_THAT(svg, HasSubstr(">q&amp;a</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("q&a<")));
  EXPECT_EQ(Count(svg, "<text"), Count(svg, "</text>"));
}

TEST(Chart, WithoutTheMachineItselfOursIsTheMeasure) {
  Results r = Sample();
  r.native = -1;
  r.systems.erase(r.systems.begin());
  r.ours = 0;
  EXPECT_THAT(SvgChart(r), HasSubstr("times the cost of emu"));
}

TEST(Chart, OddValues) {
  Results r = Sample();
  r.systems[0].costs["a"] = {0};
  r.systems[1].costs["b<"] = {NAN};
  const std::string svg = SvgChart(r);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_TRUE(absl::EndsWith(SvgChart(Results{}), "</svg>\n"));
}

}  // namespace
}  // namespace emu::bench
