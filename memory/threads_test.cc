// Readers go on while another thread changes the tree. Meant for the thread sanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "memory/address_space.h"
#include "memory/fake_device.h"

namespace emu::memory {
namespace {

// Answers with its own number, which it gives up when it goes.
class Numbered : public MmioDevice {
 public:
  explicit Numbered(uint64_t number) : number_(number) {}
  ~Numbered() override { number_ = 0; }
  MemValue Read(RegionOffset, unsigned, MemAttrs) override { return {MemStatus::kOk, number_}; }
  MemStatus Write(RegionOffset, unsigned, uint64_t, MemAttrs) override { return MemStatus::kOk; }

 private:
  uint64_t number_;
};

RegionPtr MakeDevice(uint64_t number) {
  auto device = std::make_shared<Numbered>(number);
  Numbered* raw = device.get();
  return Region::Io("device", 16, raw, {}, std::move(device));
}

TEST(ThreadsTest, ReadersSeeOneDeviceOrTheNext) {
  const RegionPtr root = Region::Container("root", Size::Whole());
  AddressSpace space("memory", root);
  RegionPtr current = MakeDevice(1);
  ASSERT_TRUE(root->Map(current, RegionOffset(0x1000)).ok());
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (uint64_t last = 0; !stop.load();) {
        const MemValue got = space.Load(Gpa(0x1000), 4);
        // Numbers rise; a hole or a device that has gone would give zero.
        if (got.status != MemStatus::kOk || got.value < last || got.value == 0) ++wrong;
        last = got.value;
      }
    });
  }
  for (uint64_t number = 2; number < 3000; ++number) {
    Transaction replace;
    const RegionPtr next = MakeDevice(number);
    EXPECT_TRUE(root->Unmap(current).ok());
    EXPECT_TRUE(root->Map(next, RegionOffset(0x1000)).ok());
    current = next;
  }
  stop.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(ThreadsTest, ExchangesOfAllThreadsCount) {
  const RegionPtr ram = Region::Ram("ram", *RamBlock::Anonymous("ram", 4096));
  AddressSpace space("memory", ram);
  auto work = [&] {
    for (int i = 0; i < 20000; ++i) {
      for (uint64_t old = space.Load(Gpa(8), 8).value;;) {
        const ExchangeResult got = space.CompareExchange(Gpa(8), 8, old, old + 1);
        if (got.exchanged) break;
        old = got.old;
      }
    }
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(space.Load(Gpa(8), 8).value, 40000u);
}

}  // namespace
}  // namespace emu::memory
