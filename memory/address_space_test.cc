#include "memory/address_space.h"

#include <gtest/gtest.h>

#include <array>

#include "memory/fake_device.h"

namespace emu::memory {
namespace {

constexpr uint64_t kMax = ~uint64_t{0};
using Log = std::vector<FakeDevice::Access>;

// RAM 0x1000-0x1fff, a little-endian device 0x2000-0x20ff right behind it, a big-endian one at 0x2100, ROM at 0x3000,
// flash at 0x4000, a hole at 0x5000.
class AddressSpaceTest : public testing::Test {
 protected:
  AddressSpaceTest() {
    rom_->block()->host()[0] = 0x11;
    flash_->block()->host()[0] = 0x22;
    Map(ram_, 0x1000);
    Map(Region::Io("little", 0x100, &little_), 0x2000);
    Map(Region::Io("big", 0x100, &big_, {.endian = Endian::kBig}), 0x2100);
    Map(rom_, 0x3000);
    Map(flash_, 0x4000);
  }
  void Map(const RegionPtr& child, uint64_t at) { ASSERT_TRUE(root_->Map(child, RegionOffset(at)).ok()); }
  uint64_t Value(uint64_t at, unsigned size, Endian endian = Endian::kNative) {
    const MemValue got = space_.Load(Gpa(at), size, {}, endian);
    EXPECT_EQ(got.status, MemStatus::kOk);
    return got.value;
  }
  MemStatus Store(uint64_t at, unsigned size, uint64_t value) { return space_.Store(Gpa(at), size, value); }

