#include "backends/x86_64/encoding/code_buffer.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

// Not in every C library's headers; Linux ignores it before 4.17, where the hint alone may still do.
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

namespace emu::backends::x86_64 {
namespace {

constexpr size_t kPage = 4096;
constexpr uint64_t kReach = uint64_t{1} << 31;
// Room kept between the buffer and `near`, for what else lies around it.
constexpr uint64_t kStep = uint64_t{16} << 20;

absl::Status OsError(absl::string_view what, size_t size) {
  int error = errno;
  return absl::ResourceExhaustedError(
      absl::StrCat("code buffer of ", size, " bytes: ", what, ": ", strerror(error), "; a smaller size may do"));
}

uint8_t* MapExecutable(int fd, size_t size, void* address, int flags) {
  void* p = mmap(address, size, PROT_READ | PROT_EXEC, MAP_SHARED | flags, fd, 0);
  return p == MAP_FAILED ? nullptr : static_cast<uint8_t*>(p);
}

// Tries places below `near`, nearest first: above a program its heap wants to grow.
uint8_t* MapExecutableNear(int fd, size_t size, uint8_t* near) {
  uint64_t number = reinterpret_cast<uint64_t>(near);
  // Whole pages, as mmap wants.
  for (uint64_t below = number % kPage + size + kStep; below + kStep < kReach && below < number; below += kStep) {
    uint8_t* address = near - below;
    uint8_t* p = MapExecutable(fd, size, address, MAP_FIXED_NOREPLACE);
    if (p == address) return p;
    if (p != nullptr) munmap(p, size);
  }
  return nullptr;
}

uint8_t* MapView(int fd, size_t size, const void* near) {
  if (near != nullptr) {
    uint8_t* p = MapExecutableNear(fd, size, static_cast<uint8_t*>(const_cast<void*>(near)));
    if (p != nullptr) return p;
  }
  return MapExecutable(fd, size, nullptr, 0);
}

}  // namespace

absl::StatusOr<CodeBuffer> CodeBuffer::Create(size_t size, const void* near) {
  // Branches inside the buffer must reach from end to end.
  if (size == 0 || size >= kReach) {
    return absl::InvalidArgumentError(absl::StrCat("code buffer size ", size, ": must be 1 to ", kReach - 1));
  }
  size = (size + kPage - 1) / kPage * kPage;
  int fd = memfd_create("emu-code", MFD_CLOEXEC);
  if (fd < 0) return OsError("memfd_create", size);
  CodeBuffer buffer(nullptr, nullptr, size);
  absl::Status status = absl::OkStatus();
  if (ftruncate(fd, static_cast<off_t>(size)) != 0) {
    status = OsError("ftruncate", size);
  } else {
    void* rw = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (rw != MAP_FAILED) buffer.rw_ = static_cast<uint8_t*>(rw);
    buffer.rx_ = MapView(fd, size, near);
    if (buffer.rw_ == nullptr || buffer.rx_ == nullptr) status = OsError("mmap", size);
  }
  close(fd);
  if (!status.ok()) return status;
  return buffer;
}

CodeBuffer::CodeBuffer(CodeBuffer&& other) noexcept { *this = std::move(other); }

CodeBuffer& CodeBuffer::operator=(CodeBuffer&& other) noexcept {
  std::swap(rw_, other.rw_);
  std::swap(rx_, other.rx_);
  std::swap(size_, other.size_);
  return *this;
}

CodeBuffer::~CodeBuffer() {
  if (rw_ != nullptr) munmap(rw_, size_);
  if (rx_ != nullptr) munmap(rx_, size_);
}

bool CodeBuffer::Reaches(const void* target) const {
  int64_t from_start = static_cast<int64_t>(reinterpret_cast<uint64_t>(target) - reinterpret_cast<uint64_t>(rx_));
  int64_t from_end = from_start - static_cast<int64_t>(size_);
  return from_start == static_cast<int32_t>(from_start) && from_end == static_cast<int32_t>(from_end);
}

}  // namespace emu::backends::x86_64
