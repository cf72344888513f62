#include "boards/riscv/riscv_cpu.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace emu::boards {
namespace {

using mmu::riscv::PagingMode;
using riscv::Extension;

constexpr absl::string_view kDefaultModel = "rv64";
constexpr unsigned kCacheBlock = 64;  // bytes, of the Zicbo* instructions

// Known elsewhere and not here: switching them off is no error.
constexpr absl::string_view kAbsent[] = {"h",         "v",      "zbc",       "zfa",    "zfh",    "zfhmin",
                                         "zawrs",     "zicond", "zihintntl", "zve32f", "zve64f", "zve64d",
                                         "smstateen", "ssaia",  "smaia",     "svpbmt", "svade"};

absl::StatusOr<riscv::IsaConfig> ParseModel(absl::string_view name) {
  if (name == "rv64" || name == "max" || name.empty()) return riscv::IsaConfig::Full(64);
  absl::StatusOr<riscv::IsaConfig> isa = riscv::ParseIsa(name);
  if (isa.ok() && isa->xlen == 64) return isa;
  return absl::InvalidArgumentError(
      absl::StrCat("-cpu \"", name, "\": ", isa.ok() ? "only 64-bit CPUs are here" : isa.status().message(),
                   "; models are rv64, max, or an ISA string such as rv64gc_zba"));
}

absl::StatusOr<bool> ParseSwitch(absl::string_view property, absl::string_view value) {
  if (value == "on" || value == "true" || value == "yes") return true;
  if (value == "off" || value == "false" || value == "no") return false;
  return absl::InvalidArgumentError(absl::StrCat("-cpu: \"", property, "\": expected NAME=on or NAME=off"));
}

// sv57=off leaves Sv48, and so on. True if the name is one of these.
bool SetPaging(absl::string_view name, bool on, RiscvCpu* cpu) {
  constexpr std::pair<absl::string_view, PagingMode> kModes[] = {
      {"sv39", PagingMode::kSv39}, {"sv48", PagingMode::kSv48}, {"sv57", PagingMode::kSv57}};
  for (size_t i = 0; i < std::size(kModes); ++i) {
    if (kModes[i].first != name) continue;
    if (on) {
      cpu->widest_paging = kModes[i].second;
    } else if (cpu->widest_paging >= kModes[i].second) {
      cpu->widest_paging = i == 0 ? PagingMode::kBare : kModes[i - 1].second;
    }
    return true;
  }
  return false;
}

absl::Status SetProperty(absl::string_view property, RiscvCpu* cpu) {
  const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(property, absl::MaxSplits('=', 1));
  const absl::StatusOr<bool> on = ParseSwitch(property, pair.second);
  if (!on.ok()) return on.status();
  if (SetPaging(pair.first, *on, cpu)) return absl::OkStatus();
  if (!*on && std::find(std::begin(kAbsent), std::end(kAbsent), pair.first) != std::end(kAbsent)) {
    return absl::OkStatus();
  }
  if (*on && (pair.first == "pmp" || pair.first == "mmu")) return absl::OkStatus();
  absl::Status status = riscv::SetExtension(pair.first, *on, &cpu->isa);
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat("-cpu: ", status.message(), ", sv39, sv48, sv57"));
}

absl::string_view MmuType(PagingMode widest) {
  switch (widest) {
    case PagingMode::kSv39:
      return "riscv,sv39";
    case PagingMode::kSv48:
      return "riscv,sv48";
    case PagingMode::kSv57:
      return "riscv,sv57";
    default:
      return "riscv,none";
  }
}

void AddIsaProperties(devices::FdtBuilder& fdt, const riscv::IsaConfig& isa) {
  if (isa.Has(Extension::kZicbop)) fdt.U32("riscv,cbop-block-size", kCacheBlock);
  if (isa.Has(Extension::kZicboz)) fdt.U32("riscv,cboz-block-size", kCacheBlock);
  if (isa.Has(Extension::kZicbom)) fdt.U32("riscv,cbom-block-size", kCacheBlock);
  std::vector<uint8_t> names;
  for (unsigned i = 0; i < static_cast<unsigned>(Extension::kCount); ++i) {
    const auto e = static_cast<Extension>(i);
    if (!isa.Has(e) || e == Extension::kS || e == Extension::kU) continue;
    const absl::string_view name = riscv::ExtensionName(e);
    names.insert(names.end(), name.begin(), name.end());
    names.push_back(0);
  }
  fdt.Bytes("riscv,isa-extensions", names);
  fdt.String("riscv,isa-base", "rv64i");
  fdt.String("riscv,isa", riscv::IsaString(isa));
}

}  // namespace

absl::StatusOr<RiscvCpu> ParseRiscvCpu(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text.empty() ? kDefaultModel : text, ',');
  const absl::StatusOr<riscv::IsaConfig> isa = ParseModel(parts[0]);
  if (!isa.ok()) return isa.status();
  RiscvCpu cpu{*isa};
  for (size_t i = 1; i < parts.size(); ++i) {
    if (absl::Status status = SetProperty(parts[i], &cpu); !status.ok()) return status;
  }
  return cpu;
}

std::string RiscvCpuHelp() {
  std::string text =
      "Available CPUs:\n"
      "  rv64         everything that is implemented (default)\n"
      "  max          the same\n"
      "  rv64...      an ISA string, such as rv64gc or rv64imac_zicsr_zba\n"
      "Followed by ,NAME=on or ,NAME=off for the extensions:\n ";
  for (unsigned i = 0; i < static_cast<unsigned>(Extension::kCount); ++i) {
    absl::StrAppend(&text, " ", riscv::ExtensionName(static_cast<Extension>(i)));
  }
  absl::StrAppend(&text, "\nand for the widest page tables: sv39 sv48 sv57\n");
  return text;
}

void AddRiscvCpuNodes(devices::FdtBuilder& fdt, const RiscvCpu& cpu, uint32_t timebase_hz, uint32_t cpu_handle,
                      uint32_t intc_handle) {
  fdt.BeginNode("cpus");
  fdt.U32("#address-cells", 1);
  fdt.U32("#size-cells", 0);
  fdt.U32("timebase-frequency", timebase_hz);
  fdt.BeginNode("cpu", 0);
  fdt.U32("phandle", cpu_handle);
  fdt.String("device_type", "cpu");
  fdt.U32("reg", 0);
  fdt.String("status", "okay");
  fdt.String("compatible", "riscv");
  AddIsaProperties(fdt, cpu.isa);
  fdt.String("mmu-type", MmuType(cpu.widest_paging));
  fdt.BeginNode("interrupt-controller");
  fdt.U32("#interrupt-cells", 1);
  fdt.Empty("interrupt-controller");
  fdt.String("compatible", "riscv,cpu-intc");
  fdt.U32("phandle", intc_handle);
  fdt.EndNode();
  fdt.EndNode();
  for (const char* name : {"cpu-map", "cluster0", "core0"}) fdt.BeginNode(name);
  fdt.U32("cpu", cpu_handle);
  for (int i = 0; i < 4; ++i) fdt.EndNode();
}

}  // namespace emu::boards
