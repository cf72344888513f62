#include "debug/gdb/stream_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace emu::debug::gdb {
namespace {

using ::testing::HasSubstr;

TEST(StreamSpecTest, SocketsServeAndNobodyWaits) {
  for (const char* text : {"unix:/x", "unix:/x,server=on,wait=off", "unix:/x,server"}) {
    const auto spec = ParseStreamSpec(text);
    ASSERT_TRUE(spec.ok()) << spec.status();
    EXPECT_EQ(spec->socket.path, "/x");
    EXPECT_TRUE(spec->socket.server);
    EXPECT_FALSE(spec->socket.wait);
  }
}

TEST(StreamSpecTest, OnlyThisHostUnlessOneIsNamed) {
  EXPECT_EQ(ParseStreamSpec(kDefaultStream)->socket.host, "127.0.0.1");
  EXPECT_EQ(ParseStreamSpec(kDefaultStream)->socket.port, "1234");
  EXPECT_EQ(ParseStreamSpec("tcp:0.0.0.0:99")->socket.host, "0.0.0.0");
}

TEST(StreamSpecTest, Others) {
  using Kind = devices::CharSpec::Kind;
  EXPECT_EQ(ParseStreamSpec("none")->kind, Kind::kNone);
  EXPECT_EQ(ParseStreamSpec("stdio")->kind, Kind::kStdio);
  EXPECT_EQ(ParseStreamSpec("chardev:g")->id, "g");
  for (const char* bad : {"", "1234", "tcp", "tcp:1234", "mon:stdio", "null", "file:/x", "unix:"}) {
    const auto spec = ParseStreamSpec(bad);
    ASSERT_FALSE(spec.ok()) << bad;
    EXPECT_THAT(spec.status().message(), HasSubstr("expected tcp:[HOST]:PORT"));
  }
}

}  // namespace
}  // namespace emu::debug::gdb
