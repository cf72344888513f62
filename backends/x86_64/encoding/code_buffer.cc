#include "backends/x86_64/encoding/code_buffer.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

// Not in every C library's headers; Linux ignores it before 4.17, where the hint alone may still do.
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

namespace emu::backends::x86_64 {
namespace {

constexpr size_t kPage = 4096, kHugePage = size_t{2} << 20;
constexpr uint64_t kReach = uint64_t{1} << 31;
// Room kept between the buffer and `near`, for what else lies around it.
constexpr uint64_t kStep = uint64_t{16} << 20;

absl::Status OsError(absl::string_view what, size_t size) {
  int error = errno;
  return absl::ResourceExhaustedError(
      absl::StrCat("code buffer of ", size, " bytes: ", what, ": ", strerror(error), "; a smaller size may do"));
}

// Room for a view at a multiple of kHugePage, so that the host may use huge pages for it: code that runs all over
// megabytes misses less in the host's TLB then, and costs fewer faults to write. Null if there is none.
uint8_t* ReserveAligned(size_t size) {
  void* room = mmap(nullptr, size + kHugePage, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return nullptr;
  uint8_t* const begin = static_cast<uint8_t*>(room);
  const size_t before = -reinterpret_cast<uint64_t>(begin) % kHugePage;
  if (before != 0) munmap(begin, before);
  munmap(begin + before + size, kHugePage - before);
  return begin + before;
}

// Only advice: a refusal changes nothing.
void AskForHugePages(uint8_t* view, size_t size) {
  if (size >= kHugePage) madvise(view, size, MADV_HUGEPAGE);
}

uint8_t* MapWritable(size_t size) {
  uint8_t* const room = ReserveAligned(size);
  const int flags = MAP_SHARED | MAP_ANONYMOUS | (room != nullptr ? MAP_FIXED : 0);
  void* const view = mmap(room, size, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (view == MAP_FAILED) return nullptr;
  AskForHugePages(static_cast<uint8_t*>(view), size);
  return static_cast<uint8_t*>(view);
}

// A second view of the shared pages at `rw`, to be run; `address`: where nothing is but a reservation of ours, or null.
uint8_t* MapExecutable(uint8_t* rw, size_t size, uint8_t* address) {
  const int flags = MREMAP_MAYMOVE | (address != nullptr ? MREMAP_FIXED : 0);
  void* const view = mremap(rw, /*old_size=*/0, size, flags, address);  // 0: the old mapping stays
  if (view == MAP_FAILED) return nullptr;
  AskForHugePages(static_cast<uint8_t*>(view), size);
  if (mprotect(view, size, PROT_READ | PROT_EXEC) == 0) return static_cast<uint8_t*>(view);
  munmap(view, size);
  return nullptr;
}

// Whether exactly this part of the address space was free and is ours now.
bool Reserve(uint8_t* address, size_t size) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
  void* const p = mmap(address, size, PROT_NONE, flags, -1, 0);
  if (p == address) return true;
  if (p != MAP_FAILED) munmap(p, size);
  return false;
}

// Tries places below `near`, nearest first: above a program its heap wants to grow.
uint8_t* MapExecutableNear(uint8_t* rw, size_t size, uint8_t* near) {
  uint64_t number = reinterpret_cast<uint64_t>(near);
  // Whole pages, as mmap wants.
  for (uint64_t below = number % kPage + size + kStep; below + kStep < kReach && below < number; below += kStep) {
    uint8_t* const address = near - below;
    if (!Reserve(address, size)) continue;
    if (uint8_t* const p = MapExecutable(rw, size, address)) return p;
    munmap(address, size);
  }
  return nullptr;
}

uint8_t* MapView(uint8_t* rw, size_t size, const void* near) {
  if (near != nullptr) {
    uint8_t* p = MapExecutableNear(rw, size, static_cast<uint8_t*>(const_cast<void*>(near)));
    if (p != nullptr) return p;
  }
  return MapExecutable(rw, size, ReserveAligned(size));
}

}  // namespace

absl::StatusOr<CodeBuffer> CodeBuffer::Create(size_t size, const void* near) {
  // Branches inside the buffer must reach from end to end.
  if (size == 0 || size >= kReach) {
    return absl::InvalidArgumentError(absl::StrCat("code buffer size ", size, ": must be 1 to ", kReach - 1));
  }
  size = (size + kPage - 1) / kPage * kPage;
  CodeBuffer buffer(nullptr, nullptr, size);
  buffer.rw_ = MapWritable(size);
  if (buffer.rw_ == nullptr) return OsError("mmap", size);
  buffer.rx_ = MapView(buffer.rw_, size, near);
  if (buffer.rx_ == nullptr) return OsError("mremap", size);
  return buffer;
}

CodeBuffer::CodeBuffer(CodeBuffer&& other) noexcept { *this = std::move(other); }

CodeBuffer& CodeBuffer::operator=(CodeBuffer&& other) noexcept {
  std::swap(rw_, other.rw_);
  std::swap(rx_, other.rx_);
  std::swap(size_, other.size_);
  std::swap(populated_, other.populated_);
  return *this;
}

CodeBuffer::~CodeBuffer() {
  if (rw_ != nullptr) munmap(rw_, size_);
  if (rx_ != nullptr) munmap(rx_, size_);
}

// Only advice: Linux has this since 5.14.
void CodeBuffer::Populate(const uint8_t* rw) {
  constexpr size_t kPiece = size_t{256} << 10;
  size_t first = populated_ == nullptr ? 0 : static_cast<size_t>(populated_ - rw_);
  first = std::max(first, static_cast<size_t>(rw - rw_) / kPage * kPage);
  const size_t bytes = std::min(kPiece, size_ - first);
  populated_ = bytes < kPiece ? rw_ + size_ + kAhead : rw_ + first + bytes;
  if (bytes == 0) return;
  madvise(rw_ + first, bytes, MADV_POPULATE_WRITE);
  madvise(rx_ + first, bytes, MADV_POPULATE_READ);
}

bool CodeBuffer::Reaches(const void* target) const {
  int64_t from_start = static_cast<int64_t>(reinterpret_cast<uint64_t>(target) - reinterpret_cast<uint64_t>(rx_));
  int64_t from_end = from_start - static_cast<int64_t>(size_);
  return from_start == static_cast<int32_t>(from_start) && from_end == static_cast<int32_t>(from_end);
}

}  // namespace emu::backends::x86_64
