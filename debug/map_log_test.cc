#include "debug/map_log.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"
#include "memory/ram_block.h"
#include "memory/region.h"

namespace emu::debug {
namespace {

using memory::Region;

TEST(MapLogTest, WhatIsThereWhatComesAndWhatGoes) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/log";
  const memory::RegionPtr system = Region::Container("system", memory::Size::Whole());
  const memory::RegionPtr rom = Region::Rom("rom", *memory::RamBlock::Anonymous("rom", 0x1000));
  const memory::RegionPtr device = Region::Io("device", 0x100, nullptr);
  ASSERT_TRUE(system->Map(rom, memory::RegionOffset(0x1000)).ok());
  memory::AddressSpace space("memory", system);
  {
    const MapLog log(*boards::GuestLog::Open(boards::kLogPage, path), space);
    ASSERT_TRUE(system->Map(device, memory::RegionOffset(0x1100), 1).ok());
    ASSERT_TRUE(system->Unmap(device).ok());
  }
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  for (size_t at; (at = text.find(", host 0x")) != std::string::npos;) text.erase(at, text.find('\n', at) - at);
  EXPECT_EQ(text,
            "memory map of \"memory\":\n"
            "page: + 0000000000001000-0000000000001fff rom rom @0000000000000000\n"
            "page: - 0000000000001000-0000000000001fff rom rom @0000000000000000\n"
            "page: + 0000000000001000-00000000000010ff rom rom @0000000000000000\n"
            "page: + 0000000000001100-00000000000011ff i/o device @0000000000000000\n"
            "page: + 0000000000001200-0000000000001fff rom rom @0000000000000200\n"
            "page: - 0000000000001000-00000000000010ff rom rom @0000000000000000\n"
            "page: - 0000000000001100-00000000000011ff i/o device @0000000000000000\n"
            "page: - 0000000000001200-0000000000001fff rom rom @0000000000000200\n"
            "page: + 0000000000001000-0000000000001fff rom rom @0000000000000000\n");
}

}  // namespace
}  // namespace emu::debug
