// A device tree given by the user, with the command line and the initrd of this run put into /chosen.
#ifndef EMU_LOADERS_FDT_CHOSEN_H_
#define EMU_LOADERS_FDT_CHOSEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/bytes.h"

namespace emu::loaders {

struct FdtChosen {
  std::string bootargs;  // empty: what the file says stays
  uint64_t initrd_start = 0;
  uint64_t initrd_end = 0;  // equal to the start: no initrd
};

// `name` is for errors. Checks the file as libfdt does.
absl::StatusOr<Bytes> PatchFdt(const Bytes& file, absl::string_view name, const FdtChosen& chosen);

}  // namespace emu::loaders

#endif  // EMU_LOADERS_FDT_CHOSEN_H_
