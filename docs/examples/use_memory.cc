// Memory alone, without a CPU: a region tree, what the bus sees of it, and accesses.
#include <cstdio>

#include "docs/examples/countdown.h"
#include "memory/address_space.h"
#include "memory/mtree.h"
#include "memory/region.h"

using emu::examples::Countdown;
using emu::memory::AddressSpace;
using emu::memory::Gpa;
using emu::memory::MemStatus;
using emu::memory::RamBlock;
using emu::memory::Region;
using emu::memory::RegionOffset;
using emu::memory::Size;

int main() {
  emu::devices::VirtualClock clock([] { return 0; });
  Countdown countdown(clock);
  const auto block = RamBlock::Anonymous("ram", 0x4000);
  if (!block.ok()) return 1;

  const auto ram = Region::Ram("ram", *block);
  const auto system = Region::Container("system", Size::Whole());
  const auto device = Region::Io("countdown", Countdown::kSize, &countdown, Countdown::Traits());
  const auto again = Region::Alias("ram-again", ram, RegionOffset(0), 0x1000);
  bool mapped = system->Map(ram, RegionOffset(0x8000)).ok();
  mapped &= system->Map(device, RegionOffset(0x9000), /*priority=*/1).ok();
  mapped &= system->Map(again, RegionOffset(0x10000)).ok();
  if (!mapped) return 1;

  AddressSpace memory("memory", system);
  AddressSpace* const spaces[] = {&memory};
  printf("%s%s", FormatTrees(spaces).c_str(), FormatFlatViews(spaces).c_str());

  memory.Store(Gpa(0x8010), 4, 42);
  printf("through the alias: %d\n", static_cast<int>(memory.Load(Gpa(0x10010), 4).value));
  printf("nobody home: %s\n", memory.Load(Gpa(0), 4).status == MemStatus::kDecodeError ? "decode error" : "?");
  printf("a byte of the device: %s\n",
         memory.Load(Gpa(0x9000), 1).status == MemStatus::kDeviceError ? "device error" : "?");
}
