#include "memory/mtree.h"

#include <gtest/gtest.h>

#include "memory/fake_device.h"

namespace emu::memory {
namespace {

class MtreeTest : public testing::Test {
 protected:
  RegionPtr Io(const char* name, Size size) { return Region::Io(name, size, &device_); }
  RegionPtr Ram(const char* name, uint64_t size) { return Region::Ram(name, *RamBlock::Anonymous(name, size)); }
  RegionPtr Map(const RegionPtr& parent, RegionPtr child, uint64_t at, int priority = 0) {
    EXPECT_TRUE(parent->Map(child, RegionOffset(at), priority).ok());
    return child;
  }
  RegionPtr Alias(const char* name, const RegionPtr& target, uint64_t offset, Size size) {
    return Region::Alias(name, target, RegionOffset(offset), size);
  }

  FakeDevice device_;
  RegionPtr system_ = Region::Container("system", Size::Whole());
};

// The lower half of a PC: RAM through an alias, PCI below it, a window in ROM, port space with its own root, and a bus
// master whose window on the system is still shut.
class PcTest : public MtreeTest {
 protected:
  PcTest() {
    const RegionPtr pci = Map(system_, Region::Container("pci", Size::Whole()), 0, -1);
    const RegionPtr ram = Ram("pc.ram", 0x10000000);
    const RegionPtr bios = Region::Rom("pc.bios", *RamBlock::Anonymous("pc.bios", 0x40000));
    Map(system_, Alias("ram-below-4g", ram, 0, 0x10000000), 0);
    Map(pci, Io("vga-lowmem", 0x20000), 0xa0000, 1);
    Map(pci, bios, 0xfffc0000);
    const RegionPtr isa = Map(pci, Alias("isa-bios", bios, 0x20000, 0x20000), 0xe0000, 1);
    isa->SetReadonly(true);
    Map(system_, Alias("smram-region", pci, 0xa0000, 0x20000), 0xa0000, 1);
    Map(system_, Alias("pam-ram", ram, 0xc0000, 0x4000), 0xc0000, 1)->SetReadonly(true);
    pam_ = Map(system_, Alias("pam-pci", pci, 0xc0000, 0x4000), 0xc0000, 1);
    pam_->SetEnabled(false);

    const RegionPtr pm = Map(io_, Region::Container("piix4-pm", 0x40), 0);
    Map(pm, Io("acpi-evt", 4), 0);
    pm->SetEnabled(false);
    Map(io_, Io("rtc", 2), 0x70);
    Map(io_->children()[0], Io("rtc-index", 1), 0);
    window_ = Map(master_, Alias("bus master", system_, 0, Size::Whole()), 0);
    window_->SetEnabled(false);
  }

  RegionPtr io_ = Io("io", 0x100), master_ = Region::Container("bus master container", Size::Whole());
  RegionPtr pam_, window_;
  AddressSpace memory_{"memory", system_}, cpu_{"cpu-memory-0", system_}, io_space_{"I/O", io_},
      ide_{"piix3-ide", master_};
  std::vector<AddressSpace*> spaces_ = {&ide_, &io_space_, &memory_, &cpu_};
};

constexpr char kPcSystem[] =
    R"(  0000000000000000-ffffffffffffffff (prio 0, container): system
    0000000000000000-000000000fffffff (prio 0, ram): alias ram-below-4g @pc.ram 0000000000000000-000000000fffffff
    0000000000000000-ffffffffffffffff (prio -1, i/o): pci
      00000000000a0000-00000000000bffff (prio 1, i/o): vga-lowmem
      00000000000e0000-00000000000fffff (prio 1, rom): alias isa-bios @pc.bios 0000000000020000-000000000003ffff
      00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios
    00000000000a0000-00000000000bffff (prio 1, i/o): alias smram-region @pci 00000000000a0000-00000000000bffff
    00000000000c0000-00000000000c3fff (prio 1, ram): alias pam-ram @pc.ram 00000000000c0000-00000000000c3fff
)";

constexpr char kPcPci[] =
    R"(  0000000000000000-ffffffffffffffff (prio -1, i/o): pci
    00000000000a0000-00000000000bffff (prio 1, i/o): vga-lowmem
    00000000000e0000-00000000000fffff (prio 1, rom): alias isa-bios @pc.bios 0000000000020000-000000000003ffff
    00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios
)";

TEST_F(PcTest, Trees) {
  const std::string system = kPcSystem;
  EXPECT_EQ(FormatTrees(spaces_),
            "address-space: piix3-ide\n"
            "  0000000000000000-ffffffffffffffff (prio 0, container): bus master container\n"
            "\n"
            "address-space: I/O\n"
            "  0000000000000000-00000000000000ff (prio 0, container): io\n"
            "      0000000000000000-0000000000000003 (prio 0, i/o): acpi-evt\n"
            "    0000000000000070-0000000000000071 (prio 0, i/o): rtc\n"
            "      0000000000000070-0000000000000070 (prio 0, i/o): rtc-index\n"
            "\n"
            "address-space: cpu-memory-0\n"
            "address-space: memory\n" +
                system +
                "\n"
                "memory-region: system\n" +
                system +
                "\n"
                "memory-region: pc.ram\n"
                "  0000000000000000-000000000fffffff (prio 0, ram): pc.ram\n"
                "\n"
                "memory-region: pc.bios\n"
                "  00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios\n"
                "\n"
                "memory-region: pci\n" +
                kPcPci + "\n");
}

