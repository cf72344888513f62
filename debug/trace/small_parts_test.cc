// Address sets, filters, who wrote last, the text of records, counts, drawings.
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "debug/trace/address_set.h"
#include "debug/trace/heat_map.h"
#include "debug/trace/last_writers.h"
#include "debug/trace/record_filter.h"
#include "debug/trace/record_ring.h"
#include "debug/trace/record_text.h"
#include "debug/trace/region_map.h"
#include "debug/trace/tally.h"
#include "debug/trace/test_records.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using translate::AccessType;

TraceRecord Record(AccessType type, uint64_t gpa, uint32_t size, uint64_t value = 0, uint64_t insn = 0) {
  TraceRecord r;
  r.type = type, r.gpa = gpa, r.gva = gpa + 0x1000000000, r.size = size, r.value = value, r.insn = insn;
  r.pc = 0x80000010;
  r.place = &TestPlaces()[gpa < 0x2000 ? 0 : gpa < 0x80000000 ? 1 : 2];
  return r;
}
TraceRecord Crossing() {
  TraceRecord r = Record(AccessType::kWrite, 0x80000ffc, 8, 0x0807060504030201);
  r.crosses = true, r.gpa2 = 0x80005000, r.place2 = &TestPlaces()[2];
  return r;
}

TEST(AddressSet, AgreesWithAList) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    AddressSet set;
    bool in[64] = {};
    for (int n = random() % 5; n >= 0; --n) {
      const uint64_t first = random() % 64, last = std::min<uint64_t>(first + random() % 10, 63);
      set.Add({first, last});
      for (uint64_t i = first; i <= last; ++i) in[i] = true;
    }
    for (uint64_t first = 0; first < 64; ++first) {
      bool any = false;
      for (uint64_t last = first; last < 64; ++last) {
        any |= in[last];
        ASSERT_EQ(set.Meets(first, last), any);
      }
    }
  }
  EXPECT_TRUE(AddressSet::All().Contains(~uint64_t{0}));
  EXPECT_FALSE(AddressSet().Contains(0));
}

TEST(RecordFilter, BothPagesOfAnAccess) {
  const auto accepts = [](absl::string_view spec, const TraceRecord& r) {
    const SymbolTable symbols = SymbolTable::FromSymbols({{0x80000010, 4, "main"}, {0x80000020, 4, "other"}});
    return RecordFilter(ParseTraceSpec(spec, symbols)->filter, symbols).Accepts(r);
  };
  const TraceRecord r = Crossing();
  EXPECT_TRUE(accepts("mem", r));
  EXPECT_TRUE(accepts("mem,gpa=0x80000fff", r));
  EXPECT_TRUE(accepts("mem,gpa=0x80005003", r));
  EXPECT_FALSE(accepts("mem,gpa=0x80005004", r));
  EXPECT_FALSE(accepts("mem,gpa=0x80001000", r));  // between the two
  EXPECT_TRUE(accepts("mem,gva=0x1080001003", r));
  EXPECT_FALSE(accepts("mem,gva=0x1080001004", r));
  EXPECT_FALSE(accepts("mem,kind=r", r));
  EXPECT_TRUE(accepts("mem,symbol=^main$", r));
  EXPECT_FALSE(accepts("mem,symbol=other", r));
  EXPECT_TRUE(accepts("mem,region=^ram$", r));
  EXPECT_FALSE(accepts("mem,region=uart", r));
  EXPECT_FALSE(accepts("mem,cpu=1", r));
  for (const char* kind : {"mem,kind=r", "mem,kind=w"}) {
    EXPECT_TRUE(accepts(kind, Record(AccessType::kAtomic, 0x80000000, 4)));
  }
  const TraceRecord dma = Record(AccessType::kDmaWrite, 0x80000000, 4096);
  EXPECT_FALSE(accepts("mem", dma));
  EXPECT_TRUE(accepts("mem,dma=on,gpa=0x80000fff", dma));
  EXPECT_FALSE(accepts("mem", Record(AccessType::kWalkRead, 0x80000000, 8)));
  EXPECT_TRUE(accepts("mem,walks=on,kind=none", Record(AccessType::kWalkRead, 0x80000000, 8)));
}

