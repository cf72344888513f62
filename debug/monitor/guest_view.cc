#include "debug/monitor/guest_view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_format.h"
#include "memory/address_space.h"
#include "mmu/address_space_words.h"
#include "mmu/soft_tlb.h"

namespace emu::debug {
namespace {

using memory::Gpa;
using memory::Gva;

const char* ReasonOf(const mmu::Translation& t) { return t.log.steps.empty() ? "" : t.log.steps.back().text; }

}  // namespace

mmu::Translation GuestView::Walk(Gva gva, translate::Access access, bool debugger) const {
  const translate::Inspector& inspector = machine_.inspector();
  const std::unique_ptr<mmu::PageTableWalker> walker = debugger ? inspector.DebuggerWalker() : inspector.Walker(access);
  const auto kind = static_cast<mmu::AccessKind>(access);
  if (walker == nullptr) {
    mmu::Translation same;
    same.gva = gva;
    same.kind = kind;
    same.gpa = Gpa(gva.value);
    return same;
  }
  mmu::AddressSpaceWords words(space());
  return walker->Walk(gva, kind, words);
}

absl::StatusOr<Gpa> GuestView::Translate(Gva gva) const {
  const mmu::Translation t = Walk(gva, translate::Access::kRead, /*debugger=*/true);
  if (t.ok()) return t.gpa;
  return absl::NotFoundError(absl::StrFormat("gva 0x%x is not mapped: %s: %s", gva.value, t.fault, ReasonOf(t)));
}

absl::Status GuestView::Read(Gva gva, absl::Span<uint8_t> bytes) const {
  while (!bytes.empty()) {
    const absl::StatusOr<Gpa> gpa = Translate(gva);
    if (!gpa.ok()) return gpa.status();
    const size_t part = std::min<uint64_t>(bytes.size(), mmu::kPageSize - gva.value % mmu::kPageSize);
    if (absl::Status status = ReadPhysical(*gpa, bytes.first(part)); !status.ok()) return status;
    gva = gva + part;
    bytes.remove_prefix(part);
  }
  return absl::OkStatus();
}

absl::Status GuestView::ReadPhysical(Gpa gpa, absl::Span<uint8_t> bytes) const {
  switch (space().Read(gpa, bytes, {.debug = true})) {
    case memory::MemStatus::kOk:
      return absl::OkStatus();
    case memory::MemStatus::kDecodeError:
      return absl::NotFoundError(
          absl::StrFormat("no memory is mapped in all of the %d bytes at gpa 0x%x", bytes.size(), gpa.value));
    default:
      return absl::NotFoundError(
          absl::StrFormat("a device refuses to be read in the %d bytes at gpa 0x%x", bytes.size(), gpa.value));
  }
}

absl::StatusOr<HostPlace> GuestView::Host(Gpa gpa) const {
  const memory::FlatRange* range = space().Find(gpa);
  if (range == nullptr) return absl::NotFoundError(absl::StrFormat("No memory is mapped at address 0x%x", gpa.value));
  if (range->host == nullptr) {
    return absl::NotFoundError(
        absl::StrFormat("Memory at address 0x%x is not RAM but %s", gpa.value, range->region->name()));
  }
  return HostPlace{range, range->HostAt(gpa)};
}

absl::StatusOr<uint64_t> GuestView::HostPhysical(const uint8_t* host) {
  constexpr uint64_t kPresent = uint64_t{1} << 63, kFrame = (uint64_t{1} << 55) - 1;
  const auto address = reinterpret_cast<uint64_t>(host);
  const uint64_t page = static_cast<uint64_t>(getpagesize());
  uint64_t entry = 0;
  const int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  const ssize_t got = fd < 0 ? -1 : pread(fd, &entry, sizeof entry, static_cast<off_t>(address / page * sizeof entry));
  const int error = errno;
  if (fd >= 0) close(fd);
  if (got != sizeof entry) {
    return absl::UnavailableError(absl::StrFormat("/proc/self/pagemap: %s", got < 0 ? strerror(error) : "too short"));
  }
  if ((entry & kPresent) == 0) {
    return absl::NotFoundError(absl::StrFormat("the page of host address %p is not in the host's memory now", host));
  }
  // Readers without CAP_SYS_ADMIN see zeros.
  if ((entry & kFrame) == 0) {
    return absl::PermissionDeniedError("the host's kernel tells frame numbers only to who has CAP_SYS_ADMIN");
  }
  return (entry & kFrame) * page + address % page;
}

}  // namespace emu::debug
