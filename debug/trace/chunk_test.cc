#include "debug/trace/chunk.h"

#include <gtest/gtest.h>

#include "debug/trace/test_records.h"

namespace emu::debug {
namespace {

TEST(Varint, ThereAndBack) {
  std::string out;
  const uint64_t values[] = {0, 1, 127, 128, 300, uint64_t{1} << 35, ~uint64_t{0}};
  for (const uint64_t v : values) {
    PutVarint(v, &out);
    PutDifference(v, 128, &out);
  }
  PutText("name", &out);
  VarintReader in(out);
  for (const uint64_t v : values) {
    EXPECT_EQ(in.Varint(), v);
    EXPECT_EQ(in.Difference(128), v);
  }
  EXPECT_EQ(in.Text(), "name");
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.Varint(), 0u);
  EXPECT_FALSE(in.ok());
}

TEST(Varint, TooLong) {
  VarintReader in("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
  in.Varint();
  EXPECT_FALSE(in.ok());
}

TEST(Chunk, RecordsComeBackAsTheyWere) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    // The header has only some of the places.
    const std::vector<TracePlace> header(TestPlaces().begin(), TestPlaces().begin() + seed % 5);
    const std::vector<TraceRecord> records = RandomRecords(seed, 500);
    ChunkEncoder encoder(header);
    ChunkDecoder decoder(header);
    for (const size_t part : {0, 250}) {  // each chunk stands by itself
      for (size_t i = part; i < part + 250; ++i) encoder.Add(records[i]);
      EXPECT_EQ(encoder.records(), 250u);
      EXPECT_EQ(encoder.first_insn(), records[part].insn);
      EXPECT_EQ(encoder.last_insn(), records[part + 249].insn);
      const auto back = decoder.Decode(encoder.Take());
      ASSERT_TRUE(back.ok()) << back.status();
      ASSERT_EQ(back->size(), 250u);
      for (size_t i = 0; i < 250; ++i) ASSERT_EQ(Words((*back)[i]), Words(records[part + i])) << seed << " " << i;
    }
  }
}

TEST(Chunk, FewBytesForWhatRepeats) {
  ChunkEncoder encoder(TestPlaces());
  TraceRecord r;
  r.place = &TestPlaces()[2];
  r.size = 4;
  for (int i = 0; i < 1000; ++i) {
    r.insn += 4, r.pc = 0x80000010, r.gpa = 0x80001000 + 4 * static_cast<uint64_t>(i), r.gva = r.gpa;
    encoder.Add(r);
  }
  EXPECT_LT(encoder.Take().size(), 1000u * 10);
}

TEST(Chunk, MutatedOnesAreRefusedOrRead) {
  std::mt19937 random(7);
  ChunkEncoder encoder(TestPlaces());
  for (const TraceRecord& r : RandomRecords(3, 60)) encoder.Add(r);
  const std::string whole = encoder.Take();
  ChunkDecoder decoder(TestPlaces());
  int refused = 0;
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(decoder.Decode(whole.substr(0, length)).ok()) << length;
  }
  for (int round = 0; round < 5000; ++round) {
    std::string chunk = whole;
    for (int n = 1 + random() % 4; n > 0; --n) chunk[random() % chunk.size()] = static_cast<char>(random());
    const auto records = decoder.Decode(chunk);
    refused += !records.ok();
    if (!records.ok()) continue;
    for (const TraceRecord& r : *records) Words(r);
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace emu::debug
