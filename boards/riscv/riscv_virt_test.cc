// The board against what QEMU's board shows of itself: its memory map, and its device tree.
#include <libfdt.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "boards/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "memory/mtree.h"

namespace emu::boards {
namespace {

constexpr char kProgram[] = "testdata/riscv64/hello.elf";

std::unique_ptr<Machine> MakeBoard(const char* name) {
  MachineConfig config;
  config.kernel = kProgram;
  config.bios = "none";
  config.ram_bytes = 256 << 20;
  config.append = "console=ttyS0";
  config.deterministic = true;
  auto machine = (*FindBoard(name))->make(config);
  EXPECT_TRUE(machine.ok()) << machine.status();
  return *std::move(machine);
}

TEST(RiscvVirtTest, MemoryMapIsQemus) {
  std::ifstream file("boards/riscv/testdata/virt_mtree.txt");
  const std::string want(std::istreambuf_iterator<char>(file), {});
  const auto machine = MakeBoard("virt");
  EXPECT_EQ(memory::FormatTrees(machine->address_spaces()), want);
}

uint32_t Cell(const void* fdt, const char* path, const char* property, int index) {
  int size = 0;
  const void* p = fdt_getprop(fdt, fdt_path_offset(fdt, path), property, &size);
  return p != nullptr && size >= 4 * (index + 1) ? fdt32_ld(static_cast<const fdt32_t*>(p) + index) : ~0u;
}
std::string Text(const void* fdt, const char* path, const char* property) {
  int size = 0;
  const void* p = fdt_getprop(fdt, fdt_path_offset(fdt, path), property, &size);
  return p != nullptr ? std::string(static_cast<const char*>(p), size) : "";
}

TEST(RiscvVirtTest, DeviceTree) {
  const auto machine = MakeBoard("virt");
  const void* fdt = machine->device_tree().data();
  ASSERT_EQ(fdt_check_full(fdt, machine->device_tree().size()), 0);
  EXPECT_EQ(Cell(fdt, "/memory@80000000", "reg", 3), 0x10000000u);
  EXPECT_EQ(Cell(fdt, "/cpus", "timebase-frequency", 0), 10'000'000u);
  const uint32_t intc = Cell(fdt, "/cpus/cpu@0/interrupt-controller", "phandle", 0);
  const uint32_t plic = Cell(fdt, "/soc/interrupt-controller@c000000", "phandle", 0);
  EXPECT_EQ(Cell(fdt, "/soc/interrupt-controller@c000000", "interrupts-extended", 0), intc);
  EXPECT_EQ(Cell(fdt, "/soc/interrupt-controller@c000000", "interrupts-extended", 3), 9u);
  EXPECT_EQ(Cell(fdt, "/soc/clint@2000000", "interrupts-extended", 3), 7u);
  EXPECT_EQ(Cell(fdt, "/soc/serial@10000000", "interrupts", 0), 10u);
  EXPECT_EQ(Cell(fdt, "/soc/serial@10000000", "interrupt-parent", 0), plic);
  EXPECT_EQ(Cell(fdt, "/soc/rtc@101000", "interrupts", 0), 11u);
  EXPECT_EQ(Cell(fdt, "/soc/virtio_mmio@10008000", "interrupts", 0), 8u);
  EXPECT_EQ(Cell(fdt, "/soc/virtio_mmio@10001000", "interrupts", 0), 1u);
  EXPECT_EQ(Cell(fdt, "/soc/pci@30000000", "interrupt-map", 4), plic);
  EXPECT_EQ(Cell(fdt, "/poweroff", "regmap", 0), Cell(fdt, "/soc/test@100000", "phandle", 0));
  EXPECT_EQ(Text(fdt, "/chosen", "bootargs"), std::string("console=ttyS0") + '\0');
  EXPECT_EQ(Text(fdt, "/chosen", "rng-seed").size(), 32u);
  EXPECT_THAT(Text(fdt, "/cpus/cpu@0", "riscv,isa"), ::testing::StartsWith("rv64imafdc_z"));
}

// Every handle that a node has is its own.
TEST(RiscvVirtTest, PhandlesAreUnique) {
  for (const char* board : {"virt", "spike"}) {
    const auto machine = MakeBoard(board);
    const void* fdt = machine->device_tree().data();
    std::set<uint32_t> seen;
    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, nullptr)) {
      const uint32_t handle = fdt_get_phandle(fdt, node);
      if (handle != 0) {
        EXPECT_TRUE(seen.insert(handle).second) << handle;
      }
    }
    EXPECT_GE(seen.size(), 2u);
  }
}

TEST(RiscvVirtTest, RunsAndSumsUp) {
  const auto machine = MakeBoard("virt");
  EXPECT_EQ(machine->Run().status, 0);
  EXPECT_THAT(machine->StateSummary(),
              ::testing::ContainsRegex("instructions=[1-9][0-9]* ram=[0-9a-f]+ cpu=[0-9a-f]+"));
}

}  // namespace
}  // namespace emu::boards
