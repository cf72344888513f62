#include "mmu/riscv/table_walker.h"

#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mmu/riscv/test_tables.h"

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;
using ::testing::HasSubstr;

constexpr uint64_t kBase = 0x80000000;

struct AnyTestWords : AnyPhysicalWords {
  explicit AnyTestWords(TestWords& words) : words(words) {}
  memory::MemValue Read(Gpa gpa, unsigned size) override { return words.Read(gpa, size); }
  memory::MemValue CompareExchange(Gpa, unsigned, uint64_t, uint64_t) override {
    ADD_FAILURE() << "a tool looks only";
    return {};
  }
  TestWords& words;
};

class TableWalkerTest : public ::testing::Test {
 protected:
  static absl::StatusOr<std::unique_ptr<PageTableWalker>> Make(const WalkerInfo& info,
                                                               std::map<std::string, uint64_t> settings) {
    return info.make({.user = false, .settings = std::move(settings)});
  }
  static std::string ErrorOf(const WalkerInfo& info, std::map<std::string, uint64_t> settings) {
    return std::string(Make(info, std::move(settings)).status().message());
  }
  Translation Walk(std::map<std::string, uint64_t> settings, AccessKind kind, bool user = false, uint64_t va = 0x5678) {
    settings["root"] = kBase;
    return (*kSv39Walker.make({user, settings}))->Walk(Gva(va), kind, any_);
  }

  TestWords words_{kBase, 1 << 20};
  AnyTestWords any_{words_};
  TableBuilder tables_{PagingMode::kSv39, words_, kBase};
};

TEST_F(TableWalkerTest, WalksAndTellsOfThePage) {
  tables_.Map(0x5000, 0x90001000, 0, 0xF3 | uint64_t{2} << 61);  // DAGU-R
  const Translation t = Walk({}, AccessKind::kRead, true);
  ASSERT_TRUE(t.ok()) << t.fault;
  EXPECT_EQ(t.gpa, Gpa(0x90001678));
  EXPECT_EQ(t.page(), Gpa(0x90001000));
  EXPECT_EQ(t.permissions, Permissions(true, false, false));
  EXPECT_EQ(t.attributes, (MappingAttributes{true, true, true, true, "io"}));
  EXPECT_EQ(t.log.steps.size(), 3u);
}

TEST_F(TableWalkerTest, SettingsDecide) {
  constexpr uint64_t kUserReadWrite = 0x17, kExecuteOnly = 0xC9, kNapot = uint64_t{1} << 63, kIo = uint64_t{2} << 61;
  tables_.Map(0x5000, 0x90001000, 0, kUserReadWrite);
  EXPECT_EQ(Walk({}, AccessKind::kRead).fault, "page fault, exception 13");
  EXPECT_STREQ(Walk({}, AccessKind::kRead).log.steps.back().text, "user page and SUM is 0");
  EXPECT_TRUE(Walk({{"sum", 1}}, AccessKind::kRead).ok());
  EXPECT_TRUE(Walk({}, AccessKind::kWrite, true).ok());  // A and D are passed over
  EXPECT_EQ(Walk({{"svade", 1}}, AccessKind::kWrite, true).fault, "page fault, exception 15");
  tables_.Map(0x5000, 0x90001000, 0, kExecuteOnly);
  EXPECT_FALSE(Walk({}, AccessKind::kRead).ok());
  EXPECT_TRUE(Walk({{"mxr", 1}}, AccessKind::kRead).ok());
  tables_.Map(0x5000, 0x90001000, 0, kExecuteOnly | kIo);
  EXPECT_TRUE(Walk({}, AccessKind::kExecute).ok());
  EXPECT_FALSE(Walk({{"no-svpbmt", 1}}, AccessKind::kExecute).ok());
  tables_.Map(0x5000, 0x90008000, 0, kExecuteOnly | kNapot);
  EXPECT_EQ(Walk({}, AccessKind::kExecute).page_shift, 16);
  EXPECT_FALSE(Walk({{"no-svnapot", 1}}, AccessKind::kExecute).ok());
}

TEST_F(TableWalkerTest, ListsByTheSameSettings) {
  tables_.Map(0x5000, 0x90001000, 0, 0xCF | uint64_t{2} << 61);
  const auto kind = [&](std::map<std::string, uint64_t> settings) {
    settings["root"] = kBase;
    return (*Make(kSv39Walker, settings))->Scan(any_, {}).ranges.at(0).kind;
  };
  EXPECT_EQ(kind({}), MappedKind::kMapped);
  EXPECT_EQ(kind({{"no-svpbmt", 1}}), MappedKind::kFault);
}

