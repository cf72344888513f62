#include "debug/gdb/packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "debug/gdb/test_line.h"

namespace emu::debug::gdb {
namespace {

using ::testing::ElementsAre;
using Event = PacketReader::Event;

// What a stream of bytes is read as: payloads in full, other events by a letter.
std::vector<std::string> Read(PacketReader& reader, absl::string_view bytes) {
  std::vector<std::string> seen;
  reader.Feed(bytes, [&](Event event) {
    static constexpr const char* kNames[] = {"", "<bad>", "<long>", "<+>", "<->", "<C>"};
    seen.push_back(event == Event::kPacket ? reader.payload() : kNames[static_cast<int>(event)]);
  });
  return seen;
}
std::vector<std::string> Read(absl::string_view bytes) {
  PacketReader reader;
  return Read(reader, bytes);
}

TEST(PacketTest, ChecksumIsOfTheManual) {
  EXPECT_EQ(EncodePacket(""), "$#00");
  EXPECT_EQ(EncodePacket("OK"), "$OK#9a");
}

TEST(PacketTest, SpecialCharactersAreEscaped) {
  EXPECT_EQ(EncodePacket("#$}*").substr(0, 9), "$}\x03}\x04}]}\n");
  EXPECT_THAT(Read(EncodeRaw("X}\x03}\x04}]}\n")), ElementsAre("X#$}*"));
}

TEST(PacketTest, RunsAreShortenedAsTheManualSays) {
  EXPECT_EQ(EncodePacket("000"), "$000#90");
  EXPECT_EQ(EncodePacket("0000"), "$0* #7a");  // its example
  EXPECT_EQ(EncodePacket("0000000").substr(0, 5), "$0*\"0") << "six repeats would be '#'";
  EXPECT_EQ(EncodePacket("00000000").substr(0, 6), "$0*\"00") << "seven would be '$'";
  EXPECT_EQ(EncodePacket(std::string(98, 'a')).substr(0, 4), "$a*~");
  EXPECT_EQ(EncodePacket(std::string(99, 'a')).substr(0, 5), "$a*~a");
}

TEST(PacketTest, WhatIsSentCanBeRead) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string payload;
    while (random() % 40 != 0) payload.append(random() % 12 + 1, random() % 3 == 0 ? "#$}*"[random() % 4] : random());
    EXPECT_EQ(DecodePacket(EncodePacket(payload)), payload);
  }
}

TEST(PacketReaderTest, PacketsInPieces) {
  PacketReader reader;
  EXPECT_THAT(Read(reader, "noise$g"), ElementsAre());
  EXPECT_THAT(Read(reader, "#6"), ElementsAre());
  EXPECT_THAT(Read(reader, "7+$m0,1#fa-\x03"), ElementsAre("g", "<+>", "m0,1", "<->", "<C>"));
}

TEST(PacketReaderTest, WhatIsWrong) {
  EXPECT_THAT(Read("$g#68$g#67"), ElementsAre("<bad>", "g"));
  EXPECT_THAT(Read("$g#zz$g#67"), ElementsAre("<bad>", "g"));
  EXPECT_THAT(Read("$broken o$g#67"), ElementsAre("g"));
  EXPECT_THAT(Read("$\x03#03"), ElementsAre("\x03")) << "no interrupt in a packet";
}

TEST(PacketReaderTest, LongPacketsAreReadToTheirEnd) {
  const std::string longest(PacketReader::kMaxPayload, 'a');
  EXPECT_THAT(Read(EncodeRaw(longest)), ElementsAre(longest));
  EXPECT_THAT(Read(absl::StrCat(EncodeRaw(longest + "a"), "$g#67")), ElementsAre("<long>", "g"));
}

TEST(PacketReaderTest, AnyBytesAreRead) {
  std::mt19937 random(2);
  PacketReader reader;
  std::string bytes;
  for (int i = 0; i < 200000; ++i)
    bytes += random() % 4 == 0 ? "$#}*+-\x03"[random() % 7] : static_cast<char>(random());
  Read(reader, bytes);
  EXPECT_THAT(Read(reader, "#00$g#67$g#67"), ::testing::Contains("g"));
}

}  // namespace
}  // namespace emu::debug::gdb
