// The small languages inside of flags: sizes, switches, and lists of properties.
#ifndef EMU_CLI_VALUES_H_
#define EMU_CLI_VALUES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace emu::cli {

// "256M", "1.5G", "4096K", "512": a number with a suffix K, M, G or T (powers of 1024; B is one), else times `unit`.
absl::StatusOr<uint64_t> ParseSize(absl::string_view text, uint64_t unit);
absl::StatusOr<bool> ParseSwitch(absl::string_view text);
absl::StatusOr<uint64_t> ParseNumber(absl::string_view text);
// "2024-02-29T12:00:00" or "2024-02-29", in UTC: seconds since 1970.
absl::StatusOr<int64_t> ParseDate(absl::string_view text);

// "virt,dumpdtb=a,,b,acpi=off": parts with commas between them; two commas are one comma of a value. A part without
// "=" is a name whose value is `bare`.
using Property = std::pair<std::string, std::string>;
std::vector<std::string> SplitCommas(absl::string_view text);
std::vector<Property> ParseProperties(absl::string_view text, absl::string_view bare = "on");

}  // namespace emu::cli

#endif  // EMU_CLI_VALUES_H_