TEST_F(TableWalkerTest, SatpNamesRootAndAsid) {
  tables_.Map(0x5000, 0x90001000, 0, 0xCF);
  const auto walker = Make(kSv39Walker, {{"satp", uint64_t{8} << 60 | uint64_t{7} << 44 | kBase >> 12}});
  ASSERT_TRUE(walker.ok());
  EXPECT_EQ((*walker)->Description(), "riscv-sv39, root 0x80000000, asid 7, supervisor");
  EXPECT_EQ((*walker)->Walk(Gva(0x5678), AccessKind::kWrite, any_).gpa, Gpa(0x90001678));
  EXPECT_EQ((*Make(kSv32Walker, {{"satp", 0x80C80000}}))->Description(),
            "riscv-sv32, root 0x80000000, asid 3, "
            "supervisor");
}

TEST_F(TableWalkerTest, DescriptionsHaveWhatWasSet) {
  const std::map<std::string, uint64_t> settings = {{"root", 0x1000}, {"asid", 5}, {"sum", 1}, {"mxr", 1}};
  EXPECT_EQ((*kSv57Walker.make({true, settings}))->Description(), "riscv-sv57, root 0x1000, asid 5, user, sum, mxr");
}

TEST_F(TableWalkerTest, ErrorsNameSettingAndValue) {
  EXPECT_EQ(ErrorOf(kSv39Walker, {}), "riscv-sv39 needs one of root and satp");
  EXPECT_EQ(ErrorOf(kSv39Walker, {{"root", 0}, {"satp", 0}}), "riscv-sv39 needs one of root and satp");
  EXPECT_EQ(ErrorOf(kSv39Walker, {{"root", 0x80000008}}), "root 0x80000008: tables begin at multiples of 0x1000");
  EXPECT_EQ(ErrorOf(kSv39Walker, {{"root", uint64_t{1} << 56}}),
            "root 0x100000000000000: at most 0xfffffffffff000 is possible");
  EXPECT_EQ(ErrorOf(kSv32Walker, {{"root", uint64_t{1} << 34}}), "root 0x400000000: at most 0x3fffff000 is possible");
  EXPECT_EQ(ErrorOf(kSv32Walker, {{"root", 0}, {"asid", 512}}), "asid 0x200: at most 0x1ff is possible");
  EXPECT_EQ(ErrorOf(kSv39Walker, {{"satp", uint64_t{9} << 60}}),
            "satp 0x9000000000000000: it selects riscv-sv48; expected one of riscv-sv39");
  EXPECT_THAT(ErrorOf(kSv39Walker, {{"satp", uint64_t{7} << 60}}), HasSubstr("its mode is reserved"));
  EXPECT_THAT(ErrorOf(kSv39Walker, {{"satp", 0x80000}}), HasSubstr("it selects no translation"));
  EXPECT_THAT(ErrorOf(kSv32Walker, {{"satp", 0x180000000}}), HasSubstr("at most 0xffffffff is possible"));
  EXPECT_EQ(ErrorOf(kSv39Walker, {{"satp", uint64_t{8} << 60}, {"asid", 1}}), "asid: satp holds it already");
}

TEST_F(TableWalkerTest, AddressesHaveAWidth) {
  EXPECT_TRUE((*Make(kSv32Walker, {{"root", 0}}))->Check(Gva(0xFFFFFFFF)).ok());
  EXPECT_EQ((*Make(kSv32Walker, {{"root", 0}}))->Check(Gva(0x100000000)).message(),
            "address 0x100000000: at most 0xffffffff is possible");
  EXPECT_TRUE((*Make(kSv39Walker, {{"root", 0}}))->Check(Gva(~uint64_t{0})).ok());
}

TEST_F(TableWalkerTest, WithoutTranslationEverythingIsItself) {
  const TableWalker walker({});
  EXPECT_EQ(walker.Description(), "riscv-bare, supervisor");
  EXPECT_EQ(walker.Walk(Gva(0x1234), AccessKind::kWrite, any_).gpa, Gpa(0x1234));
  const MappingList list = walker.Scan(any_, {});
  EXPECT_EQ(list.Find(Gva(~uint64_t{0}))->gpa(), Gpa(~uint64_t{0}));
  EXPECT_EQ(list.WithHoles().size(), 1u);
}

}  // namespace
}  // namespace emu::mmu::riscv
