#include "devices/sifive_test.h"

#include <gtest/gtest.h>

#include "devices/test_support.h"

namespace emu::devices {
namespace {

TEST(SifiveTestTest, EndsAndResetsAsTold) {
  int code = -1, resets = 0;
  SifiveTest finisher([&](int value) { code = value; }, [&] { ++resets; });
  Out(finisher, 0, 0x5555);
  EXPECT_EQ(code, 0);
  Out(finisher, 0, 0x00073333);
  EXPECT_EQ(code, 7);
  Out(finisher, 0, 0x5555, 2);
  EXPECT_EQ(code, 0);
  Out(finisher, 0, 0x7777);
  EXPECT_EQ(resets, 1);
  code = -1;
  Out(finisher, 0, 0x1234);
  Out(finisher, 4, 0x5555);
  EXPECT_EQ(code, -1);
  EXPECT_EQ(In(finisher, 0), 0u);
}

}  // namespace
}  // namespace emu::devices
