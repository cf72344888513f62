#include "boards/riscv/signature.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loaders/test_elf.h"
#include "memory/region.h"

namespace emu::boards {
namespace {

using ::testing::HasSubstr;

TEST(SignatureTest, Options) {
  EXPECT_TRUE(Signature().TakeOptions({{"signature", "f"}, {"signature-granularity", "8"}}).ok());
  for (const char* bad : {"0", "3", "128", "x"}) {
    EXPECT_FALSE(Signature().TakeOptions({{"signature-granularity", bad}}).ok()) << bad;
  }
  EXPECT_THAT(std::string(Signature().TakeOptions({{"x", ""}}).message()), HasSubstr("unknown option \"x\""));
}

TEST(SignatureTest, NeedsSymbolsAndRam) {
  memory::AddressSpace empty("empty", memory::Region::Container("root", memory::Size::Whole()));
  const auto with = loaders::ElfFile::Parse(
      loaders::TestElf{.symbols = {{"begin_signature", 0x100}, {"end_signature", 0x110}}}.File(), "x");
  const auto without = loaders::ElfFile::Parse(loaders::TestElf{}.File(), "x");
  Signature unused;
  EXPECT_TRUE(unused.Find(*without).ok());
  EXPECT_TRUE(unused.Write(empty).ok());
  Signature signature;
  ASSERT_TRUE(signature.TakeOptions({{"signature", "/nonexistent/file"}}).ok());
  EXPECT_FALSE(signature.Find(*without).ok());
  ASSERT_TRUE(signature.Find(*with).ok());
  EXPECT_THAT(std::string(signature.Write(empty).message()), HasSubstr("does not lie in RAM"));
}

}  // namespace
}  // namespace emu::boards
