#include "mmu/mapping_text.h"

#include "gtest/gtest.h"

namespace emu::mmu {
namespace {

using memory::Gpa;
using memory::Gva;
using memory::MemStatus;

Translation Good() {
  Translation t;
  t.gva = Gva(0x401234);
  t.kind = AccessKind::kExecute;
  t.gpa = Gpa(0x80201234);
  t.page_shift = 21;
  t.permissions = {true, false, true};
  t.attributes = {.user = true, .accessed = true};
  t.log.Add({1, 2, Gpa(0x80001010), 8, 0x2008005B, "-A-UX-RV", StepVerdict::kLeaf, "maps the page"});
  return t;
}
Translation Bad() {
  Translation t;
  t.gva = Gva(0x1000);
  t.fault = "page fault, exception 13";
  t.log.Add({1, 0, Gpa(0x80001000), 8, 0, "--------", StepVerdict::kFault, "not valid"});
  return t;
}

MappingList OneOfEach() {
  MappingList list;
  list.spaces = {{0, 0xFFFF}};
  list.ranges = {
      {.gva = {0x1000, 0x3FFF},
       .gpa = Gpa(0x80000000),
       .permissions = {true, true, false},
       .page_shift = 12,
       .attributes = {.global = true, .dirty = true, .memory_type = "io"}},
      {.gva = {0x4000, 0xBFFF}, .kind = MappedKind::kAgain, .gpa = Gpa(0x2000), .first = Gva(0), .span_shift = 14},
      {.gva = {0xC000, 0xCFFF}, .kind = MappedKind::kFault, .gpa = Gpa(0x3008), .reason = "misaligned superpage"},
  };
  list.bytes = {{12, 0x9000}, {21, 0x200000}};
  list.tables = 2;
  return list;
}

TEST(MappingTextTest, Sizes) {
  EXPECT_EQ(SizeText(0), "0");
  EXPECT_EQ(SizeText(1), "1");
  EXPECT_EQ(SizeText(1025), "1025");
  EXPECT_EQ(SizeText(0x1000), "4K");
  EXPECT_EQ(SizeText(0x401000), "4100K");
  EXPECT_EQ(SizeText(uint64_t{1} << 39), "512G");
  EXPECT_EQ(SizeText(uint64_t{3} << 62), "12E");
  EXPECT_EQ(SizeText(~uint64_t{0}), "18446744073709551615");
  EXPECT_EQ(SizeText(memory::Size::Whole()), "16E");
}

TEST(MappingTextTest, ATranslationIsItsStepsAndWhatCameOut) {
  const char kSteps[] =
      "gva 0x401234: execute\n"
      "level 1 [   2] 0000000080001010: 000000002008005b -A-UX-RV  leaf: maps the page\n";
  const std::string result = "gpa 0x80201234: 2M page at 0x80200000, r-x, user accessed";
  EXPECT_EQ(TranslationText(Good(), std::nullopt), kSteps + result + "\n");
  EXPECT_EQ(TranslationText(Good(), memory::MemValue{MemStatus::kOk, 5}), kSteps + result + ", byte 0x05\n");
  EXPECT_EQ(TranslationText(Good(), memory::MemValue{MemStatus::kDecodeError, 0}),
            kSteps + result + ", no memory there\n");
  EXPECT_EQ(TranslationText(Bad(), std::nullopt),
            "gva 0x1000: read\n"
            "level 1 [   0] 0000000080001000: 0000000000000000 --------  fault: not valid\n"
            "page fault, exception 13: not valid\n");
}

TEST(MappingTextTest, JsonOfATranslation) {
  const std::string start =
      R"({"gva":"0x401234","access":"execute","ok":true,"gpa":"0x80201234","page":"0x80200000","page_size":2097152,)"
      R"("permissions":"r-x","attributes":["user","accessed"],)";
  const std::string steps =
      R"("steps":[{"level":1,"index":2,"address":"0x80001010","value":"0x000000002008005b","flags":"-A-UX-RV",)"
      R"("verdict":"leaf","reason":"maps the page"}]})";
  EXPECT_EQ(TranslationJson(Good(), std::nullopt), start + steps);
  EXPECT_EQ(TranslationJson(Good(), memory::MemValue{MemStatus::kOk, 5}), start + R"("byte":5,)" + steps);
  EXPECT_EQ(TranslationJson(Good(), memory::MemValue{MemStatus::kDecodeError, 0}), start + R"("byte":null,)" + steps);
  EXPECT_EQ(TranslationJson(Bad(), std::nullopt),
            R"({"gva":"0x1000","access":"read","ok":false,"fault":"page fault, exception 13","reason":"not valid",)"
            R"("steps":[{"level":1,"index":0,"address":"0x80001000","value":"0x0000000000000000","flags":"--------",)"
            R"("verdict":"fault","reason":"not valid"}]})");
}

TEST(MappingTextTest, AListHasALineForEveryRangeAndHole) {
  EXPECT_EQ(MappingListText(OneOfEach()),
            "gva                                    size  gpa               perm  page  attributes\n"
            "---------------------------------  --------  ----------------  ----  ----  ----------\n"
            "0000000000000000-0000000000000fff        4K  hole\n"
            "0000000000001000-0000000000003fff       12K  0000000080000000  rw-     4K  global dirty io\n"
            "0000000000004000-000000000000bfff       32K  again: 2 times the 16K listed at 0000000000000000"
            " (table 0000000000002000)\n"
            "000000000000c000-000000000000cfff        4K  fault: misaligned superpage (entry at 0000000000003008)\n"
            "000000000000d000-000000000000ffff       12K  hole\n"
            "mapped: 2M by pages of 2M, 36K by pages of 4K\n");
}

TEST(MappingTextTest, JsonOfAList) {
  EXPECT_EQ(MappingListJson(OneOfEach()),
            R"({"ranges":[{"gva":"0x0","last":"0xfff","kind":"hole"},)"
            "\n"
            R"({"gva":"0x1000","last":"0x3fff","kind":"mapped","gpa":"0x80000000","permissions":"rw-",)"
            R"("page_size":4096,"attributes":["global","dirty","io"]},)"
            "\n"
            R"({"gva":"0x4000","last":"0xbfff","kind":"again","first":"0x0","span":16384,"table":"0x2000"},)"
            "\n"
            R"({"gva":"0xc000","last":"0xcfff","kind":"fault","reason":"misaligned superpage","entry":"0x3008"},)"
            "\n"
            R"({"gva":"0xd000","last":"0xffff","kind":"hole"}],)"
            "\n"
            R"("mapped":[{"page_size":4096,"bytes":"0x9000"},{"page_size":2097152,"bytes":"0x200000"}],)"
            R"("tables":2,"complete":true})");
}

TEST(MappingTextTest, AListThatStoppedSaysSo) {
  MappingList list = OneOfEach();
  list.stopped_at = Gva(0xD000);
  EXPECT_NE(MappingListText(list).find("\nstopped at 000000000000d000: more than can be listed, after 3 ranges and 2 "
                                       "tables\n"),
            std::string::npos);
  EXPECT_NE(MappingListJson(list).find(R"("complete":false,"stopped_at":"0xd000"})"), std::string::npos);
  list = {};
  EXPECT_NE(MappingListText(list).find("mapped: nothing\n"), std::string::npos);
}

}  // namespace
}  // namespace emu::mmu
