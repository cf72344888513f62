#include "loaders/fdt_chosen.h"

#include <libfdt.h>

#include <vector>

#include "absl/strings/str_cat.h"

namespace emu::loaders {
namespace {

int SetChosen(void* fdt, const FdtChosen& chosen) {
  int node = fdt_path_offset(fdt, "/chosen");
  if (node == -FDT_ERR_NOTFOUND) node = fdt_add_subnode(fdt, 0, "chosen");
  if (node < 0) return node;
  int result = 0;
  if (!chosen.bootargs.empty()) result = fdt_setprop_string(fdt, node, "bootargs", chosen.bootargs.c_str());
  if (result < 0 || chosen.initrd_start == chosen.initrd_end) return result;
  result = fdt_setprop_u64(fdt, node, "linux,initrd-start", chosen.initrd_start);
  return result < 0 ? result : fdt_setprop_u64(fdt, node, "linux,initrd-end", chosen.initrd_end);
}

}  // namespace

absl::StatusOr<Bytes> PatchFdt(const Bytes& file, absl::string_view name, const FdtChosen& chosen) {
  constexpr uint64_t kRoom = 4096;  // for a new node and three properties, beside the command line
  const auto bad = [&](int code) {
    return absl::InvalidArgumentError(absl::StrCat("\"", name, "\": malformed device tree: ", fdt_strerror(code)));
  };
  constexpr uint64_t kLargest = uint64_t{64} << 20;
  if (file.size() > kLargest)
    return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is too large for a device tree"));
  if (const int code = file.size() < sizeof(fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_full(file.data(), file.size());
      code != 0) {
    return bad(code);
  }
  std::vector<uint8_t> out(file.size() + chosen.bootargs.size() + kRoom);
  int code = fdt_open_into(file.data(), out.data(), static_cast<int>(out.size()));
  if (code == 0) code = SetChosen(out.data(), chosen);
  if (code == 0) code = fdt_pack(out.data());
  if (code < 0) return bad(code);
  out.resize(fdt_totalsize(out.data()));
  return Bytes(std::move(out));
}

}  // namespace emu::loaders
