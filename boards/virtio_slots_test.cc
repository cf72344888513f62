#include "boards/virtio_slots.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::boards {
namespace {

using ::testing::HasSubstr;

class VirtioSlotsTest : public ::testing::Test {
 protected:
  VirtioSlotsTest() { EXPECT_TRUE(chars_.Open({*devices::ParseChardevSpec("null,id=c")}, {}).ok()); }
  auto Fill(std::vector<DeviceRequest> requests) {
    return FillVirtioSlots(requests, 3, chars_, devices::SeededEntropy(1));
  }
  std::string Error(std::vector<DeviceRequest> requests) { return std::string(Fill(requests).status().message()); }

  devices::EventLoop loop_;
  CharDevices chars_{loop_, [] {}};
};

// As QEMU 7.2 shows with `info qtree` for these options.
TEST_F(VirtioSlotsTest, FillsFromTheLastSlot) {
  const auto slots =
      Fill({{"virtio-rng-device", {{"id", "x"}}}, {"virtio-serial-device", {}}, {"virtconsole", {{"chardev", "c"}}}});
  ASSERT_TRUE(slots.ok()) << slots.status();
  EXPECT_EQ((*slots)[0], nullptr);
  EXPECT_EQ((*slots)[1]->id(), 3u);
  EXPECT_EQ((*slots)[2]->id(), 4u);
}

TEST_F(VirtioSlotsTest, Errors) {
  EXPECT_THAT(Error({{"floppy", {}}}),
              HasSubstr("-device \"floppy\": unknown device; this board knows virtio-rng-device"));
  EXPECT_THAT(Error({{"virtio-rng-device", {{"speed", "9"}}}}), HasSubstr("unknown property \"speed\""));
  EXPECT_THAT(Error({{"virtconsole", {{"chardev", "c"}}}}), HasSubstr("needs a -device virtio-serial-device"));
  EXPECT_THAT(Error({{"virtio-serial-device", {}}, {"virtconsole", {}}}), HasSubstr("chardev=ID is missing"));
  EXPECT_THAT(Error(std::vector<DeviceRequest>(4, {"virtio-rng-device", {}})), HasSubstr("all 3 slots are taken"));
}

}  // namespace
}  // namespace emu::boards
