#include "devices/char_spec.h"

#include <gtest/gtest.h>

namespace emu::devices {
namespace {

using Kind = CharSpec::Kind;

CharSpec Serial(absl::string_view text) {
  auto spec = ParseSerialSpec(text);
  EXPECT_TRUE(spec.ok()) << spec.status();
  return spec.ok() ? *spec : CharSpec{};
}

CharSpec Chardev(absl::string_view text) {
  auto spec = ParseChardevSpec(text);
  EXPECT_TRUE(spec.ok()) << spec.status();
  return spec.ok() ? *spec : CharSpec{};
}

TEST(SerialSpecTest, KnowsEachForm) {
  EXPECT_EQ(Serial("stdio").kind, Kind::kStdio);
  EXPECT_TRUE(Serial("stdio").keep_signals);
  EXPECT_TRUE(Serial("mon:stdio").mux);
  EXPECT_FALSE(Serial("mon:stdio").keep_signals);
  EXPECT_EQ(Serial("null").kind, Kind::kNull);
  EXPECT_EQ(Serial("none").kind, Kind::kNone);
  EXPECT_EQ(Serial("pty").kind, Kind::kPty);
  EXPECT_EQ(Serial("file:a:b").path, "a:b");
  EXPECT_EQ(Serial("chardev:c0").id, "c0");
  const CharSpec path = Serial("unix:/run/s,server,nowait");
  EXPECT_EQ(path.socket.path, "/run/s");
  EXPECT_TRUE(path.socket.server);
  EXPECT_FALSE(path.socket.wait);
  const CharSpec tcp = Serial("tcp::4444,server=on,wait=off");
  EXPECT_EQ(tcp.socket.host, "");
  EXPECT_EQ(tcp.socket.port, "4444");
}

TEST(SerialSpecTest, ErrorsNameTheValueAndWhatIsAccepted) {
  for (const char* bad : {"", "file:", "vc", "mon:none", "mon:chardev:x", "tcp:", "unix:/s,telnet", "chardev:"}) {
    auto spec = ParseSerialSpec(bad);
    ASSERT_FALSE(spec.ok()) << bad;
    const std::string message(spec.status().message());
    EXPECT_NE(message.find(std::string("\"") + bad + "\""), std::string::npos) << message;
    EXPECT_NE(message.find("mon:stdio"), std::string::npos) << message;
  }
}

TEST(ChardevSpecTest, KnowsEachKind) {
  const CharSpec stdio = Chardev("stdio,id=c,mux=on,signal=off");
  EXPECT_EQ(stdio.kind, Kind::kStdio);
  EXPECT_EQ(stdio.id, "c");
  EXPECT_TRUE(stdio.mux);
  EXPECT_FALSE(stdio.keep_signals);
  EXPECT_TRUE(Chardev("file,id=f,path=/x,append=on").append);
  EXPECT_EQ(Chardev("null,id=n").kind, Kind::kNull);
  EXPECT_EQ(Chardev("pty,id=p").kind, Kind::kPty);
  const CharSpec socket = Chardev("socket,id=s,path=/y,server=on,wait=off");
  EXPECT_TRUE(socket.socket.server);
  EXPECT_FALSE(socket.socket.wait);
}

TEST(ChardevSpecTest, ErrorsSayWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"udp,id=x", "stdio, null, file, pty or socket"},
      {"null", "id=ID is missing"},
      {"file,id=x", "path=FILE is missing"},
      {"socket,id=x", "path=FILE, or"},
      {"null,id=x,path=y", "\"path\" is no option"},
      {"stdio,id=x,mux=maybe", "mux=\"maybe\": expected on or off"},
      {"null,id=x,id=y", "id is given twice"},
  };
  for (const auto& [text, why] : cases) {
    auto spec = ParseChardevSpec(text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_NE(std::string(spec.status().message()).find(why), std::string::npos) << spec.status();
  }
}

TEST(MakeCharBackendTest, MakesWhatStandsAloneAndRefusesNames) {
  EventLoop loop;
  EXPECT_TRUE(MakeCharBackend(Serial("null"), loop).ok());
  EXPECT_FALSE(MakeCharBackend(Serial("chardev:c0"), loop).ok());
}

}  // namespace
}  // namespace emu::devices
