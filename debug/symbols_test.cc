#include "debug/symbols.h"

#include <cstdlib>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/bytes.h"
#include "loaders/test_elf.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;

std::string Elf(const loaders::TestElf& elf) {
  const std::vector<uint8_t> bytes = elf.Build();
  return {bytes.begin(), bytes.end()};
}

TEST(Symbols, NearestBelow) {
  const SymbolTable table = SymbolTable::FromSymbols({{0x2000, 0x10, "b"}, {0x1000, 0, "a"}, {0x1000, 8, "alias"}});
  EXPECT_EQ(table.Describe(0x1000), "a");
  EXPECT_EQ(table.Describe(0x1fff), "a+0xfff");
  EXPECT_EQ(table.Describe(0x200f), "b+0xf");
  EXPECT_EQ(table.Describe(0x2010), "");
  EXPECT_EQ(table.Describe(0xfff), "");
  EXPECT_EQ(table.FindByName("b")->address, 0x2000u);
  EXPECT_EQ(table.FindByName("c"), nullptr);
  EXPECT_EQ(SymbolTable().Find(0), nullptr);
}

TEST(Symbols, ATableOfUnknownSizesEndsSomewhere) {
  const SymbolTable table = SymbolTable::FromSymbols({{0x1000, 0, "a"}, {~uint64_t{0} - 15, 0, "last"}});
  EXPECT_EQ(table.Describe(0x100fff), "a+0xfffff");
  EXPECT_EQ(table.Describe(0x101000), "");
  EXPECT_EQ(table.Describe(~uint64_t{0} - 1), "last+0xe");
}

TEST(Symbols, OfElfFiles) {
  for (const bool wide : {true, false}) {
    for (const bool big : {true, false}) {
      loaders::TestElf elf;
      elf.bits = wide ? 64 : 32;
      elf.big = big;
      elf.symbols = {{"tohost", 0x1020}, {"main", 0x1010}, {"$x", 0x1018}, {".L1", 0x1014}};
      const auto table = SymbolTable::FromElf(Elf(elf), "test");
      ASSERT_TRUE(table.ok()) << table.status();
      EXPECT_EQ(table->symbols().size(), 2u);
      EXPECT_EQ(table->Describe(0x1018), "main+0x8");
    }
  }
}

TEST(Symbols, OfMaps) {
  const auto table = SymbolTable::FromMap(
      "0000000000000000 A zero\nffffffff80000000 T _start\nffffffff80000010 t local\t[module]\n\n", "map");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->Describe(0xffffffff80000012), "local+0x2");
  EXPECT_EQ(table->FindByName("zero"), nullptr);
}

TEST(Symbols, Refusals) {
  const auto refusal = [](absl::string_view text) { return SymbolTable::FromMap(text, "map").status().ToString(); };
  EXPECT_THAT(refusal("hello"), HasSubstr("\"map\": no table of symbols: line 1 is neither"));
  EXPECT_THAT(refusal("1000 T a\nxyz T b"), HasSubstr("line 2"));
  EXPECT_THAT(refusal(""), HasSubstr("names no address"));
  EXPECT_THAT(refusal("0 T a\n0 T b\n"), HasSubstr("to root only"));
  loaders::TestElf stripped;
  stripped.symbols.clear();
  EXPECT_THAT(SymbolTable::FromElf(Elf(stripped), "elf").status().ToString(), HasSubstr("it was stripped"));
  EXPECT_THAT(SymbolTable::Load("/nowhere").status().ToString(), HasSubstr("/nowhere"));
}

TEST(Symbols, FilesOfBothKinds) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/symbols";
  ASSERT_TRUE(loaders::WriteFile(path, loaders::TestElf().Build()).ok());
  EXPECT_EQ(SymbolTable::Load(path)->Describe(0x1020), "tohost");
  const std::string map = "10 T first\n";
  ASSERT_TRUE(loaders::WriteFile(path, std::vector<uint8_t>(map.begin(), map.end())).ok());
  SymbolTable table = *SymbolTable::Load(path);
  table.Merge(SymbolTable::FromSymbols({{0x10, 4, "second"}, {0x20, 4, "third"}}));
  EXPECT_EQ(table.Describe(0x10), "first");
  EXPECT_EQ(table.Describe(0x20), "third");
}

TEST(Symbols, MutatedFiles) {
  std::mt19937 random(1);
  const std::string whole = Elf({});
  int accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string file = whole.substr(0, random() % 4 == 0 ? random() % whole.size() : whole.size());
    for (int n = 1 + random() % 8; n > 0 && file.size() > 4; --n) {
      file[4 + random() % (file.size() - 4)] = static_cast<char>(random());
    }
    const auto table = SymbolTable::FromElf(file, "mutated");
    accepted += table.ok();
    if (!table.ok()) {
      EXPECT_THAT(table.status().ToString(), HasSubstr("mutated"));
    }
    (void)SymbolTable::FromMap(file, "mutated");
  }
  EXPECT_LT(accepted, 4000);
}

}  // namespace
}  // namespace emu::debug
