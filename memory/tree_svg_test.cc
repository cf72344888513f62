#include "memory/tree_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include "memory/random_tree.h"
#include "memory/tree_build.h"
#include "memory/tree_text.h"

namespace emu::memory {
namespace {

using ::testing::HasSubstr;

struct Box {
  double left, top, right, bottom;
  std::string what;
  bool Overlaps(const Box& o) const { return left < o.right && o.left < right && top < o.bottom && o.top < bottom; }
};

// Every text of the document, as wide as it can become.
std::vector<Box> Texts(re2::StringPiece svg) {
  static const RE2 text("<text x=\"([^\"]*)\" y=\"([^\"]*)\"[^>]*>(.*)</text>");
  static const RE2 tag("<[^>]*>"), entity("&#[0-9]*;");
  std::vector<Box> boxes;
  double x = 0, y = 0;
  std::string shown;
  while (RE2::FindAndConsume(&svg, text, &x, &y, &shown)) {
    RE2::GlobalReplace(&shown, tag, "");
    RE2::GlobalReplace(&shown, entity, "x");
    boxes.push_back({x, y - 9, x + 6.2 * static_cast<double>(shown.size()), y + 2, shown});
  }
  return boxes;
}

void CheckTexts(const std::string& svg) {
  const std::vector<Box> texts = Texts(svg);
  for (size_t i = 0; i < texts.size(); ++i) {
    for (size_t j = i + 1; j < texts.size(); ++j) {
      ASSERT_FALSE(texts[i].Overlaps(texts[j])) << "'" << texts[i].what << "' and '" << texts[j].what << "'";
    }
  }
}

// Elements are opened and closed in order.
void CheckNesting(re2::StringPiece svg) {
  static const RE2 tag("<(/?)([a-z]+)[^>]*?(/?)>");
  std::vector<std::string> open;
  std::string end, name, alone;
  while (RE2::FindAndConsume(&svg, tag, &end, &name, &alone)) {
    if (!alone.empty()) continue;
    if (end.empty()) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty());
    ASSERT_EQ(open.back(), name);
    open.pop_back();
  }
  ASSERT_TRUE(open.empty());
}

std::string Svg(absl::string_view text) {
  const absl::StatusOr<BuiltTree> tree = BuildTree(*ParseTreeText(text));
  EXPECT_TRUE(tree.ok()) << tree.status();
  return FormatTreeSvg(*tree->spaces[0]);
}

TEST(TreeSvg, ShowsWhatThereIs) {
  const std::string svg = Svg(R"(
container system 16E
  ram main 0x80000000+128M
  io "a<b>&\"c\"" 0x80001000+8 prio 1
  alias again 0x400000000+4K of main at 0x1000 readonly
  romd flash 0xfffffffffff00000+1M disabled
)");
  EXPECT_THAT(svg, HasSubstr("address space memory</text>"));
  EXPECT_THAT(svg, HasSubstr("a&#60;b&#62;&#38;&#34;c&#34;"));
  EXPECT_THAT(svg, HasSubstr("-&#62; main @1000, ro"));
  EXPECT_THAT(svg, HasSubstr("romd disabled"));
  EXPECT_THAT(svg, HasSubstr("</tspan>80001008</text>"));
  EXPECT_THAT(svg, HasSubstr("class=\"hidden\""));
  CheckTexts(svg);
  CheckNesting(svg);
}

TEST(TreeSvg, NothingToDraw) {
  CheckNesting(Svg("container nothing 0\n"));
  CheckNesting(Svg("container hole 16E disabled\n"));
}

TEST(TreeSvg, LongNamesAreCut) {
  const std::string svg = Svg("io " + std::string(200, 'x') + " 4\n");
  EXPECT_THAT(svg, HasSubstr("x\u2026</text>"));
  CheckTexts(svg);
}

TEST(TreeSvg, RandomTrees) {
  for (uint64_t seed = 0; seed < 150; ++seed) {
    RandomTree tree(seed, seed % 2 == 0 ? 63 : ~uint64_t{0}, 1 + static_cast<int>(seed % 15));
    AddressSpace space("memory", tree.root());
    const std::string svg = FormatTreeSvg(space);
    SCOPED_TRACE(seed);
    ASSERT_NO_FATAL_FAILURE(CheckTexts(svg));
    ASSERT_NO_FATAL_FAILURE(CheckNesting(svg));
  }
}

}  // namespace
}  // namespace emu::memory
