#include "loaders/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace emu::loaders {
namespace {

constexpr size_t kChunk = 1 << 20;
constexpr size_t kLargest = size_t{4} << 30;

absl::Status Failed(absl::string_view what, absl::string_view path) {
  return absl::InvalidArgumentError(absl::StrCat("cannot ", what, " \"", path, "\": ", strerror(errno)));
}

// How many bytes to expect; only a guess for what is no regular file.
size_t ExpectedSize(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? static_cast<size_t>(info.st_size) : 0;
}

class Mapping final : public Bytes::Mapped {
 public:
  explicit Mapping(int fd) : fd_(fd), known_(fstat(fd, &then_) == 0 && S_ISREG(then_.st_mode)) {
    if (known_ && size() != 0) at_ = mmap(nullptr, size(), PROT_READ, MAP_PRIVATE, fd_, 0);
  }
  ~Mapping() override {
    if (ok()) munmap(at_, size());
    close(fd_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  bool ok() const { return at_ != MAP_FAILED; }
  absl::Span<const uint8_t> span() const { return {static_cast<const uint8_t*>(at_), size()}; }
  bool Read(absl::Span<const uint8_t> part, uint8_t* to) const override {
    auto at = static_cast<off_t>(part.data() - static_cast<const uint8_t*>(at_));
    for (size_t left = part.size(); left != 0;) {
      const ssize_t count = pread(fd_, to, left, at);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      to += count, at += count, left -= static_cast<size_t>(count);
    }
    return Intact();
  }

 private:
  size_t size() const { return static_cast<size_t>(then_.st_size); }
  bool Intact() const {
    struct stat now;
    return fstat(fd_, &now) == 0 && now.st_size == then_.st_size && now.st_mtim.tv_sec == then_.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == then_.st_mtim.tv_nsec;
  }
  const int fd_;
  struct stat then_ = {};
  const bool known_;
  void* at_ = MAP_FAILED;
};

}  // namespace

absl::StatusOr<Bytes> ReadFile(absl::string_view path) {
  const int fd = open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Failed("open", path);
  const absl::Cleanup closer = [fd] { close(fd); };
  std::vector<uint8_t> bytes(std::min(ExpectedSize(fd), kLargest) + 1);  // one more shows the end at once
  size_t have = 0;
  while (true) {
    if (have == bytes.size()) bytes.resize(have + kChunk);
    const ssize_t count = read(fd, bytes.data() + have, bytes.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("read", path);
    if (count == 0) break;
    have += static_cast<size_t>(count);
    if (have > kLargest) return absl::InvalidArgumentError(absl::StrCat("\"", path, "\" is larger than 4 GiB"));
  }
  bytes.resize(have);
  return Bytes(std::move(bytes));
}

absl::StatusOr<Bytes> MapFile(absl::string_view path) {
  struct stat info;
  if (stat(std::string(path).c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return ReadFile(path);
  const int fd = open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Failed("open", path);
  const auto mapping = std::make_shared<const Mapping>(fd);
  if (!mapping->ok()) return ReadFile(path);
  return Bytes(std::shared_ptr<const Bytes::Mapped>(mapping), mapping->span());
}

absl::Status WriteFile(absl::string_view path, absl::Span<const uint8_t> bytes) {
  const int fd = open(std::string(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return Failed("create", path);
  const absl::Cleanup closer = [fd] { close(fd); };
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace emu::loaders