TEST(LastWriters, OfEachByte) {
  LastWriters writers;
  const auto insn = [&](uint64_t gpa) { return writers.Find(gpa) == nullptr ? -1 : int(writers.Find(gpa)->insn); };
  writers.Note(Record(AccessType::kWrite, 0x80000000, 8, 0, 1));
  writers.Note(Record(AccessType::kWrite, 0x80000002, 2, 0, 2));
  writers.Note(Record(AccessType::kRead, 0x80000000, 8, 0, 3));
  EXPECT_EQ(insn(0x80000001), 1);
  EXPECT_EQ(insn(0x80000003), 2);
  EXPECT_EQ(insn(0x80000004), 1);
  EXPECT_EQ(insn(0x80000008), -1);
  writers.Note(Record(AccessType::kDmaWrite, 0x80000000, 0x20000, 0, 4));
  EXPECT_EQ(insn(0x80000003), 4);
  EXPECT_EQ(insn(0x8001ffff), 4);
  TraceRecord crossing = Crossing();
  crossing.insn = 5;
  writers.Note(crossing);
  EXPECT_EQ(insn(0x80000ffc), 5);
  EXPECT_EQ(insn(0x80005003), 5);
  EXPECT_EQ(insn(0x80005004), 4);
  EXPECT_FALSE(writers.full());
}

TEST(LastWriters, AgreesWithEveryByte) {
  std::mt19937 random(4);
  LastWriters writers;
  std::vector<int> last(256, -1);
  for (int i = 0; i < 3000; ++i) {
    const uint64_t at = random() % 200;
    const uint32_t size = 1u << random() % 6;
    writers.Note(Record(AccessType::kAtomic, 0x80000000 + at, size, 0, static_cast<uint64_t>(i)));
    for (uint64_t b = at; b < at + size; ++b) last[b] = i;
    const uint64_t look = random() % 256;
    const TraceRecord* const found = writers.Find(0x80000000 + look);
    ASSERT_EQ(found == nullptr ? -1 : static_cast<int>(found->insn), last[look]);
  }
}

TEST(LastWriters, SaysWhenThereAreTooMany) {
  LastWriters writers(2);
  for (uint64_t i = 0; i < 3; ++i) writers.Note(Record(AccessType::kWrite, 0x80000000 + 8 * i, 8));
  EXPECT_TRUE(writers.full());
  EXPECT_EQ(writers.Find(0x80000010), nullptr);
}

TEST(RecordRing, NothingIsLostAndTheOrderStays) {
  RecordRing ring;
  constexpr uint64_t kCount = 300000;
  std::atomic<bool> ok{true};
  std::thread writer([&] {
    for (uint64_t next = 0; next < kCount;) {
      const auto records = ring.Peek();
      for (const TraceRecord& r : records) ok = ok && r.insn == next++;
      records.empty() ? ring.Wait() : ring.Take(records.size());
    }
  });
  for (uint64_t i = 0; i < kCount; ++i) {
    ring.Next()->insn = i;
    ring.Publish();
  }
  ring.Drain();
  writer.join();
  EXPECT_TRUE(ok);
  EXPECT_EQ(ring.made(), kCount);
  EXPECT_TRUE(ring.Peek().empty());
}

