// Writer and reader of binary traces.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "debug/trace/test_records.h"
#include "debug/trace/trace_reader.h"
#include "debug/trace/trace_writer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Path() { return std::string(getenv("TEST_TMPDIR")) + "/trace"; }

TraceHeader Header() {
  return {"mem,kind=rwx", "riscv64", TestPlaces(), SymbolTable::FromSymbols({{0x1000, 8, "main"}, {0x2000, 4, "end"}})};
}

// A file of 1000 records in chunks of 300, with a note behind the first 500.
std::string WholeFile() {
  const std::vector<TraceRecord> records = RandomRecords(5, 1000);
  auto sink = MakeBinarySink(*OutputFile::Create(Path()), Header(), 300);
  sink->Write(absl::MakeConstSpan(records).subspan(0, 500));
  sink->Note(records[500].insn, "something changed");
  sink->Write(absl::MakeConstSpan(records).subspan(500));
  sink->Finish();
  EXPECT_TRUE(sink->status().ok()) << sink->status();
  sink.reset();
  std::ifstream file(Path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

absl::StatusOr<TraceReader> Parse(const std::string& file) {
  return TraceReader::Parse(loaders::Bytes(std::vector<uint8_t>(file.begin(), file.end())), "trace");
}

std::vector<std::string> AllWords(TraceReader& reader, uint64_t from = 0, uint64_t to = ~uint64_t{0}) {
  std::vector<std::string> words;
  const absl::Status status = reader.ForEach(from, to, [&](const TraceRecord& r) { words.push_back(Words(r)); });
  EXPECT_TRUE(status.ok()) << status;
  return words;
}

std::vector<std::string> WordsOf(const std::vector<TraceRecord>& records) {
  std::vector<std::string> words;
  for (const TraceRecord& r : records) words.push_back(Words(r));
  return words;
}

TEST(TraceFile, ThereAndBack) {
  WholeFile();
  auto reader = TraceReader::Open(Path());
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(reader->warning(), "");
  EXPECT_EQ(reader->header().spec, "mem,kind=rwx");
  EXPECT_EQ(reader->header().target, "riscv64");
  EXPECT_EQ(reader->header().symbols.Describe(0x1004), "main+0x4");
  EXPECT_EQ(reader->header().places.size(), TestPlaces().size());
  EXPECT_EQ(reader->chunks().size(), 4u);  // 300, 200, 300, 200
  ASSERT_EQ(reader->notes().size(), 1u);
  EXPECT_EQ(reader->notes()[0].text, "something changed");
  EXPECT_EQ(AllWords(*reader), WordsOf(RandomRecords(5, 1000)));
}

TEST(TraceFile, APartByInstructions) {
  auto reader = Parse(WholeFile());
  ASSERT_TRUE(reader.ok());
  std::vector<TraceRecord> wanted = RandomRecords(5, 1000);
  const uint64_t from = wanted[400].insn, to = wanted[700].insn;
  std::erase_if(wanted, [&](const TraceRecord& r) { return r.insn < from || r.insn > to; });
  EXPECT_GT(wanted.size(), 200u);
  EXPECT_EQ(AllWords(*reader, from, to), WordsOf(wanted));
}

TEST(TraceFile, OneThatIsCutOffIsReadUpToItsLastWholeChunk) {
  const std::string whole = WholeFile();
  const std::vector<std::string> all = WordsOf(RandomRecords(5, 1000));
  const auto chunks = Parse(whole)->chunks();
  size_t most = 0;
  for (size_t length = 0; length < whole.size(); length += length < 600 ? 1 : 37) {
    auto reader = Parse(whole.substr(0, length));
    if (!reader.ok()) {
      EXPECT_THAT(reader.status().ToString(), HasSubstr("\"trace\"")) << length;
      EXPECT_EQ(most, 0u);
      continue;
    }
    const std::vector<std::string> words = AllWords(*reader);
    EXPECT_THAT(reader->warning(), AllOf(HasSubstr("is cut off or damaged after byte"),
                                         HasSubstr(std::to_string(words.size()) + " records")));
    EXPECT_GE(words.size(), most);
    most = words.size();
    EXPECT_TRUE(std::equal(words.begin(), words.end(), all.begin())) << length;
  }
  EXPECT_EQ(most, 1000u);  // without the index too
}

TEST(TraceFile, OthersAreRefused) {
  EXPECT_THAT(Parse("").status().ToString(), HasSubstr("no binary trace"));
  EXPECT_THAT(Parse("hello, this is text").status().ToString(), HasSubstr("no binary trace"));
  std::string whole = WholeFile();
  whole[8] = 9;
  EXPECT_THAT(Parse(whole).status().ToString(), HasSubstr("version 9 of binary traces; expected 1"));
  EXPECT_THAT(TraceReader::Open("/nowhere").status().ToString(), HasSubstr("/nowhere"));
}

TEST(TraceFile, DamageIsSeen) {
  std::string whole = WholeFile();
  const uint64_t at = Parse(whole)->chunks()[1].offset;
  whole[at + TraceFrame::kSize + 40] ^= 0x10;
  auto reader = Parse(whole);
  ASSERT_TRUE(reader.ok());
  int seen = 0;
  const absl::Status status = reader->ForEach(0, ~uint64_t{0}, [&](const TraceRecord&) { ++seen; });
  EXPECT_EQ(seen, 300);
  EXPECT_THAT(status.ToString(), HasSubstr("is damaged"));
  EXPECT_TRUE(reader->ReadChunk(2).ok());  // the others are there
}

TEST(TraceFile, MutatedFiles) {
  std::mt19937 random(11);
  const std::string whole = WholeFile();
  int refused = 0, warned = 0, damaged = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string file = random() % 3 == 0 ? whole.substr(0, random() % whole.size()) : whole;
    for (int n = random() % 6; n > 0 && !file.empty(); --n) {
      file[random() % std::min<size_t>(file.size(), random() % 2 == 0 ? 200 : file.size())] =
          static_cast<char>(random());
    }
    auto reader = Parse(file);
    refused += !reader.ok();
    if (!reader.ok()) continue;
    warned += !reader->warning().empty();
    damaged += !reader->ForEach(0, ~uint64_t{0}, [](const TraceRecord& r) { Words(r); }).ok();
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(warned, 100);
  EXPECT_GT(damaged, 100);
}

TEST(TraceFile, AFileThatCannotBeWritten) {
  EXPECT_THAT(OutputFile::Create("/nowhere/trace").status().ToString(), HasSubstr("trace file \"/nowhere/trace\""));
  auto sink = MakeBinarySink(*OutputFile::Create("/dev/full"), Header());
  sink->Write(RandomRecords(1, 10));
  sink->Finish();
  EXPECT_THAT(sink->status().ToString(), HasSubstr("trace file \"/dev/full\": No space left"));
}

}  // namespace
}  // namespace emu::debug
