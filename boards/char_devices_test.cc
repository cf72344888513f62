#include "boards/char_devices.h"

#include <unistd.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using devices::CharSpec;
using ::testing::HasSubstr;

CharSpec Chardev(const char* text) { return *devices::ParseChardevSpec(text); }
CharSpec Serial(const char* text) { return *devices::ParseSerialSpec(text); }

class CharDevicesTest : public ::testing::Test {
 protected:
  devices::EventLoop loop_;
  CharDevices chars_{loop_, [] {}};
};

TEST_F(CharDevicesTest, Serials) {
  ASSERT_TRUE(chars_.Open({}, {Serial("none"), Serial("null")}).ok());
  EXPECT_EQ(chars_.Serial(0), nullptr);
  EXPECT_NE(chars_.Serial(1), nullptr);
  EXPECT_EQ(chars_.Serial(2), nullptr);
}

TEST_F(CharDevicesTest, NamedOnesServeOneDevice) {
  ASSERT_TRUE(chars_.Open({Chardev("null,id=a"), Chardev("null,id=b")}, {Serial("chardev:a")}).ok());
  EXPECT_TRUE(chars_.Take("b").ok());
  EXPECT_THAT(std::string(chars_.Take("b").status().message()), HasSubstr("in use already"));
  EXPECT_THAT(std::string(chars_.Take("a").status().message()), HasSubstr("in use already"));
  EXPECT_THAT(std::string(chars_.Take("c").status().message()), HasSubstr("\"c\" does not exist"));
}

TEST_F(CharDevicesTest, SharedOnesServeSeveral) {
  ASSERT_TRUE(chars_.Open({Chardev("null,id=a,mux=on")}, {Serial("chardev:a")}).ok());
  const auto second = chars_.Take("a");
  ASSERT_TRUE(second.ok());
  EXPECT_NE(*second, chars_.Serial(0));
}

TEST_F(CharDevicesTest, Clashes) {
  EXPECT_FALSE(chars_.Open({Chardev("null,id=a"), Chardev("null,id=a")}, {}).ok());
  EXPECT_THAT(std::string(chars_.Open({}, {Serial("stdio"), Serial("stdio")}).message()), HasSubstr("one -serial"));
}

TEST_F(CharDevicesTest, MonitorsHaveStreamsOfTheirOwnOrShareTheSerialPorts) {
  ASSERT_TRUE(chars_.Open({Chardev("null,id=a")}, {Serial("mon:null"), Serial("null")}).ok());
  EXPECT_EQ(*chars_.OpenStream(Serial("none"), "m"), nullptr);
  EXPECT_NE(*chars_.OpenStream(Serial("null"), "m"), nullptr);
  EXPECT_TRUE(chars_.OpenStream(Serial("chardev:a"), "m").ok());
  EXPECT_FALSE(chars_.OpenStream(Serial("chardev:a"), "m").ok());
  const auto ports = chars_.MonitorPorts();
  ASSERT_EQ(ports.size(), 1u) << "of the first serial port";
  EXPECT_FALSE(ports[0]->HasFocus());
  EXPECT_TRUE(chars_.Serial(0)->HasFocus());
}

TEST_F(CharDevicesTest, AllAreDescribed) {
  // Relative, because the path of a socket is short (unix(7)) and that of the test's directory may not be.
  ASSERT_EQ(chdir(::testing::TempDir().c_str()), 0);
  ASSERT_TRUE(chars_.Open({Chardev("null,id=a")}, {Serial("null")}).ok());
  ASSERT_TRUE(chars_.OpenStream(Serial("unix:described,server,nowait"), "monitor0").ok());
  std::string text;
  for (const auto& d : chars_.descriptions()) text += d.label + "=" + d.filename + " ";
  EXPECT_EQ(text, "a=null serial0=null monitor0=unix:described,server=on ");
}

}  // namespace
}  // namespace emu::boards
