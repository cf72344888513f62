#include "debug/gdb/registers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "debug/gdb/hex.h"
#include "debug/gdb/test_inspector.h"

namespace emu::debug::gdb {
namespace {

using ::testing::HasSubstr;

class RegistersTest : public ::testing::Test {
 protected:
  static std::vector<uint8_t> Bytes(absl::string_view hex) { return HexToBytes(hex).value(); }

  TestInspector cpu_;
  Registers registers_{cpu_};
};

TEST_F(RegistersTest, AllAreByNumberUpToTheFirstOfAnotherKind) {
  EXPECT_EQ(registers_.ReadAll(),
            "44332211"
            "88776655"
            "1122334455667788"
            "101112131415161718191a1b1c1d1e1f");
  cpu_.big = true;
  EXPECT_EQ(registers_.ReadAll(),
            "11223344"
            "55667788"
            "8877665544332211"
            "1f1e1d1c1b1a19181716151413121110");
}

TEST_F(RegistersTest, OneIsByNumber) {
  EXPECT_EQ(registers_.Read(9), "99");
  EXPECT_EQ(registers_.Read(12), "cdab");
  EXPECT_EQ(registers_.Read(3), "");
  EXPECT_EQ(registers_.Read(~uint64_t{0}), "");
}

TEST_F(RegistersTest, Writing) {
  EXPECT_TRUE(registers_.Write(2, Bytes("0102030405060708")).ok());
  EXPECT_EQ(cpu_.values[1], 0x0807060504030201u);
  EXPECT_TRUE(registers_.SetPc(0x1234).ok());
  EXPECT_EQ(cpu_.values[1], 0x1234u);
  cpu_.big = true;
  EXPECT_TRUE(registers_.Write(4, Bytes("000102030405060708090a0b0c0d0e0f")).ok());
  EXPECT_EQ(cpu_.values[4], absl::MakeUint128(0x0001020304050607, 0x08090a0b0c0d0e0f));
}

TEST_F(RegistersTest, WhatCannotBeWritten) {
  EXPECT_THAT(registers_.Write(1, Bytes("00000000")).message(), HasSubstr("r1 cannot be written"));
  EXPECT_THAT(registers_.Write(3, Bytes("00000000")).message(), HasSubstr("no register 3"));
  EXPECT_THAT(registers_.Write(0, Bytes("0000")).message(), HasSubstr("r0 has 4 bytes, given were 2"));
}

TEST_F(RegistersTest, AllAreWrittenButThoseThatCannotBe) {
  EXPECT_TRUE(registers_
                  .WriteAll(Bytes("01000000"
                                  "02000000"
                                  "0300000000000000"))
                  .ok())
      << "the rest is left out";
  EXPECT_EQ(cpu_.values[0], 1u);
  EXPECT_EQ(cpu_.values[1], 3u);
  EXPECT_EQ(cpu_.values[2], 0x55667788u);
  EXPECT_THAT(registers_.WriteAll(Bytes("0100")).message(), HasSubstr("r0 is cut short"));
  EXPECT_FALSE(registers_.WriteAll(std::vector<uint8_t>(100)).ok());
}

TEST_F(RegistersTest, DescriptionNamesThemByFeature) {
  const std::string xml = registers_.Description();
  EXPECT_THAT(xml, HasSubstr("<architecture>test:arch</architecture>"));
  EXPECT_THAT(xml, HasSubstr("<reg name=\"v0\" bitsize=\"128\" regnum=\"4\" type=\"uint128\" group=\"float\"/>"));
  const size_t core = xml.find("f.core"), system = xml.find("f.system"), extra = xml.find("\"extra\"");
  EXPECT_LT(core, system);
  EXPECT_LT(system, extra);
  EXPECT_EQ(xml.find("f.system", system + 1), xml.npos);
}

}  // namespace
}  // namespace emu::debug::gdb
