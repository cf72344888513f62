// The formats of `x/FMT`, `xp/FMT` and `print/FMT`, and memory printed in them as QEMU's monitor does.
#ifndef EMU_DEBUG_MONITOR_MEMORY_DUMP_H_
#define EMU_DEBUG_MONITOR_MEMORY_DUMP_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

struct DumpFormat {
  uint64_t count = 1;
  char letter = 'x';  // x d u o c, i for instructions, s for strings
  unsigned size = 4;  // bytes of an item: 1, 2, 4, 8
};

// "16xb": count, letter and size (b h w g), each of which may be missing: then the count is 1, and the others are those
// of `last`.
absl::StatusOr<DumpFormat> ParseDumpFormat(absl::string_view text, const DumpFormat& last);

// One value of `size` bytes without padding.
std::string FormatValue(uint64_t value, char letter, unsigned size);

// Lines of up to 16 bytes (8 of single bytes) with the address in front. `bytes` hold whole items.
std::string FormatDump(absl::Span<const uint8_t> bytes, uint64_t address, const DumpFormat& format, bool big_endian);
// {"address": "0x...", "size": 4, "values": ["0x...", ...]}
llvm::json::Value DumpJson(absl::Span<const uint8_t> bytes, uint64_t address, const DumpFormat& format,
                           bool big_endian);

// A C string literal: "ab\n\xff".
std::string QuoteBytes(absl::string_view bytes);

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_MEMORY_DUMP_H_
