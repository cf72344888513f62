#include "devices/fd_backend.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>

namespace emu::devices {
namespace {

std::string TempPath(const char* name) { return testing::TempDir() + "/" + name + std::to_string(getpid()); }

// A device that takes what it is given, as far as it has room.
struct Listener {
  explicit Listener(CharBackend& backend) : backend(backend) {
    CharFrontend frontend;
    frontend.can_receive = [this] { return room; };
    frontend.receive = [this](absl::string_view bytes) {
      got.append(bytes.data(), bytes.size());
      room -= bytes.size();
    };
    frontend.event = [this](CharEvent event) { closed += event == CharEvent::kClosed; };
    backend.SetFrontend(std::move(frontend));
  }
  ~Listener() { backend.SetFrontend({}); }
  CharBackend& backend;
  size_t room = 1000;
  std::string got;
  int closed = 0;
};

TEST(FdBackendTest, ReadsOnlyWhatTheDeviceTakesAndSeesTheEnd) {
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  EventLoop loop;
  FdBackend backend(loop, fds[0], -1, WhenFull::kWait, true);
  Listener listener(backend);
  listener.room = 2;
  ASSERT_EQ(write(fds[1], "abcd", 4), 4);
  loop.Poll(0);
  ASSERT_EQ(write(fds[1], "ef", 2), 2);
  EXPECT_EQ(loop.Poll(0), 0) << "must not read while the device is full";
  EXPECT_EQ(listener.got, "ab");
  listener.room = 100;
  backend.AcceptInput();
  loop.Poll(0);
  EXPECT_EQ(listener.got, "abcdef");
  close(fds[1]);
  loop.Poll(0);
  EXPECT_EQ(listener.closed, 1);
  EXPECT_EQ(loop.Poll(0), 0);
}

TEST(FdBackendTest, AFileGetsTheOutput) {
  const std::string path = TempPath("out");
  EventLoop loop;
  auto backend = MakeFileBackend(loop, path, false);
  ASSERT_TRUE(backend.ok());
  (*backend)->Write("hello ");
  (*backend)->Write("world");
  backend->reset();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "hello world");
  unlink(path.c_str());
}

TEST(FdBackendTest, AFileThatCannotBeWrittenIsNamed) {
  EventLoop loop;
  auto backend = MakeFileBackend(loop, "/nonexistent/file", false);
  ASSERT_FALSE(backend.ok());
  EXPECT_NE(std::string(backend.status().message()).find("/nonexistent/file"), std::string::npos);
}

TEST(PtyBackendTest, CarriesBytesBothWaysUnchanged) {
  EventLoop loop;
  auto backend = PtyBackend::Make(loop);
  if (!backend.ok()) GTEST_SKIP() << backend.status();
  Listener listener(**backend);
  (*backend)->Write("a\nb");
  const int other = open((*backend)->path().c_str(), O_RDWR | O_NOCTTY);
  ASSERT_GE(other, 0);
  char buffer[16] = {};
  EXPECT_EQ(read(other, buffer, sizeof(buffer)), 3);
  EXPECT_STREQ(buffer, "a\nb");
  ASSERT_EQ(write(other, "x\x03\r", 3), 3);
  loop.Poll(1'000'000'000);
  EXPECT_EQ(listener.got, "x\x03\r");
  close(other);
}

TEST(PtyBackendTest, NobodyReadingNeverBlocks) {
  EventLoop loop;
  auto backend = PtyBackend::Make(loop);
  if (!backend.ok()) GTEST_SKIP() << backend.status();
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 3; ++i) (*backend)->Write(block);
  EXPECT_GT((*backend)->dropped(), 0u);
}

int ConnectTo(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 ? fd : -1;
}

TEST(SocketBackendTest, ServesOnePeerAfterTheOther) {
  SocketAddress address;
  // Relative, because the path of a socket is short (unix(7)) and that of the test's directory may not be.
  ASSERT_EQ(chdir(::testing::TempDir().c_str()), 0);
  address.path = "sock" + std::to_string(getpid());
  address.server = true;
  address.wait = false;
  EventLoop loop;
  auto backend = SocketBackend::Make(loop, address);
  ASSERT_TRUE(backend.ok()) << backend.status();
  Listener listener(**backend);
  (*backend)->Write("nobody hears");
  for (const std::string text : {"first", "second"}) {
    const int peer = ConnectTo(address.path);
    ASSERT_GE(peer, 0);
    loop.Poll(0);  // accepts
    ASSERT_EQ(write(peer, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    loop.Poll(0);
    EXPECT_EQ(listener.got, text);
    (*backend)->Write("re:" + text);
    char buffer[32] = {};
    EXPECT_GT(read(peer, buffer, sizeof(buffer)), 0);
    EXPECT_EQ(buffer, "re:" + text);
    close(peer);
    loop.Poll(0);  // sees the end
    listener.got.clear();
  }
  EXPECT_EQ(listener.closed, 2);
}

TEST(SocketBackendTest, WhatThePeerHasNotReadIsCountedAndItsEndIsTold) {
  int fds[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
  EventLoop loop;
  FdBackend backend(loop, fds[0], fds[0], WhenFull::kDrop, /*owned=*/true);
  Listener listener(backend);
  listener.room = 0;
  ASSERT_EQ(write(fds[1], "in", 2), 2);
  loop.Poll(0);
  while (backend.queued() == 0) backend.Write(std::string(4096, 'x'));
  listener.room = 10;
  char buffer[65536];
  while (read(fds[1], buffer, sizeof(buffer)) > 0) loop.Poll(0);
  loop.Poll(0);
  EXPECT_EQ(backend.queued(), 0u);
  EXPECT_EQ(listener.got, "in") << "asked again when there was room for answers";
  close(fds[1]);
}

TEST(SocketBackendTest, NobodyListeningIsAnErrorWithTheName) {
  EventLoop loop;
  SocketAddress address;
  address.path = "/nonexistent/socket";
  auto backend = SocketBackend::Make(loop, address);
  ASSERT_FALSE(backend.ok());
  EXPECT_NE(std::string(backend.status().message()).find("/nonexistent/socket"), std::string::npos);
}

}  // namespace
}  // namespace emu::devices
