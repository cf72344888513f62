#include "loaders/memory_image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "loaders/elf.h"

namespace emu::loaders {
namespace {

using memory::MemStatus;
using memory::Range;

absl::Status Bad(absl::string_view name, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("\"", name, "\": ", why));
}

}  // namespace

absl::StatusOr<MemoryImage> MemoryImage::Load(const std::string& path, std::optional<uint64_t> base, Format format) {
  absl::StatusOr<Bytes> file = MapFile(path);
  if (!file.ok()) return file.status();
  return Parse(*std::move(file), path, base, format);
}

absl::StatusOr<MemoryImage> MemoryImage::Parse(Bytes file, absl::string_view name, std::optional<uint64_t> base,
                                               Format format) {
  if (format == Format::kByLooks && IsElf(file)) {
    if (!base.has_value()) return FromElf(std::move(file), name);
    return Bad(name,
               "an ELF file says itself where it lies, so there can be no base; raw bytes that only look like one "
               "must be called raw");
  }
  const std::optional<Range> range = Range::At(base.value_or(0), file.size());
  if (!range.has_value()) return Bad(name, "the file is empty");
  MemoryImage image;
  image.parts_.push_back({*range, std::move(file)});
  return image;
}

absl::StatusOr<MemoryImage> MemoryImage::FromElf(Bytes file, absl::string_view name) {
  const absl::StatusOr<ElfFile> elf = ElfFile::Parse(std::move(file), name, ElfUse::kLook);
  if (!elf.ok()) return elf.status();
  MemoryImage image;
  for (const ElfSegment& s : elf->segments()) {
    const std::optional<Range> range = Range::At(s.physical, elf->is_core() ? s.data.size() : s.memory_size);
    if (range.has_value()) image.parts_.push_back({*range, s.data});
  }
  if (absl::Status status = image.Arrange(name); !status.ok()) return status;
  return image;
}

absl::Status MemoryImage::Arrange(absl::string_view name) {
  if (parts_.empty()) return Bad(name, "the core holds no memory");
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.gpa.first < b.gpa.first; });
  for (size_t i = 1; i < parts_.size(); ++i) {
    if (parts_[i - 1].gpa.last < parts_[i].gpa.first) continue;
    return Bad(name, absl::StrFormat("two segments hold physical address 0x%x: a file of a machine's memory is wanted, "
                                     "not one of a process",
                                     parts_[i].gpa.first));
  }
  return absl::OkStatus();
}

const MemoryImage::Part* MemoryImage::Find(uint64_t at) const {
  const auto ends_before = [](const Part& part, uint64_t address) { return part.gpa.last < address; };
  const auto part = std::lower_bound(parts_.begin(), parts_.end(), at, ends_before);
  return part != parts_.end() && part->gpa.Contains(at) ? &*part : nullptr;
}

memory::MemValue MemoryImage::Read(memory::Gpa at, unsigned size, memory::Endian order) const {
  const Part* const part = Find(at.value);
  if (part == nullptr || part->gpa.last - at.value < size - 1) return {MemStatus::kDecodeError, 0};
  const uint64_t offset = at.value - part->gpa.first;
  uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i) {
    const uint64_t byte = offset + (order == memory::Endian::kBig ? i : size - 1 - i);
    value = value << 8 | (byte < part->data.size() ? part->data.data()[byte] : 0);
  }
  return {MemStatus::kOk, value};
}

std::string MemoryImage::Extent() const {
  const auto range = [](std::string* out, const Part& part) {
    absl::StrAppendFormat(out, "0x%x-0x%x", part.gpa.first, part.gpa.last);
  };
  const size_t shown = std::min<size_t>(parts_.size(), 4);
  return absl::StrCat(absl::StrJoin(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(shown), ", ", range),
                      shown < parts_.size() ? ", ..." : "");
}

}  // namespace emu::loaders
