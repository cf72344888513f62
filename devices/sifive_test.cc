#include "devices/sifive_test.h"

namespace emu::devices {
namespace {

void AddSyscon(FdtBuilder& fdt, absl::string_view node, absl::string_view driver, uint32_t regmap, uint32_t value) {
  fdt.BeginNode(node);
  fdt.U32("value", value);
  fdt.U32("offset", 0);
  fdt.U32("regmap", regmap);
  fdt.String("compatible", driver);
  fdt.EndNode();
}

}  // namespace

memory::MemStatus SifiveTest::Write(memory::RegionOffset offset, unsigned, uint64_t value, memory::MemAttrs) {
  if (offset.value != 0) return memory::MemStatus::kOk;
  switch (value & 0xffff) {
    case kFail:
      if (exit_) exit_(static_cast<int>(value >> 16 & 0xffff));
      break;
    case kPass:
      if (exit_) exit_(0);
      break;
    case kReset:
      if (reset_) reset_();
      break;
    default:
      break;
  }
  return memory::MemStatus::kOk;
}

void SifiveTest::AddFdtNode(FdtBuilder& fdt, uint64_t base, uint32_t phandle) const {
  fdt.BeginNode("test", base);
  fdt.U32("phandle", phandle);
  fdt.Reg(base, kSize);
  fdt.StringList("compatible", {"sifive,test1", "sifive,test0", "syscon"});
  fdt.EndNode();
}

void SifiveTest::AddSysconNodes(FdtBuilder& fdt, uint32_t phandle) {
  AddSyscon(fdt, "poweroff", "syscon-poweroff", phandle, kPass);
  AddSyscon(fdt, "reboot", "syscon-reboot", phandle, kReset);
}

}  // namespace emu::devices
