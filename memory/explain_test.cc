#include "memory/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "memory/fake_device.h"
#include "memory/tree_build.h"
#include "memory/tree_text.h"

namespace emu::memory {
namespace {

using ::testing::HasSubstr;

class ExplainTest : public testing::Test {
 protected:
  Explanation At(absl::string_view text, uint64_t at) {
    tree_ = *BuildTree(*ParseTreeText(text));
    return Explain(*tree_.spaces[0], Gpa(at));
  }
  std::string TextAt(absl::string_view text, uint64_t at) { return FormatExplanation(At(text, at)); }

  BuiltTree tree_;
};

constexpr char kPc[] = R"(
container system 256T
  alias lomem 0-0xdfffffff of ram
  alias vga-window 0xa0000-0xbffff of pci at 0xa0000 prio 1
  alias pci-hole 0xe0000000-0xffffffff of pci at 0xe0000000
  alias pam 0xc0000-0xcffff of ram at 0xc0000 prio 1 readonly
  alias smram 0xa0000-0xbffff of ram at 0xa0000 prio 2 disabled
container pci 4G
  container vga-area 0xa0000-0xbffff
    alias bank0 0x0-0x7fff of vram at 0x10000
  ram vram 0xe1000000-0xe1ffffff owner "dev id=vga"
  io far-bar 0xf0000000-0x1f0000fff
ram ram 4G
)";

TEST_F(ExplainTest, TheWholeWay) {
  EXPECT_EQ(TextAt(kPc, 0xa1234), R"(0xa1234 in address space "memory": ram "vram" +0x11234
    system +0xa1234 (container, prio 0)
      vga-window +0x1234 (alias, prio 1)
      -> pci +0xa1234 (container, prio 0)
        vga-area +0x1234 (container, prio 0)
          bank0 +0x1234 (alias, prio 0)
          -> vram +0x11234 (ram, prio 0)
  flat range: 00000000000a0000-00000000000a7fff vram
  memory: "vram" +0x11234
  owner: dev id=vga
  not seen there:
    smram -> ram +0xa1234 (ram, prio 0): "smram" is disabled
    lomem -> ram +0xa1234 (ram, prio 0): "lomem" has prio 0, "vga-window" has prio 1
)");
}

TEST_F(ExplainTest, ReadonlyByAnAlias) {
  const Explanation e = At(kPc, 0xc0010);
  EXPECT_TRUE(e.readonly);
  EXPECT_EQ(e.block, "ram");
  EXPECT_EQ(e.block_offset, 0xc0010u);
  EXPECT_NE(e.host, nullptr);
  EXPECT_THAT(FormatExplanation(e), HasSubstr("ram \"ram\" +0xc0010, read-only\n"));
  EXPECT_THAT(FormatExplanation(e, {.host = true}), HasSubstr("memory: \"ram\" +0xc0010, host address 0x"));
}

TEST_F(ExplainTest, AHoleHasNeighboursAndReasons) {
  EXPECT_EQ(TextAt(kPc, 0xe0001000), R"(0xe0001000 in address space "memory": nothing answers
  below: 00000000000d0000-00000000dfffffff ram
  above: 00000000e1000000-00000000e1ffffff vram
  what could have been:
    pci-hole -> pci +0xe0001000 (container, prio 0): nothing in it there
    lomem -> ram +0xe0001000 (ram, prio 0): "lomem" ends at +0xdfffffff, before +0xe0001000
)");
}

// "Note that if the guest maps a BAR outside the PCI hole, it would not be visible": QEMU's documentation.
TEST_F(ExplainTest, WhatAWindowDoesNotShow) {
  const Explanation e = At(kPc, 0x1f0000000);
  EXPECT_FALSE(e.answered());
  ASSERT_FALSE(e.losses.empty());
  EXPECT_EQ(e.losses[0].reason, ExplainLoss::Reason::kOutside);
  EXPECT_EQ(e.losses[0].path.back().name, "far-bar");
  EXPECT_THAT(e.losses[0].why, HasSubstr("ends at +0x"));
}

TEST_F(ExplainTest, EqualPriorityAndOwnChildren) {
  constexpr char text[] = "container c 64K\n  io first 0x1000+8\n  io last 0x1000+4\n    io part 2+1\n";
  EXPECT_EQ(At(text, 0x1001).losses[0].why, "\"last\" has the same prio 0 and was mapped later");
  const Explanation part = At(text, 0x1002);
  EXPECT_EQ(part.path.back().name, "part");
  EXPECT_EQ(part.losses[0].why, "its child \"part\" comes before it");
  EXPECT_EQ(part.losses[1].path.back().name, "first");
  EXPECT_TRUE(At(text, 0x1004).losses.empty());
}

TEST_F(ExplainTest, AliasPastItsTarget) {
  const Explanation e = At("container c 64K\n  alias a 0+0x2000 of r at 0x800\nram r 4K\n", 0x1000);
  ASSERT_EQ(e.losses.size(), 1u);
  EXPECT_EQ(e.losses[0].reason, ExplainLoss::Reason::kOutside);
  EXPECT_EQ(e.losses[0].why, "\"r\" ends at +0xfff, before +0x1800");
}

TEST_F(ExplainTest, ARootThatIsNotAtZero) {
  constexpr char text[] = "ram r 0x1000+4K\n";
  EXPECT_EQ(At(text, 0x1010).path[0].offset, RegionOffset(0x10));
  EXPECT_FALSE(At(text, 0xfff).answered());
  EXPECT_FALSE(At(text, ~uint64_t{0}).answered());
}

TEST_F(ExplainTest, TooMuchToListIsSaid) {
  std::string text = "container c 64K\n  io top 1 prio 1\n";
  for (int i = 0; i < 300; ++i) absl::StrAppend(&text, "  io d", i, " 1\n");
  const Explanation e = At(text, 0);
  EXPECT_EQ(e.path.back().name, "top");
  EXPECT_EQ(e.losses.size(), 100u);
  EXPECT_TRUE(e.more_losses);
  EXPECT_THAT(FormatExplanation(e), HasSubstr("    and more\n"));
}

class NamedRegisters : public FakeDevice {
 public:
  const char* RegisterName(RegionOffset offset) const override { return offset.value == 4 ? "STATUS" : nullptr; }
};

TEST_F(ExplainTest, RegistersByName) {
  NamedRegisters device;
  AddressSpace space("memory", Region::Io("dev", 16, &device));
  EXPECT_THAT(FormatExplanation(Explain(space, Gpa(4))), HasSubstr("  register: STATUS\n"));
  EXPECT_EQ(Explain(space, Gpa(8)).register_name, "");
  EXPECT_TRUE(device.accesses.empty());
}

class Shift : public IommuTranslator {
 public:
  explicit Shift(AddressSpace* target) : target_(target) {}
  IommuEntry Translate(RegionOffset offset, bool, MemAttrs attrs) override {
    EXPECT_TRUE(attrs.debug);
    return {offset.value < 0x8000 ? target_ : nullptr, Gpa(offset.value + 0x4000), 0xfff, true, true};
  }

