#include "bench/runner/results.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Results Sample() {
  Results r;
  r.kernels = {{"a", "int"}, {"b", "fp"}, {"c", "int"}};
  r.systems = {{"native", "", {{"a", {1, 2, 3}}, {"c", {1}}}, {}, {{"a", "11"}, {"c", "33"}}, {}},
               {"emu", "", {{"a", {4}}, {"b", {5}}, {"c", {8}}}, {}, {{"a", "11"}, {"b", "22"}, {"c", "33"}}, {}}};
  r.native = 0;
  r.ours = 1;
  return r;
}

TEST(Results, KernelList) {
  const std::vector<Kernel> kernels = ParseKernelList("sieve int 30\nnot a kernel line\n\nmatmul fp 2\n");
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0].name, "sieve");
  EXPECT_EQ(kernels[1].kind, "fp");
  EXPECT_THAT(ParseKernelList(""), IsEmpty());
}

TEST(Results, RatiosOfMedians) {
  const Results r = Sample();
  EXPECT_EQ(r.Ratio(1, 0, "a"), 2);
  EXPECT_TRUE(std::isnan(r.Ratio(1, 0, "b")));  // not measured natively
  EXPECT_TRUE(std::isnan(r.Ratio(1, -1, "a")));
  EXPECT_TRUE(std::isnan(r.Ratio(1, 0, "nothing of that name")));
}

TEST(Results, GeometricMeansByClass) {
  const Results r = Sample();
  EXPECT_DOUBLE_EQ(r.GeometricRatio(1, 0, "int"), 4);
  EXPECT_TRUE(std::isnan(r.GeometricRatio(1, 0, "fp")));
  EXPECT_DOUBLE_EQ(r.GeometricRatio(1, 0, ""), 4);
  EXPECT_THAT(r.Kinds(), ElementsAre("int", "fp"));
}

TEST(Results, ChecksumsThatDiffer) {
  Results r = Sample();
  EXPECT_THAT(r.Disagreements(), IsEmpty());
  r.systems[1].checksums["c"] = "34";
  r.systems.push_back({"other", "", {}, {}, {{"b", "23"}}, {}});
  EXPECT_THAT(r.Disagreements(), ElementsAre("c: emu gives 34, native 33", "b: other gives 23, emu 22"));
}

}  // namespace
}  // namespace emu::bench
