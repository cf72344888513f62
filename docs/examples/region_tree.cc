// A machine's memory without a machine: RAM and a device in a region tree, read through an address space.
#include <cstdio>

#include "memory/address_space.h"
#include "memory/explain.h"
#include "memory/mtree.h"
#include "memory/region.h"

using namespace emu::memory;  // NOLINT: a program of its own

// Answers reads with what is written there: the offset, in every byte of the value.
class Echo : public MmioDevice {
 public:
  MemValue Read(RegionOffset offset, unsigned size, MemAttrs) override {
    printf("device: read of %u bytes at +0x%x\n", size, static_cast<unsigned>(offset.value));
    return {MemStatus::kOk, 0x0101010101010101 * (offset.value & 0xff)};
  }
  MemStatus Write(RegionOffset, unsigned, uint64_t, MemAttrs) override { return MemStatus::kDeviceError; }
  const char* RegisterName(RegionOffset offset) const override { return offset.value < 4 ? "ID" : nullptr; }
};

int main() {
  Echo echo;
  const auto block = RamBlock::Anonymous("ram", 1 << 20);  // 1 MiB of this process
  if (!block.ok()) return 1;
  const RegionPtr system = Region::Container("system", Size::Whole());
  const RegionPtr device = Region::Io("echo", 0x100, &echo, {.impl = {1, 4}});  // its code takes up to 4 bytes at once
  if (!system->Map(Region::Ram("ram", *block), RegionOffset(0x80000000)).ok()) return 1;
  if (!system->Map(device, RegionOffset(0x80001000), /*priority=*/1).ok()) return 1;

  AddressSpace memory("memory", system);
  memory.Store(Gpa(0x80000ffc), 4, 0x12345678);
  printf("RAM: 0x%llx\n", static_cast<unsigned long long>(memory.Load(Gpa(0x80000ffc), 4).value));
  printf("device: 0x%llx\n", static_cast<unsigned long long>(memory.Load(Gpa(0x80001010), 8).value));

  AddressSpace* const spaces[] = {&memory};
  printf("\n%s", FormatFlatViews(spaces).c_str());
  printf("%s", FormatExplanation(Explain(memory, Gpa(0x80001002))).c_str());
}