 private:
  AddressSpace* target_;
};

TEST_F(ExplainTest, ThroughAnIommu) {
  At("container c 64K\n  ram r 0x4000+4K\n", 0);
  Shift shift(tree_.spaces[0].get());
  AddressSpace dma("dma", Region::Iommu("iommu", 0x10000, &shift));
  const Explanation e = Explain(dma, Gpa(0x10));
  ASSERT_EQ(e.beyond.size(), 1u);
  EXPECT_EQ(e.beyond[0].at, Gpa(0x4010));
  EXPECT_EQ(e.beyond[0].path.back().name, "r");
  EXPECT_THAT(FormatExplanation(e), HasSubstr("and from there, 0x4010 in address space \"memory\": ram \"r\" +0x10\n"));
  EXPECT_TRUE(Explain(dma, Gpa(0x9000)).beyond.empty());
}

TEST_F(ExplainTest, AnIommuThatLeadsToItselfEnds) {
  Shift shift(nullptr);
  AddressSpace dma("dma", Region::Iommu("iommu", 0x10000, &shift));
  class Loop : public IommuTranslator {
   public:
    IommuEntry Translate(RegionOffset, bool, MemAttrs) override { return {space, Gpa(0), 0xfff, true, true}; }
    AddressSpace* space = nullptr;
  } loop;
  AddressSpace circle("circle", Region::Iommu("loop", 0x1000, &loop));
  loop.space = &circle;
  int depth = 0;
  const Explanation e = Explain(circle, Gpa(0));
  for (const Explanation* at = &e; !at->beyond.empty(); at = &at->beyond[0]) ++depth;
  EXPECT_EQ(depth, 8);
}

}  // namespace
}  // namespace emu::memory
