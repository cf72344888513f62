#include "devices/char_backend.h"

#include <gtest/gtest.h>

namespace emu::devices {
namespace {

TEST(CharBackendTest, GivesADeviceNoMoreThanItCanTake) {
  MemoryBackend backend;
  std::string got;
  size_t room = 2;
  CharFrontend frontend;
  frontend.can_receive = [&] { return room; };
  frontend.receive = [&](absl::string_view bytes) {
    ASSERT_LE(bytes.size(), room);
    room -= bytes.size();
    got.append(bytes.data(), bytes.size());
  };
  backend.Type("a");  // before there is a device: kept
  backend.SetFrontend(frontend);
  backend.Type("bcd");
  EXPECT_EQ(got, "ab");
  EXPECT_EQ(backend.pending(), 2u);
  room = 8;
  backend.AcceptInput();
  EXPECT_EQ(got, "abcd");
}

TEST(CharBackendTest, AskingForMoreFromWithinReceiveKeepsTheOrder) {
  MemoryBackend backend;
  std::string got;
  CharFrontend frontend;
  frontend.can_receive = [] { return size_t{1}; };
  frontend.receive = [&](absl::string_view bytes) {
    got.append(bytes.data(), bytes.size());
    backend.AcceptInput();
  };
  backend.SetFrontend(frontend);
  backend.Type("hello");
  EXPECT_EQ(got, "hello");
}

TEST(CharBackendTest, EventsReachTheDeviceAndNobodyIsNoHarm) {
  MemoryBackend backend;
  backend.Break();
  int breaks = 0;
  CharFrontend frontend;
  frontend.event = [&](CharEvent event) { breaks += event == CharEvent::kBreak; };
  backend.SetFrontend(frontend);
  backend.Break();
  EXPECT_EQ(breaks, 1);
  NullBackend null;
  null.Write("gone");
}

}  // namespace
}  // namespace emu::devices
