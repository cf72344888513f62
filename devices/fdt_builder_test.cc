#include "devices/fdt_builder.h"

#include <gtest/gtest.h>
#include <libfdt.h>

#include <string>

namespace emu::devices {
namespace {

TEST(FdtBuilderTest, LibfdtReadsBackWhatWasWritten) {
  FdtBuilder fdt;
  fdt.BeginNode("");
  fdt.U32("#address-cells", 2);
  fdt.BeginNode("serial", 0x10000000);
  fdt.Reg(0x110000000, 0x100);
  fdt.Interrupt({0, 0, 3, 10});
  fdt.U64("start", 0x123456789abcdef0);
  fdt.StringList("compatible", {"a", "bc"});
  fdt.Empty("dma-coherent");
  fdt.EndNode();
  fdt.EndNode();
  const auto blob = fdt.Finish();
  ASSERT_TRUE(blob.ok()) << blob.status();
  ASSERT_EQ(fdt_check_full(blob->data(), blob->size()), 0);

  const void* tree = blob->data();
  const int node = fdt_path_offset(tree, "/serial@10000000");
  ASSERT_GT(node, 0);
  int length = 0;
  const auto* reg = static_cast<const uint8_t*>(fdt_getprop(tree, node, "reg", &length));
  EXPECT_EQ(std::vector<uint8_t>(reg, reg + length),
            (std::vector<uint8_t>{0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(fdt_stringlist_count(tree, node, "compatible"), 2);
  EXPECT_STREQ(fdt_stringlist_get(tree, node, "compatible", 1, nullptr), "bc");
  ASSERT_NE(fdt_getprop(tree, node, "dma-coherent", &length), nullptr);
  EXPECT_EQ(length, 0);
  EXPECT_EQ(fdt32_ld(static_cast<const fdt32_t*>(fdt_getprop(tree, node, "interrupts", &length))), 10u);
  EXPECT_EQ(fdt64_ld(static_cast<const fdt64_t*>(fdt_getprop(tree, node, "start", &length))), 0x123456789abcdef0u);
}

TEST(FdtBuilderTest, GrowsAsNeeded) {
  FdtBuilder fdt;
  fdt.BeginNode("");
  for (int i = 0; i < 500; ++i) {
    fdt.BeginNode("node", i);
    fdt.Bytes("blob", std::vector<uint8_t>(200, 7));
    fdt.EndNode();
  }
  fdt.EndNode();
  const auto blob = fdt.Finish();
  ASSERT_TRUE(blob.ok()) << blob.status();
  EXPECT_EQ(fdt_check_full(blob->data(), blob->size()), 0);
  EXPECT_GT(fdt_path_offset(blob->data(), "/node@1f3"), 0);
}

TEST(FdtBuilderTest, MisuseIsAnErrorNotACrash) {
  FdtBuilder fdt;
  fdt.BeginNode("");
  EXPECT_FALSE(fdt.Finish().ok());
}

TEST(FdtBuilderTest, PhandlesDiffer) {
  FdtBuilder fdt;
  EXPECT_NE(fdt.NewPhandle(), fdt.NewPhandle());
}

}  // namespace
}  // namespace emu::devices
