#include "devices/fdt_builder.h"

#include <libfdt.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace emu::devices {
namespace {

constexpr size_t kFirstSize = 16 << 10;
constexpr size_t kLargest = 16 << 20;

void AppendBigEndian(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

}  // namespace

FdtBuilder::FdtBuilder() : buffer_(kFirstSize) {
  Do("create", [&] { return fdt_create(buffer_.data(), static_cast<int>(buffer_.size())); });
  Do("finish_reservemap", [&] { return fdt_finish_reservemap(buffer_.data()); });
}

template <typename Step>
void FdtBuilder::Do(absl::string_view what, Step step) {
  if (!status_.ok()) return;
  int result = step();
  while (result == -FDT_ERR_NOSPACE && buffer_.size() < kLargest) {
    std::vector<uint8_t> larger(buffer_.size() * 2);
    result = fdt_resize(buffer_.data(), larger.data(), static_cast<int>(larger.size()));
    if (result != 0) break;
    buffer_.swap(larger);
    result = step();
  }
  if (result < 0) {
    status_ = absl::InternalError(absl::StrCat("device tree: ", what, ": ", fdt_strerror(result)));
  }
}

void FdtBuilder::BeginNode(absl::string_view name) {
  const std::string text(name);
  ++depth_;
  Do(text, [&] { return fdt_begin_node(buffer_.data(), text.c_str()); });
}

void FdtBuilder::BeginNode(absl::string_view name, uint64_t unit_address) {
  BeginNode(absl::StrCat(name, "@", absl::Hex(unit_address)));
}

void FdtBuilder::EndNode() {
  --depth_;
  Do("end of node", [&] { return fdt_end_node(buffer_.data()); });
}

void FdtBuilder::Bytes(absl::string_view name, absl::Span<const uint8_t> bytes) {
  const std::string text(name);
  const int size = static_cast<int>(bytes.size());
  Do(text, [&] { return fdt_property(buffer_.data(), text.c_str(), bytes.data(), size); });
}

void FdtBuilder::U64(absl::string_view name, uint64_t value) {
  Cells(name, {static_cast<uint32_t>(value >> 32), static_cast<uint32_t>(value)});
}

void FdtBuilder::String(absl::string_view name, absl::string_view value) { StringList(name, {value}); }

void FdtBuilder::StringList(absl::string_view name, std::initializer_list<absl::string_view> values) {
  std::vector<uint8_t> bytes;
  for (absl::string_view value : values) {
    bytes.insert(bytes.end(), value.begin(), value.end());
    bytes.push_back(0);
  }
  Bytes(name, bytes);
}

void FdtBuilder::Cells(absl::string_view name, absl::Span<const uint32_t> cells) {
  std::vector<uint8_t> bytes;
  for (uint32_t cell : cells) AppendBigEndian(bytes, cell);
  Bytes(name, bytes);
}

void FdtBuilder::Reg(uint64_t base, uint64_t size) {
  Cells("reg", {static_cast<uint32_t>(base >> 32), static_cast<uint32_t>(base), static_cast<uint32_t>(size >> 32),
                static_cast<uint32_t>(size)});
}

void FdtBuilder::Interrupt(const FdtPlace& place) {
  if (place.interrupt_parent == 0) return;
  U32("interrupts", place.interrupt);
  U32("interrupt-parent", place.interrupt_parent);
}

absl::StatusOr<std::vector<uint8_t>> FdtBuilder::Finish() {
  if (status_.ok() && depth_ != 0) status_ = absl::InternalError("device tree: nodes begun and ended do not match");
  Do("finish", [&] { return fdt_finish(buffer_.data()); });
  if (!status_.ok()) return status_;
  buffer_.resize(fdt_totalsize(buffer_.data()));
  return buffer_;
}

}  // namespace emu::devices
