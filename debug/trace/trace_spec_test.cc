#include "debug/trace/trace_spec.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;

const SymbolTable& Symbols() {
  static const auto& symbols = *new SymbolTable(
      SymbolTable::FromSymbols({{0x1000, 0x10, "main"}, {0x2000, 8, "command_line"}, {0x3000, 4, "a,b"}}));
  return symbols;
}
TraceSpec Spec(absl::string_view text) {
  const absl::StatusOr<TraceSpec> spec = ParseTraceSpec(text, Symbols());
  EXPECT_TRUE(spec.ok()) << spec.status();
  return spec.value_or(TraceSpec{});
}
std::string Refusal(absl::string_view text) {
  const absl::StatusOr<TraceSpec> spec = ParseTraceSpec(text, Symbols());
  EXPECT_FALSE(spec.ok()) << text;
  EXPECT_THAT(spec.status().ToString(), HasSubstr(absl::string_view(text)));
  return std::string(spec.status().message());
}

TEST(TraceSpec, WhatIsSoWithoutBeingSaid) {
  const TraceSpec spec = Spec("mem");
  EXPECT_TRUE(spec.filter.reads && spec.filter.writes);
  EXPECT_FALSE(spec.filter.fetches || spec.filter.walks || spec.filter.dma || spec.show_hva);
  EXPECT_FALSE(spec.filter.gva.has_value() || spec.filter.gpa.has_value() || spec.filter.pc.has_value());
  EXPECT_EQ(spec.format, TraceSpec::Format::kText);
  EXPECT_EQ(spec.file, "");
}

TEST(TraceSpec, Everything) {
  const TraceSpec spec = Spec(
      "mem,kind=wx,gva=0x1000..0x1fff,gva=8192,gpa=0x80000000+4096,hva,region=^ram$,symbol=ma.n,pc=main,cpu=1,walks=on,"
      "file=a,,b,format=binary");
  EXPECT_TRUE(!spec.filter.reads && spec.filter.writes && spec.filter.fetches && spec.filter.walks && spec.show_hva);
  EXPECT_TRUE(spec.filter.gva->Contains(0x1fff) && spec.filter.gva->Contains(8192));
  EXPECT_FALSE(spec.filter.gva->Contains(8193));
  EXPECT_TRUE(spec.filter.gpa->Contains(0x80000fff));
  EXPECT_FALSE(spec.filter.gpa->Contains(0x80001000));
  EXPECT_TRUE(spec.filter.pc->Contains(0x100f));
  EXPECT_FALSE(spec.filter.pc->Contains(0x1010));
  EXPECT_EQ(*spec.filter.cpu, 1u);
  EXPECT_EQ(spec.filter.region->pattern(), "^ram$");
  EXPECT_EQ(spec.file, "a,b");
  EXPECT_EQ(spec.format, TraceSpec::Format::kBinary);
}

TEST(TraceSpec, Addresses) {
  const auto last = [](absl::string_view text) { return ParseAddressRange(text, Symbols())->last; };
  EXPECT_EQ(last("5"), 5u);
  EXPECT_EQ(last("0xffffffffffffffff"), ~uint64_t{0});
  EXPECT_EQ(last("0xfffffffffffffff0+16"), ~uint64_t{0});
  EXPECT_EQ(last("command_line"), 0x2007u);
  EXPECT_EQ(last("command_line+2"), 0x2001u);
  EXPECT_EQ(last("main..command_line"), 0x2007u);
  for (const char* bad : {"", "x", "0x", "0xg", "1..", "..1", "2..1", "1+0", "1+", "0xffffffffffffffff+2", "-1", "1 ",
                          "18446744073709551616", "0x10000000000000000"}) {
    EXPECT_FALSE(ParseAddressRange(bad, Symbols()).ok()) << bad;
  }
}

TEST(TraceSpec, Refusals) {
  EXPECT_THAT(Refusal("cpu"), HasSubstr("expected mem"));
  EXPECT_THAT(Refusal("mem,kind=rz"), HasSubstr("letters of rwx"));
  EXPECT_THAT(Refusal("mem,kind="), HasSubstr("letters of rwx"));
  EXPECT_THAT(Refusal("mem,kind=none"), HasSubstr("nothing is traced"));
  EXPECT_THAT(Refusal("mem,nonsense=1"), HasSubstr("key \"nonsense\": expected kind, gva"));
  EXPECT_THAT(Refusal("mem,nonsense"), HasSubstr("expected key=value"));
  EXPECT_THAT(Refusal("mem,gva=2..1"), HasSubstr("the lower address first"));
  EXPECT_THAT(Refusal("mem,gva=unknown"), HasSubstr("gva address \"unknown\": expected A, A..B or A+SIZE"));
  EXPECT_THAT(Refusal("mem,region=("), HasSubstr("missing )"));
  EXPECT_THAT(Refusal("mem,region=a,region=b"), HasSubstr("region \"b\": expected to be given once; A|B matches both"));
  EXPECT_THAT(Refusal("mem,symbol=nobody"), HasSubstr("one of the 3 symbols"));
  EXPECT_THAT(Refusal("mem,cpu=x"), HasSubstr("a CPU's number"));
  EXPECT_THAT(Refusal("mem,walks=maybe"), HasSubstr("on or off"));
  EXPECT_THAT(Refusal("mem,format=xml"), HasSubstr("text, json or binary"));
  EXPECT_THAT(Refusal("mem,format=binary"), HasSubstr("wants file=PATH"));
  EXPECT_THAT(Refusal("mem,dma=on,gva=0"), HasSubstr("devices have no guest-virtual addresses"));
  EXPECT_THAT(ParseTraceSpec("mem,symbol=main", {}).status().ToString(), HasSubstr("none are known: -symbols FILE"));
}

TEST(TraceSpec, MutatedText) {
  std::mt19937 random(2);
  const std::string whole =
      "mem,kind=rwx,gva=0x1000..0x1fff,gpa=1+2,hva,region=a{1,,2},symbol=m,pc=main,cpu=1,walks=on";
  int accepted = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string text = whole;
    for (int n = random() % 5; n > 0; --n) {
      const size_t at = random() % text.size();
      if (random() % 2 == 0) text[at] = static_cast<char>(random());
      if (random() % 3 == 0) text.erase(at, random() % 5);
      if (text.empty()) text = ",";
    }
    const auto spec = ParseTraceSpec(text, Symbols());
    accepted += spec.ok();
    if (!spec.ok()) EXPECT_THAT(spec.status().ToString(), HasSubstr("trace \""));
  }
  EXPECT_GT(accepted, 100);
  EXPECT_LT(accepted, 4000);
}

}  // namespace
}  // namespace emu::debug
