#include "memory/ram_block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace emu::memory {
namespace {

using ::testing::HasSubstr;

// A file in the test's own directory, removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& contents) : path_(testing::TempDir() + "ram_block_test.XXXXXX") {
    fd_ = mkstemp(path_.data());
    EXPECT_EQ(write(fd_, contents.data(), contents.size()), static_cast<ssize_t>(contents.size()));
  }
  ~TemporaryFile() {
    close(fd_);
    unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }
  int fd() const { return fd_; }
  char At(off_t offset) const {
    char c = 0;
    EXPECT_EQ(pread(fd_, &c, 1, offset), 1);
    return c;
  }

 private:
  std::string path_;
  int fd_;
};

TEST(RamBlockTest, AnonymousIsZeroAndWritable) {
  const RamBlock::Ptr block = *RamBlock::Anonymous("ram", 3 * kPageSize + 5);
  EXPECT_EQ(block->name(), "ram");
  EXPECT_EQ(block->size(), 3 * kPageSize + 5);
  EXPECT_EQ(block->fd(), -1);
  EXPECT_EQ(block->host()[block->size() - 1], 0);
  block->host()[7] = 42;
  EXPECT_EQ(block->host()[7], 42);
}

// Kilobytes of the mapping at `at` that huge pages hold, and where it begins and ends.
struct HugeUse {
  uint64_t begin = 0, end = 0, kilobytes = 0;
};
HugeUse HugeUseAt(const uint8_t* at) {
  std::ifstream mappings("/proc/self/smaps");
  const auto address = reinterpret_cast<uint64_t>(at);
  HugeUse use;
  for (std::string line; std::getline(mappings, line);) {
    uint64_t begin, end;
    if (sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " ", &begin, &end) == 2) use = {begin, end};
    const bool here = use.begin <= address && address < use.end;
    if (here && sscanf(line.c_str(), "AnonHugePages: %" SCNu64, &use.kilobytes) == 1) return use;
  }
  return {};
}

TEST(RamBlockTest, HugePagesKeepWhatWasThereAndStayOneMapping) {
  constexpr uint64_t kHuge = uint64_t{2} << 20;
  const RamBlock::Ptr block = *RamBlock::Anonymous("ram", 8 * kHuge);
  const uint64_t first = -reinterpret_cast<uint64_t>(block->host()) % kHuge;
  for (uint64_t huge = 0; huge < 4; ++huge) block->host()[first + huge * kHuge] = static_cast<uint8_t>(huge + 1);
  block->MakeHugePages(first + 1, 3 * kHuge - 2);  // the second one is all in it
  for (uint64_t huge = 0; huge < 4; ++huge) EXPECT_EQ(block->host()[first + huge * kHuge], huge + 1);
  const HugeUse use = HugeUseAt(block->host() + first + kHuge);
  EXPECT_GE(use.end - use.begin, block->size());
  if (use.kilobytes == 0) GTEST_SKIP() << "the host has none";
  EXPECT_GE(use.kilobytes, kHuge / 1024);
}

TEST(RamBlockTest, SharedPagesKeepWhatTheyHeldAndCanBeShownAgain) {
  const RamBlock::Ptr block = *RamBlock::Anonymous("ram", 4 * kPageSize);
  for (unsigned page = 0; page < 4; ++page) block->host()[page * kPageSize] = static_cast<uint8_t>(page);
  void* const second = block->host() + kPageSize;
  EXPECT_EQ(mremap(second, 0, kPageSize, MREMAP_MAYMOVE), MAP_FAILED);
  for (int again = 0; again < 2; ++again) EXPECT_TRUE(block->Share(kPageSize, 2 * kPageSize));
  for (unsigned page = 0; page < 4; ++page) EXPECT_EQ(block->host()[page * kPageSize], page);
  void* const shown = mremap(second, 0, kPageSize, MREMAP_MAYMOVE);
  ASSERT_NE(shown, MAP_FAILED);
  block->host()[kPageSize + 9] = 77;
  EXPECT_EQ(static_cast<uint8_t*>(shown)[9], 77);
  munmap(shown, kPageSize);
}

TEST(RamBlockTest, OtherKindsAreNotMadeShared) {
  alignas(4096) static uint8_t callers[4096];
  EXPECT_FALSE((*RamBlock::HostPointer("ram", callers, sizeof callers))->Share(0, kPageSize));
  EXPECT_FALSE((*RamBlock::Memfd("ram", kPageSize))->Share(0, kPageSize)) << "is so already";
}

TEST(RamBlockTest, AnonymousIsLazy) {
  const absl::StatusOr<RamBlock::Ptr> block = RamBlock::Anonymous("ram", uint64_t{64} << 30);
  ASSERT_TRUE(block.ok()) << block.status();
  (*block)->host()[uint64_t{63} << 30] = 1;
}

TEST(RamBlockTest, MemfdCanBeMappedAgain) {
  const RamBlock::Ptr block = *RamBlock::Memfd("ram", kPageSize);
  void* again = mmap(nullptr, kPageSize, PROT_READ, MAP_SHARED, block->fd(), 0);
  ASSERT_NE(again, MAP_FAILED);
  block->host()[3] = 9;
  EXPECT_EQ(static_cast<uint8_t*>(again)[3], 9);
  munmap(again, kPageSize);
}