TEST_F(PcTest, FlatViews) {
  EXPECT_EQ(FormatFlatViews(spaces_), R"(FlatView #0
 AS "piix3-ide", root: bus master container
 Root memory region: (none)
  No rendered FlatView

FlatView #1
 AS "I/O", root: io
 Root memory region: io
  0000000000000000-000000000000006f (prio 0, container): io
  0000000000000070-0000000000000070 (prio 0, i/o): rtc-index
  0000000000000071-0000000000000071 (prio 0, i/o): rtc @0000000000000001
  0000000000000072-00000000000000ff (prio 0, container): io @0000000000000072

FlatView #2
 AS "memory", root: system
 AS "cpu-memory-0", root: system
 Root memory region: system
  0000000000000000-000000000009ffff (prio 0, ram): pc.ram
  00000000000a0000-00000000000bffff (prio 1, i/o): vga-lowmem
  00000000000c0000-00000000000c3fff (prio 0, rom): pc.ram @00000000000c0000
  00000000000c4000-000000000fffffff (prio 0, ram): pc.ram @00000000000c4000
  00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios

)");
}

TEST_F(PcTest, ABusMasterThatIsEnabledSharesTheSystemsView) {
  window_->SetEnabled(true);
  const std::vector<AddressSpace*> two = {&memory_, &ide_};
  EXPECT_EQ(FormatFlatViews(two).substr(0, 126),
            "FlatView #0\n AS \"memory\", root: system\n AS \"piix3-ide\", root: bus master container\n"
            " Root memory region: system\n  0000000000000");
}

TEST_F(PcTest, DisabledRegionsOnRequest) {
  const std::vector<AddressSpace*> one = {&io_space_};
  EXPECT_EQ(FormatTrees(one, {.disabled = true}), R"(address-space: I/O
  0000000000000000-00000000000000ff (prio 0, container): io
    0000000000000000-000000000000003f (prio 0, i/o): piix4-pm [disabled]
      0000000000000000-0000000000000003 (prio 0, i/o): acpi-evt
    0000000000000070-0000000000000071 (prio 0, i/o): rtc
      0000000000000070-0000000000000070 (prio 0, i/o): rtc-index

)");
}

TEST_F(MtreeTest, RomDevicesOwnersNonvolatileAndRootsWithinTrees) {
  const RegionPtr flash = Region::RomDevice("flash", *RamBlock::Anonymous("flash", 0x1000), &device_);
  const RegionPtr nvram = Ram("nvram", 0x1000);
  const RegionPtr window = Region::Container("window", 0x1000);
  Map(system_, flash, 0x1000)->SetOwner("dev path=/machine/flash");
  Map(system_, nvram, 0x2000)->SetNonvolatile(true);
  Map(system_, window, 0x8000);
  Map(window, Io("port", 4), 0x60)->SetOwner("dev id=port");
  AddressSpace space("memory", system_), io("I/O", window);
  const std::vector<AddressSpace*> spaces = {&space, &io};
  EXPECT_EQ(FormatTrees(spaces, {.owners = true}), R"(address-space: memory
  0000000000000000-ffffffffffffffff (prio 0, container): system orphan
    0000000000001000-0000000000001fff (prio 0, romd): flash owner:{dev path=/machine/flash}
    0000000000002000-0000000000002fff (prio 0, nv-ram): nvram orphan
    0000000000008000-0000000000008fff (prio 0, i/o): window orphan
      0000000000008060-0000000000008063 (prio 0, i/o): port owner:{dev id=port}

address-space: I/O
  0000000000008000-0000000000008fff (prio 0, i/o): window orphan
    0000000000008060-0000000000008063 (prio 0, i/o): port owner:{dev id=port}

)");
  EXPECT_EQ(FormatFlatViews(spaces, {.owners = true, .dispatch = true}), R"(FlatView #0
 AS "memory", root: system
 Root memory region: system
  0000000000001000-0000000000001fff (prio 0, romd): flash owner:{dev path=/machine/flash}
  0000000000002000-0000000000002fff (prio 0, nv-ram): nvram orphan
  0000000000008060-0000000000008063 (prio 0, i/o): port owner:{dev id=port}
  Dispatch
    Physical sections
      #0 @0000000000000000..0000000000000fff [unassigned]
      #1 @0000000000001000..0000000000001fff flash
      #2 @0000000000002000..0000000000002fff nvram
      #3 @0000000000003000..000000000000805f [unassigned]
      #4 @0000000000008060..0000000000008063 port
      #5 @0000000000008064..ffffffffffffffff [unassigned]

FlatView #1
 AS "I/O", root: window
 Root memory region: window
  0000000000008060-0000000000008063 (prio 0, i/o): port owner:{dev id=port}
  Dispatch
    Physical sections
      #0 @0000000000000000..000000000000805f [unassigned]
      #1 @0000000000008060..0000000000008063 port
      #2 @0000000000008064..ffffffffffffffff [unassigned]

)");
  flash->SetDirectReads(false);
  EXPECT_NE(FormatTrees(spaces).find("(prio 0, i/o): flash"), std::string::npos);
}

TEST_F(MtreeTest, ARegionPastTheEndOfTheSpaceIsMarked) {
  Map(system_, Io("far", 0x20), ~uint64_t{0} - 0xf);
  AddressSpace space("memory", system_);
  const std::vector<AddressSpace*> one = {&space};
  EXPECT_NE(FormatTrees(one).find("    [DETECTED OVERFLOW!] fffffffffffffff0-000000000000000f (prio 0, i/o): far\n"),
            std::string::npos);
}

TEST_F(MtreeTest, AnAliasAsRootIsNamed) {
  Map(system_, Io("a", 4), 0x100);
  AddressSpace space("part", Alias("window", system_, 0x100, 2));
  const std::vector<AddressSpace*> one = {&space};
  EXPECT_EQ(FormatFlatViews(one), R"(FlatView #0
 AS "part", root: window, alias system
 Root memory region: window
  0000000000000000-0000000000000001 (prio 0, i/o): a

)");
}

}  // namespace
}  // namespace emu::memory
