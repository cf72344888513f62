#include "loaders/bytes.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::loaders {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(BytesTest, PartsKeepTheWholeAlive) {
  Bytes part;
  {
    const Bytes whole({1, 2, 3, 4});
    part = whole.Part(1, 2);
  }
  EXPECT_THAT(part.span(), ElementsAre(2, 3));
  EXPECT_EQ(part.Part(1, 100).size(), 1u);
  EXPECT_EQ(part.Part(2, 1).size(), 0u);
}

TEST(BytesTest, FilesAreReadAsWritten) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/file";
  for (const size_t size : {size_t{0}, size_t{1}, size_t{3} << 20}) {
    const std::vector<uint8_t> bytes(size, 7);
    ASSERT_TRUE(WriteFile(path, bytes).ok());
    for (const auto function : {ReadFile, MapFile}) {
      const absl::StatusOr<Bytes> read = function(path);
      ASSERT_TRUE(read.ok());
      EXPECT_EQ(std::vector<uint8_t>(read->span().begin(), read->span().end()), bytes);
    }
  }
}

TEST(BytesTest, APartKeepsTheMappedFile) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/file";
  ASSERT_TRUE(WriteFile(path, std::vector<uint8_t>{1, 2, 3, 4}).ok());
  const Bytes part = MapFile(path)->Part(2, 2);
  unlink(path.c_str());
  EXPECT_THAT(part.span(), ElementsAre(3, 4));
  EXPECT_EQ(MapFile("/dev/null")->size(), 0u);
}

TEST(BytesTest, CopiesPartsOfFilesThatAreAsTheyWere) {
  const std::string path = std::string(getenv("TEST_TMPDIR")) + "/file";
  ASSERT_TRUE(WriteFile(path, std::vector<uint8_t>{1, 2, 3, 4}).ok());
  for (const Bytes& bytes : {*MapFile(path), *ReadFile(path)}) {
    uint8_t copy[4] = {};
    EXPECT_TRUE(bytes.Part(1, 2).CopyTo(copy));
    EXPECT_THAT(copy, ElementsAre(2, 3, 0, 0));
    EXPECT_TRUE(bytes.Part(4, 1).CopyTo(copy));
  }
  const Bytes shortened = *MapFile(path);
  ASSERT_TRUE(WriteFile(path, std::vector<uint8_t>{1, 2}).ok());
  uint8_t copy[4];
  EXPECT_FALSE(shortened.CopyTo(copy));
  EXPECT_FALSE(shortened.Part(0, 1).CopyTo(copy)) << "it may be of another file";
}

TEST(BytesTest, ErrorsNameThePath) {
  EXPECT_THAT(std::string(ReadFile("/nonexistent").status().message()), HasSubstr("\"/nonexistent\""));
  EXPECT_THAT(std::string(ReadFile("/").status().message()), HasSubstr("cannot read \"/\""));
  EXPECT_THAT(std::string(MapFile("/nonexistent").status().message()), HasSubstr("\"/nonexistent\""));
  EXPECT_THAT(std::string(MapFile("/").status().message()), HasSubstr("cannot read \"/\""));
  EXPECT_FALSE(WriteFile("/nonexistent/x", {}).ok());
}

}  // namespace
}  // namespace emu::loaders