TEST(RamBlockTest, SharedFileIsWrittenPrivateIsNot) {
  const TemporaryFile file("hello");
  {
    const RamBlock::Ptr shared = *RamBlock::File("nvram", file.path(), 5, Sharing::kShared);
    EXPECT_EQ(shared->host()[1], 'e');
    shared->host()[1] = 'a';
    const RamBlock::Ptr copy = *RamBlock::File("rom", file.path(), 5, Sharing::kPrivate);
    copy->host()[4] = 'x';
  }
  EXPECT_EQ(file.At(1), 'a');
  EXPECT_EQ(file.At(4), 'o');
}

TEST(RamBlockTest, FileDescriptorAtAnOffset) {
  const TemporaryFile file(std::string(kPageSize, 'a') + "bc");
  const RamBlock::Ptr block = *RamBlock::FileDescriptor("ram", file.fd(), kPageSize, 2, Sharing::kShared);
  EXPECT_NE(block->fd(), file.fd());
  EXPECT_EQ(block->host()[1], 'c');
}

TEST(RamBlockTest, HostPointerIsNotOwned) {
  std::vector<uint8_t> memory(100, 1);
  {
    const RamBlock::Ptr block = *RamBlock::HostPointer("ram", memory.data(), 100);
    block->host()[99] = 2;
  }
  EXPECT_EQ(memory[99], 2);
}

TEST(RamBlockTest, ErrorsNameTheBlockAndWhatIsWrong) {
  const TemporaryFile file("hello");
  auto message = [](const absl::StatusOr<RamBlock::Ptr>& block) { return std::string(block.status().message()); };
  EXPECT_THAT(message(RamBlock::Anonymous("a", 0)), HasSubstr("'a': size 0"));
  EXPECT_THAT(message(RamBlock::Anonymous("a", ~uint64_t{0})), HasSubstr("at most 2^62"));
  EXPECT_THAT(message(RamBlock::Anonymous("a", uint64_t{1} << 60)), HasSubstr("cannot get"));
  EXPECT_THAT(message(RamBlock::File("f", file.path(), 6, Sharing::kShared)), HasSubstr("holds 5 bytes; 6"));
  EXPECT_THAT(message(RamBlock::File("f", "/nonexistent/file", 6, Sharing::kShared)), HasSubstr("/nonexistent/file"));
  EXPECT_THAT(message(RamBlock::FileDescriptor("d", file.fd(), 12, 1, Sharing::kShared)),
              HasSubstr("multiple of 4096"));
  EXPECT_THAT(message(RamBlock::FileDescriptor("d", -1, 0, 1, Sharing::kShared)), HasSubstr("descriptor -1"));
  EXPECT_THAT(message(RamBlock::HostPointer("h", nullptr, 1)), HasSubstr("null"));
}

TEST(RamBlockTest, DirtyClientsAreIndependent) {
  const RamBlock::Ptr block = *RamBlock::Anonymous("ram", 8 * kPageSize);
  block->NoteWrite(0, 1);
  block->EnableDirty(1);
  block->EnableDirty(7);
  EXPECT_EQ(block->dirty_clients(), 0x82u);
  EXPECT_FALSE(block->IsDirty(1, 0, 8 * kPageSize));
  block->NoteWrite(2 * kPageSize - 1, 2);
  EXPECT_EQ(block->TakeDirty(1, 0, 8 * kPageSize).Count(), 2u);
  EXPECT_FALSE(block->IsDirty(1, 0, 8 * kPageSize));
  EXPECT_TRUE(block->IsDirty(7, kPageSize, 1));
  block->DisableDirty(7);
  EXPECT_FALSE(block->IsDirty(7, kPageSize, 1));
  block->EnableDirty(7);
  EXPECT_FALSE(block->IsDirty(7, 0, 8 * kPageSize)) << "recording begins with clear bits";
  EXPECT_EQ(block->TakeDirty(0, 0, 8 * kPageSize).Count(), 0u);
}

class Recorder : public WriteObserver {
 public:
  void OnWatchedWrite(RamBlock&, uint64_t offset, uint64_t length) override { writes.push_back({offset, length}); }
  std::vector<std::pair<uint64_t, uint64_t>> writes;
};

TEST(RamBlockTest, ObserversHearOfWatchedPagesOnly) {
  const RamBlock::Ptr block = *RamBlock::Anonymous("ram", 8 * kPageSize);
  Recorder recorder;
  block->Watch(kPageSize, 1);
  block->NoteWrite(kPageSize, 4);  // nobody listens yet
  block->AddWriteObserver(&recorder);
  block->NoteWrite(0, kPageSize);
  block->NoteWrite(kPageSize + 8, 4);
  block->NoteWrite(0, 8 * kPageSize);
  block->Unwatch(kPageSize, 1);
  block->NoteWrite(kPageSize, 4);
  block->Watch(0, 1);
  block->RemoveWriteObserver(&recorder);
  block->NoteWrite(0, 4);
  const std::vector<std::pair<uint64_t, uint64_t>> want = {{kPageSize + 8, 4}, {0, 8 * kPageSize}};
  EXPECT_EQ(recorder.writes, want);
}

}  // namespace
}  // namespace emu::memory
