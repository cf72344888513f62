#include "bench/runner/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::bench {
namespace {

using ::testing::HasSubstr;

Results Sample() {
  Results r;
  r.kernels = {{"a", "int"}, {"b", "fp"}, {"boot", "boot"}};
  r.systems = {{"native", "k", {{"a", {1, 1, 1}}, {"b", {0.5}}}, {}, {{"a", "11"}}, {}},
               {"emu", "e \"x\"", {{"a", {2, 3, 4}}, {"b", {1}}, {"boot", {1.5}}}, {{"a", {7}}}, {}, {2 * 1024 * 1024}},
               {"qemu", "q", {{"a", {12}}, {"b", {16}}, {"boot", {3}}}, {}, {}, {}}};
  r.native = 0;
  r.ours = 1;
  r.unit = "s";
  r.source = "a clock";
  return r;
}

TEST(Report, Table) {
  EXPECT_EQ(MarkdownTable(Sample()),
            "| kernel | native, s | emu, s | qemu, s | emu / native | qemu / native | qemu / emu |\n"
            "| --- | --- | --- | --- | --- | --- | --- |\n"
            "| a | 1.0000 (0 %) | 3.0000 (67 %) | 12.0000 | 3.00 | 12.0 | 4.00 |\n"
            "| **int** |  |  |  | 3.00 | 12.0 | 4.00 |\n"
            "| b | 0.5000 | 1.0000 | 16.0000 | 2.00 | 32.0 | 16.0 |\n"
            "| **fp** |  |  |  | 2.00 | 32.0 | 16.0 |\n"
            "| boot | - | 1.5000 | 3.0000 | - | - | 2.00 |\n"
            "| **boot** |  |  |  | - | - | 2.00 |\n"
            "| **all** |  |  |  | 2.45 | 19.6 | 5.04 |\n"
            "\nMemory beside the guest's RAM after boot: emu 2.0 MiB\n");
}

TEST(Report, WithoutTheMachineItself) {
  Results r = Sample();
  r.systems.erase(r.systems.begin());
  r.kernels = {{"a", "int"}};
  r.native = -1;
  r.ours = 0;
  EXPECT_EQ(MarkdownTable(r),
            "| kernel | emu, s | qemu, s | qemu / emu |\n| --- | --- | --- | --- |\n"
            "| a | 3.0000 (67 %) | 12.0000 | 4.00 |\n| **int** |  |  | 4.00 |\n"
            "\nMemory beside the guest's RAM after boot: emu 2.0 MiB\n");
}

TEST(Report, Json) {
  const std::string json = Json(Sample());
  EXPECT_THAT(json, HasSubstr(R"("unit": "s", "source": "a clock")"));
  EXPECT_THAT(json, HasSubstr(R"({"name": "b", "class": "fp"})"));
  EXPECT_THAT(json, HasSubstr(R"("command": "e \"x\"")"));
  EXPECT_THAT(json, HasSubstr(R"("a": {"costs": [2, 3, 4], "host_instructions_g": [7]})"));
  EXPECT_THAT(json, HasSubstr(R"("a": {"costs": [1, 1, 1], "checksum": "11"})"));
}

TEST(Report, Counters) {
  Results r = Sample();
  EXPECT_EQ(CounterTable(r), "");
  r.counters["a"] = {{"executed_insns", 2e6}, {"translated_blocks", 3}, {"translated_insns", 30}, {"links", 4},
                     {"lookups", 5},          {"tlb_misses", 6},        {"tlb_slow_hits", 7},     {"invalidated", 8},
                     {"code_used", 9 * 1024}};
  EXPECT_THAT(CounterTable(r), HasSubstr("| a | 2.0 | 1500.000 | 3500.00 | 3 | 30 | 4 | 2.5 | 3.0 | 3.5 | 8 | 9 |\n"));
  EXPECT_THAT(Json(r), HasSubstr(R"("counters": {"a": {"code_used": 9216, "executed_insns": 2000000,)"));
}

TEST(Report, NothingMeasured) {
  Results r;
  EXPECT_EQ(MarkdownTable(r), "| kernel |\n| --- |\n");
  EXPECT_THAT(Json(r), HasSubstr("\"systems\": ["));
}

}  // namespace
}  // namespace emu::bench
