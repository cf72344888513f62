#include "memory/ram_block.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

namespace emu::memory {
namespace {

constexpr uint64_t kHugePage = uint64_t{2} << 20;

absl::Status BlockError(absl::string_view name, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("RAM block '", name, "': ", what));
}

absl::Status BlockErrno(absl::string_view name, absl::string_view what) {
  return BlockError(name, absl::StrCat(what, ": ", std::strerror(errno)));
}

// A descriptor that is closed unless released.
class UniqueFd {
 public:
  explicit UniqueFd(int fd) : fd_(fd) {}
  ~UniqueFd() {
    if (fd_ >= 0) close(fd_);
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// The size as whole host pages, or an error.
absl::StatusOr<uint64_t> MappableSize(absl::string_view name, uint64_t size) {
  if (size == 0) return BlockError(name, "size 0; at least 1 byte is needed");
  if (size > uint64_t{1} << 62)
    return BlockError(name, absl::StrCat("size ", size, "; at most 2^62 bytes are possible"));
  return (size + kPageSize - 1) & ~(kPageSize - 1);
}

// A file that ends before the mapping does would kill the process at the first access there.
absl::Status CheckFileHolds(absl::string_view name, int fd, uint64_t offset, uint64_t size) {
  struct stat info;
  if (fstat(fd, &info) != 0) return BlockErrno(name, "cannot ask for the size of its file");
  if (!S_ISREG(info.st_mode)) return absl::OkStatus();  // devices have no size
  const uint64_t held = static_cast<uint64_t>(info.st_size);
  if (held >= size && held - size >= offset) return absl::OkStatus();
  return BlockError(name,
                    absl::StrCat("its file holds ", held, " bytes; ", size, " at offset ", offset, " are needed"));
}

}  // namespace

RamBlock::RamBlock(absl::string_view name, uint8_t* host, uint64_t size, uint64_t mapped, int fd)
    : name_(name), host_(host), size_(size), mapped_(mapped), fd_(fd), watched_(size) {}

RamBlock::~RamBlock() {
  if (mapped_ != 0) munmap(host_, mapped_);
  if (fd_ >= 0) close(fd_);
  if (shared_fd_ >= 0) close(shared_fd_);
}

absl::StatusOr<RamBlock::Ptr> RamBlock::Anonymous(absl::string_view name, uint64_t size) {
  absl::StatusOr<uint64_t> mapped = MappableSize(name, size);
  if (!mapped.ok()) return mapped.status();
  void* host = mmap(nullptr, *mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (host == MAP_FAILED) return BlockErrno(name, absl::StrCat("cannot get ", size, " bytes of memory"));
  return Ptr(new RamBlock(name, static_cast<uint8_t*>(host), size, *mapped, -1));
}

// Memory that is shared from the beginning costs the host more time at each first touch.
bool RamBlock::Share(uint64_t offset, uint64_t length) {
  if (mapped_ == 0 || fd_ >= 0) return false;
  if (shared_fd_ < 0) {
    UniqueFd fd(memfd_create(kSharedName, MFD_CLOEXEC));
    if (fd.get() < 0 || ftruncate(fd.get(), static_cast<off_t>(mapped_)) != 0) return false;
    shared_fd_ = fd.release();
  }
  const auto at = static_cast<off_t>(offset);
  if (pwrite(shared_fd_, host_ + offset, length, at) != static_cast<ssize_t>(length)) return false;
  void* const here = host_ + offset;
  return mmap(here, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, shared_fd_, at) == here;
}

absl::StatusOr<RamBlock::Ptr> RamBlock::Memfd(absl::string_view name, uint64_t size) {
  absl::StatusOr<uint64_t> mapped = MappableSize(name, size);
  if (!mapped.ok()) return mapped.status();
  // The host cuts names at 249 bytes with an error.
  UniqueFd fd(memfd_create(std::string(name.substr(0, 200)).c_str(), MFD_CLOEXEC));
  if (fd.get() < 0) return BlockErrno(name, "cannot make a memory file");
  if (ftruncate(fd.get(), static_cast<off_t>(*mapped)) != 0) {
    return BlockErrno(name, absl::StrCat("cannot get ", size, " bytes in a memory file"));
  }
  return MapDescriptor(name, fd.release(), 0, size, Sharing::kShared);
}

absl::StatusOr<RamBlock::Ptr> RamBlock::File(absl::string_view name, absl::string_view path, uint64_t size,
                                             Sharing sharing) {
  const int flags = (sharing == Sharing::kShared ? O_RDWR : O_RDONLY) | O_CLOEXEC;
  const int fd = open(std::string(path).c_str(), flags);
  if (fd < 0) return BlockErrno(name, absl::StrCat("cannot open '", path, "'"));
  return MapDescriptor(name, fd, 0, size, sharing);
}

absl::StatusOr<RamBlock::Ptr> RamBlock::FileDescriptor(absl::string_view name, int fd, uint64_t offset, uint64_t size,
                                                       Sharing sharing) {
  const int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return BlockErrno(name, absl::StrCat("descriptor ", fd, " cannot be used"));
  return MapDescriptor(name, own, offset, size, sharing);
}

// Takes over `raw_fd`, also when it fails.
absl::StatusOr<RamBlock::Ptr> RamBlock::MapDescriptor(absl::string_view name, int raw_fd, uint64_t offset,
                                                      uint64_t size, Sharing sharing) {
  UniqueFd fd(raw_fd);
  absl::StatusOr<uint64_t> mapped = MappableSize(name, size);
  if (!mapped.ok()) return mapped.status();
  if (offset % kPageSize != 0) {
    return BlockError(name, absl::StrCat("file offset ", offset, "; a multiple of ", kPageSize, " is needed"));
  }
  absl::Status holds = CheckFileHolds(name, fd.get(), offset, size);
  if (!holds.ok()) return holds;
  const int flags = (sharing == Sharing::kShared ? MAP_SHARED : MAP_PRIVATE) | MAP_NORESERVE;
  void* host = mmap(nullptr, *mapped, PROT_READ | PROT_WRITE, flags, fd.get(), static_cast<off_t>(offset));
  if (host == MAP_FAILED) return BlockErrno(name, absl::StrCat("cannot map ", size, " bytes of its file"));
  return Ptr(new RamBlock(name, static_cast<uint8_t*>(host), size, *mapped, fd.release()));
}

absl::StatusOr<RamBlock::Ptr> RamBlock::HostPointer(absl::string_view name, void* host, uint64_t size) {
  if (host == nullptr) return BlockError(name, "host pointer is null; memory of the caller is needed");
  absl::StatusOr<uint64_t> fits = MappableSize(name, size);
  if (!fits.ok()) return fits.status();
  return Ptr(new RamBlock(name, static_cast<uint8_t*>(host), size, 0, -1));
}

// Not by MADV_HUGEPAGE, which would make several mappings of one. A refusal changes nothing; Linux before 6.1 always
// does, and later ones where nothing of a huge page is there yet.
void RamBlock::MakeHugePages(uint64_t offset, uint64_t length) {
  if (mapped_ == 0 || fd_ >= 0) return;
  uint8_t* const begin = host_ + offset;
  const uint64_t before = -reinterpret_cast<uint64_t>(begin) % kHugePage;
  for (uint64_t at = before; at < length && length - at >= kHugePage; at += kHugePage) {
    volatile uint8_t* const byte = begin + at;
    *byte = *byte;
    if (madvise(begin + at, kHugePage, MADV_COLLAPSE) != 0) return;
  }
}

void RamBlock::EnableDirty(unsigned client) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (dirty_[client] == nullptr) {
    dirty_[client] = std::make_unique<PageBits>(size_);
  } else if (!dirty_enabled(client)) {
    dirty_[client]->Clear(0, size_);
  }
  dirty_clients_.fetch_or(1u << client, std::memory_order_release);
}

void RamBlock::DisableDirty(unsigned client) {
  // The bits stay: another thread may just be setting one.
  dirty_clients_.fetch_and(~(1u << client), std::memory_order_release);
}

void RamBlock::MarkDirty(uint64_t offset, uint64_t length) {
  const uint32_t clients = dirty_clients();
  for (unsigned client = 0; clients >> client != 0; ++client) {
    if ((clients >> client) & 1) dirty_[client]->Set(offset, length);
  }
}

bool RamBlock::IsDirty(unsigned client, uint64_t offset, uint64_t length) const {
  return dirty_enabled(client) && dirty_[client]->Any(offset, length);
}

PageBitmap RamBlock::TakeDirty(unsigned client, uint64_t offset, uint64_t length) {
  if (!dirty_enabled(client)) return {};
  return dirty_[client]->Take(offset, length);
}

void RamBlock::Watch(uint64_t offset, uint64_t length) { watched_.Set(offset, length); }

void RamBlock::Unwatch(uint64_t offset, uint64_t length) { watched_.Clear(offset, length); }

void RamBlock::AddWriteObserver(WriteObserver* observer) {
  std::lock_guard<std::mutex> lock(mutex_);
  observers_.push_back(observer);
  has_observers_.store(true, std::memory_order_release);
}

void RamBlock::RemoveWriteObserver(WriteObserver* observer) {
  std::lock_guard<std::mutex> lock(mutex_);
  observers_.erase(std::remove(observers_.begin(), observers_.end(), observer), observers_.end());
  has_observers_.store(!observers_.empty(), std::memory_order_release);
}

void RamBlock::NotifyObservers(uint64_t offset, uint64_t length) {
  if (!IsWatched(offset, length)) return;
  std::vector<WriteObserver*> observers;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    observers = observers_;
  }
  for (WriteObserver* observer : observers) observer->OnWatchedWrite(*this, offset, length);
}

}  // namespace emu::memory