  FakeDevice little_, big_{true}, flash_device_;
  RegionPtr root_ = Region::Container("root", Size::Whole());
  RegionPtr ram_ = Region::Ram("ram", *RamBlock::Anonymous("ram", 0x1000));
  RegionPtr rom_ = Region::Rom("rom", *RamBlock::Anonymous("rom", 0x1000));
  RegionPtr flash_ = Region::RomDevice("flash", *RamBlock::Anonymous("flash", 0x1000), &flash_device_);
  AddressSpace space_{"memory", root_};
};

TEST_F(AddressSpaceTest, RamInBothByteOrdersAtAnyAlignment) {
  EXPECT_EQ(Store(0x1003, 4, 0x11223344), MemStatus::kOk);
  EXPECT_EQ(ram_->block()->host()[3], 0x44);
  EXPECT_EQ(Value(0x1003, 4), 0x11223344u);
  EXPECT_EQ(Value(0x1003, 4, Endian::kBig), 0x44332211u);
  EXPECT_EQ(Value(0x1004, 1), 0x33u);
  AddressSpace big("big", root_, Endian::kBig);
  EXPECT_EQ(big.Load(Gpa(0x1003), 4).value, 0x44332211u);
}

TEST_F(AddressSpaceTest, DevicesInBothByteOrders) {
  EXPECT_EQ(Value(0x2000, 4), 0x03020100u);
  EXPECT_EQ(Value(0x2000, 4, Endian::kBig), 0x00010203u);
  EXPECT_EQ(Value(0x2100, 4), 0x03020100u) << "the value 0x00010203 of a big-endian device, bytes kept";
  EXPECT_EQ(Value(0x2100, 4, Endian::kBig), 0x00010203u);
  EXPECT_EQ(Store(0x2104, 2, 0xa1b2), MemStatus::kOk);
  EXPECT_EQ(big_.accesses.back(), (FakeDevice::Access{true, 4, 2, 0xb2a1}));
}

TEST_F(AddressSpaceTest, NativeDevicesFollowTheAddressSpace) {
  Map(Region::Io("native", 0x10, &little_, {.endian = Endian::kNative}), 0x6000);
  AddressSpace big("big", root_, Endian::kBig);
  EXPECT_EQ(space_.Load(Gpa(0x6000), 4).value, 0x03020100u);
  EXPECT_EQ(big.Load(Gpa(0x6000), 4).value, 0x03020100u);
  EXPECT_EQ(big.Load(Gpa(0x2000), 4).value, 0x00010203u);
}

TEST_F(AddressSpaceTest, AnAccessOverRamAndDeviceIsSplit) {
  EXPECT_EQ(Store(0x1ffe, 4, 0xaabbccdd), MemStatus::kOk);
  EXPECT_EQ(ram_->block()->host()[0xffe], 0xdd);
  EXPECT_EQ(ram_->block()->host()[0xfff], 0xcc);
  EXPECT_EQ(little_.accesses, (Log{{true, 0, 2, 0xaabb}}));
  EXPECT_EQ(Value(0x1ffe, 4), 0xaabbccddu);
  EXPECT_EQ(Value(0x1ffe, 4, Endian::kBig), 0xddccbbaau);
  EXPECT_EQ(Value(0x20ff, 2), 0x00ffu) << "the last byte of one device and the first of the next";
}

TEST_F(AddressSpaceTest, HolesAreDecodeErrors) {
  EXPECT_EQ(space_.Load(Gpa(0x5000), 4).status, MemStatus::kDecodeError);
  EXPECT_EQ(Store(0x5000, 4, 1), MemStatus::kDecodeError);
  const MemValue half = space_.Load(Gpa(0x21fe), 4);
  EXPECT_EQ(half.status, MemStatus::kDecodeError);
  EXPECT_EQ(half.value, 0u);
  EXPECT_EQ(big_.accesses, (Log{{false, 0xfe, 2, 0xfeff}})) << "the part that is there is accessed";
  ASSERT_TRUE(root_->Map(Region::Terminated("closed", 0x10), RegionOffset(0x5000)).ok());
  EXPECT_EQ(space_.Load(Gpa(0x5000), 4).status, MemStatus::kDecodeError);
  EXPECT_EQ(Store(0x5000, 4, 1), MemStatus::kDecodeError);
}

TEST_F(AddressSpaceTest, TheEndOfTheSpaceDoesNotWrap) {
  Map(Region::Ram("start", *RamBlock::Anonymous("start", 0x1000)), 0);
  Map(Region::Ram("end", *RamBlock::Anonymous("end", 0x1000)), kMax - 0xfff);
  EXPECT_EQ(Store(kMax, 1, 0x5a), MemStatus::kOk);
  EXPECT_EQ(Value(kMax, 1), 0x5au);
  EXPECT_EQ(Store(kMax - 1, 4, 0x11223344), MemStatus::kDecodeError);
  EXPECT_EQ(Value(kMax - 1, 2), 0x3344u);
  EXPECT_EQ(Value(0, 2), 0u);
  std::array<uint8_t, 16> bytes;
  bytes.fill(7);
  EXPECT_EQ(space_.Read(Gpa(kMax), absl::MakeSpan(bytes)), MemStatus::kDecodeError);
  EXPECT_EQ(bytes[0], 0x33);
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(bytes[15], 0);
}

TEST_F(AddressSpaceTest, RomIgnoresWritesButLoadersCanWriteIt) {
  EXPECT_EQ(Store(0x3000, 1, 0x77), MemStatus::kOk);
  EXPECT_EQ(Value(0x3000, 1), 0x11u);
  const std::array<uint8_t, 2> bytes = {0x77, 0x78};
  EXPECT_EQ(space_.Write(Gpa(0x3000), bytes), MemStatus::kOk);
  EXPECT_EQ(Value(0x3000, 1), 0x11u);
  EXPECT_EQ(space_.WriteRom(Gpa(0x3000), bytes), MemStatus::kOk);
  EXPECT_EQ(Value(0x3000, 2), 0x7877u);
  EXPECT_EQ(space_.WriteRom(Gpa(0x1fff), bytes), MemStatus::kDecodeError) << "the device is no memory";
  EXPECT_EQ(Value(0x1fff, 1), 0x77u);
  EXPECT_TRUE(little_.accesses.empty());
}

TEST_F(AddressSpaceTest, RomDevicesAreWrittenThroughTheDevice) {
  EXPECT_EQ(Value(0x4000, 1), 0x22u);
  EXPECT_EQ(Store(0x4010, 2, 0x40), MemStatus::kOk);
  EXPECT_EQ(flash_device_.accesses, (Log{{true, 0x10, 2, 0x40}}));
  flash_->SetDirectReads(false);
  EXPECT_EQ(Value(0x4000, 1), 0u);
  EXPECT_EQ(flash_device_.accesses.back(), (FakeDevice::Access{false, 0, 1, 0}));
  const std::array<uint8_t, 1> byte = {0x99};
  EXPECT_EQ(space_.WriteRom(Gpa(0x4000), byte), MemStatus::kOk);
  flash_->SetDirectReads(true);
  EXPECT_EQ(Value(0x4000, 1), 0x99u);
}

TEST_F(AddressSpaceTest, BuffersReachDevicesInTheLargestAccessesTheyTake) {
  ASSERT_TRUE(root_->Map(Region::Io("words", 0x10, &little_, {.valid = {1, 4, false}}), RegionOffset(0x6000)).ok());
  std::array<uint8_t, 7> bytes;
  EXPECT_EQ(space_.Read(Gpa(0x6001), absl::MakeSpan(bytes)), MemStatus::kOk);
  EXPECT_EQ(bytes, (std::array<uint8_t, 7>{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(little_.accesses, (Log{{false, 1, 1, 1}, {false, 2, 2, 0x0302}, {false, 4, 4, 0x07060504}}));
  EXPECT_EQ(space_.Write(Gpa(0x6009), bytes), MemStatus::kOk);
  EXPECT_EQ(little_.bytes[15], 7);
  EXPECT_EQ(space_.Read(Gpa(0x2100), absl::MakeSpan(bytes)), MemStatus::kOk);
  EXPECT_EQ(bytes[1], 1) << "bytes of a big-endian device come in address order";
}

TEST_F(AddressSpaceTest, DeviceErrorsComeBack) {
  little_.status = MemStatus::kDeviceError;
  EXPECT_EQ(space_.Load(Gpa(0x2000), 4).status, MemStatus::kDeviceError);
  EXPECT_EQ(Store(0x2000, 4, 0), MemStatus::kDeviceError);
  EXPECT_EQ(space_.Load(Gpa(0x1ffe), 4).status, MemStatus::kDeviceError);
}

TEST_F(AddressSpaceTest, MapGivesContiguousMemory) {
  const HostSpan span = space_.Map(Gpa(0x1f00), 0x1000, true);
  ASSERT_TRUE(span);
  EXPECT_EQ(span.data, ram_->block()->host() + 0xf00);
  EXPECT_EQ(span.length, 0x100u);
  ram_->block()->EnableDirty(0);
  span.NoteWrite(0, 1);
  EXPECT_TRUE(ram_->block()->IsDirty(0, 0, 0x1000));
  EXPECT_FALSE(space_.Map(Gpa(0x2000), 4, false));
  EXPECT_FALSE(space_.Map(Gpa(0x5000), 4, false));
  EXPECT_TRUE(space_.Map(Gpa(0x3000), 4, false));
  EXPECT_FALSE(space_.Map(Gpa(0x3000), 4, true));
  EXPECT_FALSE(space_.Map(Gpa(0x4000), 4, true));
  EXPECT_FALSE(space_.Map(Gpa(0x1000), 0, false));
  EXPECT_EQ(space_.Map(Gpa(0x1000), kMax, false).length, 0x1000u);
}

TEST_F(AddressSpaceTest, CompareExchange) {
  Store(0x1008, 8, 0x1122334455667788);
  ExchangeResult got = space_.CompareExchange(Gpa(0x1008), 8, 1, 2);
  EXPECT_EQ(got.status, MemStatus::kOk);
  EXPECT_FALSE(got.exchanged);
  EXPECT_EQ(got.old, 0x1122334455667788u);
  ram_->block()->EnableDirty(0);
  EXPECT_TRUE(space_.CompareExchange(Gpa(0x1008), 4, 0x55667788, 5).exchanged);
  EXPECT_TRUE(ram_->block()->IsDirty(0, 0, 1));
  EXPECT_EQ(Value(0x1008, 8), 0x1122334400000005u);
  got = space_.CompareExchange(Gpa(0x1008), 8, 0x0500000044332211, 0x0102030405060708, {}, Endian::kBig);
  EXPECT_TRUE(got.exchanged);
  EXPECT_EQ(Value(0x1008, 8), 0x0807060504030201u);
  EXPECT_EQ(space_.CompareExchange(Gpa(0x100c), 8, 0, 0).status, MemStatus::kDeviceError);
  EXPECT_EQ(space_.CompareExchange(Gpa(0x3000), 4, 0, 0).status, MemStatus::kDeviceError);
  EXPECT_EQ(space_.CompareExchange(Gpa(0x2000), 4, 0, 0).status, MemStatus::kDeviceError);
  EXPECT_EQ(space_.CompareExchange(Gpa(0x5000), 4, 0, 0).status, MemStatus::kDecodeError);
}

TEST_F(AddressSpaceTest, WritesSetDirtyBitsAndTellObservers) {
  class Observer : public WriteObserver {
   public:
    void OnWatchedWrite(RamBlock&, uint64_t offset, uint64_t length) override { last = {offset, length}; }
    std::pair<uint64_t, uint64_t> last;
  } observer;
  ram_->block()->EnableDirty(3);
  ram_->block()->Watch(0, 0x1000);
  ram_->block()->AddWriteObserver(&observer);
  Store(0x1ffc, 8, 0);
  EXPECT_TRUE(ram_->block()->IsDirty(3, 0, 0x1000));
  EXPECT_EQ(observer.last, std::make_pair(uint64_t{0xffc}, uint64_t{4}));
  ram_->block()->RemoveWriteObserver(&observer);
}

TEST_F(AddressSpaceTest, ViewsChangeAtTheEndOfATransaction) {
  const uint64_t before = space_.generation();
  const FlatView::Ptr old = space_.Snapshot();
  {
    Transaction both;
    ram_->SetEnabled(false);
    rom_->SetAddress(RegionOffset(0x1000));
    EXPECT_EQ(Value(0x3000, 1), 0x11u);
    EXPECT_EQ(space_.generation(), before);
  }
  EXPECT_EQ(space_.generation(), before + 1);
  EXPECT_EQ(Value(0x1000, 1), 0x11u);
  EXPECT_EQ(space_.Find(Gpa(0x3000)), nullptr);
  EXPECT_EQ(old->Find(Gpa(0x3000))->region, rom_.get()) << "a snapshot stays as it was";
  rom_->SetEnabled(true);
  EXPECT_EQ(space_.generation(), before + 1) << "nothing changed";
}

TEST_F(AddressSpaceTest, ADeviceMayTakeItselfAwayWhileItIsAccessed) {
  auto device = std::make_shared<FakeDevice>();
  const std::weak_ptr<FakeDevice> watch = device;
  FakeDevice* raw = device.get();
  raw->on_access = [&](RegionOffset) {
    if (root_->children().front()->name() == "gone") {
      ASSERT_TRUE(root_->Unmap(root_->children().front()).ok());
    }
  };
  Map(Region::Io("gone", 0x10, raw, {}, std::move(device)), 0x6000);
  EXPECT_EQ(Value(0x6001, 8), 0x0807060504030201u) << "the access ends on the old view";
  EXPECT_TRUE(watch.expired()) << "and the device goes when it has ended";
  EXPECT_EQ(space_.Load(Gpa(0x6001), 4).status, MemStatus::kDecodeError);
}

TEST_F(AddressSpaceTest, ADeviceThatAccessesItselfEndsInAnError) {
  MemStatus inner = MemStatus::kOk;
  int depth = 0, deepest = 0;
  little_.on_access = [&](RegionOffset) {
    deepest = std::max(deepest, ++depth);
    inner = std::max(inner, space_.Load(Gpa(0x2000), 4).status);
    --depth;
  };
  EXPECT_EQ(Value(0x2000, 4), 0x03020100u);
  EXPECT_EQ(inner, MemStatus::kDeviceError);
  EXPECT_EQ(deepest, AddressSpace::kMaxNesting);
}

TEST_F(AddressSpaceTest, SharesTreesAndGoesInAnyOrder) {
  auto other = std::make_unique<AddressSpace>("other", root_);
  EXPECT_EQ(&other->view(), &space_.view());
  ram_->SetEnabled(false);
  EXPECT_EQ(&other->view(), &space_.view());
  {
    Transaction t;
    ram_->SetEnabled(true);
    other.reset();
  }
  EXPECT_EQ(Store(0x1000, 4, 1), MemStatus::kOk);
}

class Notes : public AccessObserver {
 public:
  void OnRead(const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs, MemStatus status) override {
    Add('r', view, at, bytes, status);
  }
  void OnWrite(const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs, MemStatus status) override {
    Add('w', view, at, bytes, status);
  }
  void OnMap(const FlatView&, Gpa at, uint64_t length, bool write, MemAttrs attrs) override {
    text += std::string(write ? "M" : "m") + " " + std::to_string(at.value) + "+" + std::to_string(length) +
            (attrs.debug ? " debug\n" : "\n");
  }
  std::string text;
  std::string answered;  // by this region, the last access

 private:
  void Add(char kind, const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemStatus status) {
    const FlatRange* const range = view.Find(at);
    answered = range == nullptr ? "" : range->region->name();
    text += std::string(1, kind) + " " + std::to_string(at.value) + ":";
    for (uint8_t b : bytes) text += " " + std::to_string(b);
    text += status == MemStatus::kOk ? "\n" : " failed\n";
  }
};

TEST_F(AddressSpaceTest, AnObserverSeesTheMapAsTheAccessFoundIt) {
  Notes notes;
  space_.SetAccessObserver(&notes);
  little_.on_access = [&](RegionOffset) { root_->children().front()->SetEnabled(false); };
  Map(Region::Io("gone", 0x10, &little_), 0x6000);
  space_.Store(Gpa(0x6000), 4, 1);
  EXPECT_EQ(notes.answered, "gone");
  EXPECT_EQ(space_.Find(Gpa(0x6000)), nullptr);
  space_.Map(Gpa(0x1000), 8, false, {.debug = true});
  EXPECT_NE(notes.text.find("m 4096+8 debug\n"), std::string::npos);
}

TEST_F(AddressSpaceTest, AnObserverIsToldOfEveryAccess) {
  Notes notes;
  space_.SetAccessObserver(&notes);
  space_.Store(Gpa(0x1000), 4, 0x01020304);
  space_.Store(Gpa(0x1004), 2, 0x0506, {}, Endian::kBig);
  space_.Load(Gpa(0x1001), 2);
  std::array<uint8_t, 3> three = {7, 8, 9};
  space_.Write(Gpa(0x1ffe), three);
  space_.Read(Gpa(0x1004), absl::MakeSpan(three));
  space_.CompareExchange(Gpa(0x1000), 4, 0x01020304, 1);
  space_.CompareExchange(Gpa(0x1000), 4, 2, 3);
  space_.Load(Gpa(0x5000), 1);
  space_.Map(Gpa(0x1ff0), 64, true);
  EXPECT_EQ(notes.text,
            "w 4096: 4 3 2 1\nw 4100: 5 6\nr 4097: 3 2\nw 8190: 7 8 9\nr 4100: 5 6 0\nw 4096: 1 0 0 0\n"
            "r 20480: 0 failed\nM 8176+16\n");
  space_.SetAccessObserver(nullptr);
  space_.Load(Gpa(0x1000), 1);
  EXPECT_EQ(notes.text.back(), '\n');
  EXPECT_EQ(notes.text.find("r 4096"), std::string::npos);
}

}  // namespace
}  // namespace emu::memory