TEST(RecordText, Lines) {
  const SymbolTable symbols = SymbolTable::FromSymbols({{0x80000000, 0x20, "main"}});
  std::string text;
  AppendText(Crossing(), symbols, true, &text);
  for (const char* part : {"<main+0x10>", "write", "0x80000ffc/0x80005000", "0x7e0000000ffc/0x7e0000005000",
                           "ram+0xffc/ram+0x5000", "0x0807060504030201"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  TraceRecord uart = Record(AccessType::kRead, 0x10000005, 1, 0x60);
  uart.register_name = "LSR";
  text.clear();
  AppendText(uart, {}, false, &text);
  EXPECT_THAT(text, HasSubstr("uart:LSR"));
  EXPECT_THAT(text, HasSubstr("0x60\n"));
}

TEST(RecordText, AValueThatNobodySaw) {
  TraceRecord r = Record(AccessType::kDmaWrite, 0x80000000, 4096);
  r.value_known = false;
  std::string text, json;
  AppendText(r, {}, false, &text);
  EXPECT_THAT(text, testing::EndsWith(" -\n"));
  AppendJson(r, {}, &json);
  EXPECT_THAT(json, Not(HasSubstr("value")));
  EXPECT_THAT(json, HasSubstr("\"size\":4096"));
}

TEST(RecordText, JsonIsJson) {
  const SymbolTable symbols = SymbolTable::FromSymbols({{0x80000010, 4, "odd\"name\\\x01\xff"}});
  for (const TraceRecord& r : RandomRecords(9, 300)) {
    std::string text;
    AppendJson(r, symbols, &text);
    llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
    ASSERT_TRUE(static_cast<bool>(value)) << text << llvm::toString(value.takeError());
    EXPECT_EQ(value->getAsObject()->getString("kind")->str(), AccessTypeName(r.type));
  }
  std::string text;
  AppendJson(Record(AccessType::kAtomic, 0x80000000, 4, 5), symbols, &text);
  EXPECT_TRUE(static_cast<bool>(llvm::json::parse(text))) << text;
  EXPECT_THAT(text, HasSubstr("\"hva\":\"0x7e0000000000\""));
}

TEST(Tally, Counts) {
  const SymbolTable symbols = SymbolTable::FromSymbols({{0x80000010, 4, "main"}});
  std::map<TallyBy, std::string> text;
  for (const TallyBy by : {TallyBy::kPage, TallyBy::kRegion, TallyBy::kSymbol, TallyBy::kPc}) {
    Tally tally(by, symbols);
    tally.Add(Crossing());
    tally.Add(Record(AccessType::kRead, 0x80000010, 4));
    tally.Add(Record(AccessType::kRead, 0x10000000, 1));
    text[by] = tally.Text(0);
    EXPECT_TRUE(static_cast<bool>(llvm::json::parse(tally.Json(0)))) << tally.Json(0);
  }
  EXPECT_EQ(text[TallyBy::kPage],
            "   records       read      write  page\n"
            "         2          1          1  0x80000000 ram\n"
            "         1          1          0  0x10000000 uart\n"
            "         1          0          1  0x80005000 ram\n");
  EXPECT_EQ(text[TallyBy::kRegion],
            "   records       read      write  region\n"
            "         2          1          1  ram\n"
            "         1          1          0  uart\n");
  EXPECT_THAT(text[TallyBy::kSymbol], HasSubstr("         3          2          1  main\n"));
  EXPECT_THAT(text[TallyBy::kPc], HasSubstr("  0x80000010 <main>\n"));
  EXPECT_FALSE(ParseTallyBy("line").ok());
}

// As many tags are opened as are closed, and nothing else is a tag.
void ExpectXml(const std::string& svg) {
  int depth = 0;
  for (size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const size_t end = svg.find('>', at);
    ASSERT_NE(end, std::string::npos);
    depth += svg[at + 1] == '/' ? -1 : svg[end - 1] == '/' ? 0 : 1;
    ASSERT_GE(depth, 0);
  }
  EXPECT_EQ(depth, 0);
}

TEST(Drawings, OfNothingAndOfMuch) {
  for (const size_t count : {0, 1, 5000}) {
    const std::vector<TraceRecord> records = RandomRecords(6, count);
    HeatMap heat(0, count == 0 ? 0 : records.back().insn);
    RegionMap map(TestPlaces());
    for (const TraceRecord& r : records) heat.Add(r), map.Add(r);
    for (const std::string& svg : {heat.Svg("a <title> & \"more\""), map.Svg("map")}) {
      EXPECT_THAT(svg, StartsWith("<svg "));
      EXPECT_THAT(svg, Not(HasSubstr("nan")));
      ExpectXml(svg);
    }
    EXPECT_LT(heat.Svg("t").size(), 4000000u);
    EXPECT_THAT(map.Svg("map"), HasSubstr("uart"));
  }
}

TEST(Drawings, ColorsRiseWithCounts) {
  EXPECT_EQ(ColorFor(TraceColor::kRead, 100, 100), "#1452a8");
  EXPECT_NE(ColorFor(TraceColor::kRead, 1, 100), ColorFor(TraceColor::kRead, 10, 100));
  HeatMap heat(0, 99);
  heat.Add(Record(AccessType::kWrite, 0x80003000, 4, 0, 50));
  EXPECT_THAT(heat.Svg("t"), HasSubstr(ColorFor(TraceColor::kWrite, 1, 1)));
  EXPECT_THAT(heat.Svg("t"), HasSubstr("80003000"));
}

}  // namespace
}  // namespace emu::debug
