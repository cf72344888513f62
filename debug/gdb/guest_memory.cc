#include "debug/gdb/guest_memory.h"

#include <algorithm>

#include "mmu/address_space_words.h"

namespace emu::debug::gdb {
namespace {

using memory::FlatRange;
using memory::Gpa;
using memory::MemStatus;

constexpr uint64_t kPageSize = 4096;  // no architecture has smaller ones

}  // namespace

std::optional<Gpa> GuestMemory::Translate(const mmu::PageTableWalker* walker, uint64_t address) {
  if (walker == nullptr) return Gpa(address);
  mmu::AddressSpaceWords words(space_);
  const mmu::Translation t = walker->Walk(memory::Gva(address), mmu::AccessKind::kRead, words);
  if (!t.ok()) return std::nullopt;
  return t.gpa;
}

std::optional<Gpa> GuestMemory::Physical(uint64_t gva) { return Translate(inspector_.DebuggerWalker().get(), gva); }

// In pieces that lie in one page and in one range. Ends at a piece that fails, and at the last address.
size_t GuestMemory::ForEachPart(uint64_t address, size_t length, Part part) {
  const std::unique_ptr<mmu::PageTableWalker> walker = physical_ ? nullptr : inspector_.DebuggerWalker();
  size_t done = 0;
  while (done < length && address + done >= address) {
    const std::optional<Gpa> gpa = Translate(walker.get(), address + done);
    if (!gpa.has_value()) break;
    const memory::AddressSpace::Pin pin(space_);
    const FlatRange* range = pin->Find(*gpa);
    if (range == nullptr) break;
    const uint64_t left = kPageSize - (address + done) % kPageSize;
    const size_t count = std::min<uint64_t>({length - done, left, range->LastFrom(*gpa) + 1});
    if (!part(*range, *gpa, done, count)) break;
    done += count;
  }
  return done;
}

size_t GuestMemory::Read(uint64_t address, absl::Span<uint8_t> bytes) {
  return ForEachPart(address, bytes.size(), [&](const FlatRange&, Gpa gpa, size_t from, size_t count) {
    return space_.Read(gpa, bytes.subspan(from, count), {.debug = true}) == MemStatus::kOk;
  });
}

size_t GuestMemory::Write(uint64_t address, absl::Span<const uint8_t> bytes) {
  return ForEachPart(address, bytes.size(), [&](const FlatRange& range, Gpa gpa, size_t from, size_t count) {
    const absl::Span<const uint8_t> piece = bytes.subspan(from, count);
    return (range.block != nullptr ? space_.WriteRom(gpa, piece) : space_.Write(gpa, piece)) == MemStatus::kOk;
  });
}

}  // namespace emu::debug::gdb
