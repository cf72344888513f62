// gzip-compressed files (RFC 1952), as kernels are often shipped.
#ifndef EMU_LOADERS_GZIP_H_
#define EMU_LOADERS_GZIP_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loaders/bytes.h"

namespace emu::loaders {

bool IsGzip(const Bytes& file);
// The contents; `name` is for errors. What follows the compressed data is ignored.
absl::StatusOr<Bytes> Gunzip(const Bytes& file, absl::string_view name, uint64_t largest = uint64_t{1} << 30);

}  // namespace emu::loaders

#endif  // EMU_LOADERS_GZIP_H_
