// For tests of devices that reach into memory: an address space with RAM at 0x80000000.
#ifndef EMU_DEVICES_TEST_GUEST_H_
#define EMU_DEVICES_TEST_GUEST_H_

#include <cstdint>
#include <string>

#include "memory/address_space.h"
#include "memory/region.h"

namespace emu::devices {

class TestGuest {
 public:
  static constexpr uint64_t kBase = 0x80000000;
  static constexpr uint64_t kSize = 1 << 20;

  TestGuest() {
    auto block = memory::RamBlock::Anonymous("ram", kSize);
    ram_ = *block;
    (void)root_->Map(memory::Region::Ram("ram", ram_), memory::RegionOffset(kBase));
  }

  void Put(uint64_t at, unsigned size, uint64_t value) { space_.Store(memory::Gpa(at), size, value); }
  uint64_t Get(uint64_t at, unsigned size) { return space_.Load(memory::Gpa(at), size).value; }
  void PutText(uint64_t at, const std::string& text) {
    for (size_t i = 0; i < text.size(); ++i) Put(at + i, 1, static_cast<uint8_t>(text[i]));
  }
  std::string GetText(uint64_t at, size_t length) {
    std::string text;
    for (size_t i = 0; i < length; ++i) text.push_back(static_cast<char>(Get(at + i, 1)));
    return text;
  }
  memory::AddressSpace& space() { return space_; }
  const memory::RegionPtr& root() { return root_; }

 private:
  memory::RegionPtr root_ = memory::Region::Container("system", memory::Size::Whole());
  memory::RamBlock::Ptr ram_;
  memory::AddressSpace space_{"memory", root_};
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_TEST_GUEST_H_
