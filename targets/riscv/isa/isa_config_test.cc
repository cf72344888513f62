#include "targets/riscv/isa/isa_config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::riscv {
namespace {

using ::testing::HasSubstr;

TEST(IsaConfig, ParsesAndPrints) {
  const auto isa = ParseIsa("rv64gc_zba_zicboz_svinval");
  ASSERT_TRUE(isa.ok()) << isa.status();
  EXPECT_EQ(IsaString(*isa), "rv64imafdc_zicboz_zicsr_zifencei_zba_svinval");
  EXPECT_TRUE(isa->Has(Extension::kS));
  EXPECT_FALSE(isa->Has(Extension::kZbb));
}

TEST(IsaConfig, PrintedTextParsesBack) {
  for (uint8_t xlen : {32, 64}) {
    const IsaConfig full = IsaConfig::Full(xlen);
    const auto back = ParseIsa(IsaString(full));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->extensions, full.extensions);
    EXPECT_EQ(back->xlen, xlen);
  }
}

TEST(IsaConfig, NamesWhatIsWrong) {
  EXPECT_THAT(std::string(ParseIsa("arm64").status().message()), HasSubstr("'arm64'"));
  EXPECT_THAT(std::string(ParseIsa("rv64i_zfoo").status().message()), HasSubstr("'zfoo'"));
  EXPECT_THAT(std::string(ParseIsa("rv64iq").status().message()), HasSubstr("'q'"));
}

TEST(IsaConfig, SwitchesWhatDepends) {
  IsaConfig isa = *ParseIsa("rv64i");
  ASSERT_TRUE(SetExtension("d", true, &isa).ok());
  EXPECT_TRUE(isa.Has(Extension::kF));
  EXPECT_TRUE(isa.Has(Extension::kZicsr));
  ASSERT_TRUE(SetExtension("F", false, &isa).ok());
  EXPECT_FALSE(isa.Has(Extension::kD));
  EXPECT_TRUE(isa.Has(Extension::kZicsr));
  EXPECT_FALSE(SetExtension("vector", true, &isa).ok());
}

}  // namespace
}  // namespace emu::riscv
