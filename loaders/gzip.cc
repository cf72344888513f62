#include "loaders/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace emu::loaders {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way of saying: a gzip header, and the largest window

absl::Status Bad(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("\"", name, "\": gzip data ", why));
}

}  // namespace

bool IsGzip(const Bytes& file) {
  return file.size() >= 3 && file.data()[0] == 0x1f && file.data()[1] == 0x8b && file.data()[2] == 8;
}

absl::StatusOr<Bytes> Gunzip(const Bytes& file, absl::string_view name, uint64_t largest) {
  z_stream stream = {};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return Bad(name, "cannot be read: no memory");
  const absl::Cleanup end = [&] { inflateEnd(&stream); };
  stream.next_in = const_cast<uint8_t*>(file.data());
  stream.avail_in = static_cast<uInt>(std::min<uint64_t>(file.size(), UINT32_MAX));
  std::vector<uint8_t> out(std::min(std::max<uint64_t>(4 * file.size(), 4096), largest));
  uint64_t have = 0;
  while (true) {
    stream.next_out = out.data() + have;
    stream.avail_out = static_cast<uInt>(std::min<uint64_t>(out.size() - have, UINT32_MAX));
    const int result = inflate(&stream, Z_NO_FLUSH);
    have = static_cast<uint64_t>(stream.next_out - out.data());
    if (result == Z_STREAM_END) break;
    if (result != Z_OK && result != Z_BUF_ERROR) return Bad(name, "is damaged");
    if (have < out.size()) return Bad(name, "ends too soon");
    if (out.size() >= largest) return Bad(name, absl::StrCat("unpacks to more than ", largest, " bytes"));
    out.resize(std::min<uint64_t>(2 * out.size(), largest));
  }
  out.resize(have);
  return Bytes(std::move(out));
}

}  // namespace emu::loaders
