#include "loaders/fdt_chosen.h"

#include <libfdt.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace emu::loaders {
namespace {

Bytes Tree(bool chosen) {
  std::vector<uint8_t> fdt(1024);
  fdt_create_empty_tree(fdt.data(), static_cast<int>(fdt.size()));
  if (chosen) fdt_setprop_string(fdt.data(), fdt_add_subnode(fdt.data(), 0, "chosen"), "bootargs", "old");
  fdt_pack(fdt.data());
  fdt.resize(fdt_totalsize(fdt.data()));
  return Bytes(fdt);
}

std::string Bootargs(const Bytes& fdt) {
  const char* text =
      static_cast<const char*>(fdt_getprop(fdt.data(), fdt_path_offset(fdt.data(), "/chosen"), "bootargs", nullptr));
  return text != nullptr ? text : "none";
}

TEST(FdtChosenTest, PutsInWhatIsGiven) {
  const std::string line(5000, 'x');
  for (const bool chosen : {false, true}) {
    const absl::StatusOr<Bytes> out = PatchFdt(Tree(chosen), "x", {line, 0x1000, 0x2000});
    ASSERT_TRUE(out.ok()) << out.status();
    EXPECT_EQ(Bootargs(*out), line);
    int size = 0;
    const void* end = fdt_getprop(out->data(), fdt_path_offset(out->data(), "/chosen"), "linux,initrd-end", &size);
    ASSERT_EQ(size, 8);
    EXPECT_EQ(fdt64_ld(static_cast<const fdt64_t*>(end)), 0x2000u);
  }
}

TEST(FdtChosenTest, KeepsWhatIsNotGiven) { EXPECT_EQ(Bootargs(*PatchFdt(Tree(true), "x", {})), "old"); }

TEST(FdtChosenTest, RefusesDamagedTrees) {
  EXPECT_FALSE(PatchFdt(Bytes(), "x", {}).ok());
  const Bytes good = Tree(true);
  for (uint64_t length = 0; length < good.size(); ++length) EXPECT_FALSE(PatchFdt(good.Part(0, length), "x", {}).ok());
}

}  // namespace
}  // namespace emu::loaders
