#include "loaders/gzip.h"

#include <zlib.h>

#include "gtest/gtest.h"

namespace emu::loaders {
namespace {

std::vector<uint8_t> Compress(const std::vector<uint8_t>& bytes) {
  z_stream s = {};
  deflateInit2(&s, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::vector<uint8_t> out(deflateBound(&s, bytes.size()));
  s.next_in = const_cast<uint8_t*>(bytes.data());
  s.avail_in = static_cast<uInt>(bytes.size());
  s.next_out = out.data();
  s.avail_out = static_cast<uInt>(out.size());
  deflate(&s, Z_FINISH);
  out.resize(s.total_out);
  deflateEnd(&s);
  return out;
}

std::vector<uint8_t> Pattern(size_t size) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * i >> 7);
  return bytes;
}

TEST(GzipTest, GivesTheContents) {
  // The last grows far beyond the first guess.
  for (const std::vector<uint8_t>& bytes : {std::vector<uint8_t>(), Pattern(100000), std::vector<uint8_t>(9 << 20)}) {
    std::vector<uint8_t> packed = Compress(bytes);
    ASSERT_TRUE(IsGzip(Bytes(packed)));
    packed.resize(packed.size() + 5);  // ignored
    const absl::StatusOr<Bytes> out = Gunzip(Bytes(packed), "x");
    ASSERT_TRUE(out.ok()) << out.status();
    EXPECT_EQ(std::vector<uint8_t>(out->span().begin(), out->span().end()), bytes);
  }
}

TEST(GzipTest, RefusesWhatIsDamagedOrTooLarge) {
  const std::vector<uint8_t> packed = Compress(Pattern(100000));
  for (const size_t length : {size_t{3}, size_t{10}, packed.size() / 2, packed.size() - 1}) {
    EXPECT_FALSE(Gunzip(Bytes(std::vector<uint8_t>(packed.begin(), packed.begin() + length)), "x").ok()) << length;
  }
  std::vector<uint8_t> wrong = packed;
  wrong[packed.size() - 6] ^= 1;  // its checksum
  EXPECT_FALSE(Gunzip(Bytes(wrong), "x").ok());
  EXPECT_FALSE(Gunzip(Bytes(packed), "x", 99999).ok());
  EXPECT_TRUE(Gunzip(Bytes(packed), "x", 100000).ok());
}

TEST(GzipTest, OtherFilesAreNone) {
  EXPECT_FALSE(IsGzip(Bytes()));
  EXPECT_FALSE(IsGzip(Bytes({0x1f, 0x8b})));
  EXPECT_FALSE(IsGzip(Bytes({0x7f, 'E', 'L', 'F'})));
}

}  // namespace
}  // namespace emu::loaders
