#include "debug/gdb/registers.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/gdb/hex.h"

namespace emu::debug::gdb {
namespace {

using translate::DebugRegister;

size_t BytesOf(const DebugRegister& r) { return (r.bits + 7) / 8; }

std::string Element(const DebugRegister& r) {
  return absl::StrFormat("    <reg name=\"%s\" bitsize=\"%d\" regnum=\"%d\" type=\"%s\" group=\"%s\"/>\n", r.name,
                         r.bits, r.number, r.type, r.group);
}

// In the order in which they first come.
std::vector<absl::string_view> Features(absl::Span<const DebugRegister> registers) {
  std::vector<absl::string_view> features;
  for (const DebugRegister& r : registers) {
    if (std::find(features.begin(), features.end(), r.feature) == features.end()) features.push_back(r.feature);
  }
  return features;
}

}  // namespace

Registers::Registers(translate::Inspector& inspector) : inspector_(inspector) {
  const auto all = inspector_.registers();
  for (size_t i = 0; i < all.size(); ++i) order_.push_back(i);
  std::sort(order_.begin(), order_.end(), [&](size_t a, size_t b) { return all[a].number < all[b].number; });
  const auto first_other = std::find_if(order_.begin(), order_.end(),
                                        [&](size_t i) { return all[i].group != "general" && all[i].group != "float"; });
  in_all_ = static_cast<size_t>(first_other - order_.begin());
}

std::string Registers::Description() const {
  std::string xml = absl::StrCat(
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
      "  <architecture>",
      inspector_.gdb_architecture(), "</architecture>\n");
  for (absl::string_view feature : Features(inspector_.registers())) {
    absl::StrAppend(&xml, "  <feature name=\"", feature, "\">\n");
    for (const DebugRegister& r : inspector_.registers()) {
      if (r.feature == feature) absl::StrAppend(&xml, Element(r));
    }
    absl::StrAppend(&xml, "  </feature>\n");
  }
  return absl::StrCat(xml, "</target>\n");
}

std::string Registers::ReadAt(size_t index) const {
  const size_t size = BytesOf(inspector_.registers()[index]);
  absl::uint128 value = inspector_.Read(index);
  std::vector<uint8_t> bytes(size);
  for (uint8_t& b : bytes) {
    b = static_cast<uint8_t>(absl::Uint128Low64(value));
    value >>= 8;
  }
  if (inspector_.big_endian()) std::reverse(bytes.begin(), bytes.end());
  return BytesToHex(bytes);
}

absl::Status Registers::WriteAt(size_t index, absl::Span<const uint8_t> bytes) {
  std::vector<uint8_t> ordered(bytes.begin(), bytes.end());
  if (!inspector_.big_endian()) std::reverse(ordered.begin(), ordered.end());
  absl::uint128 value = 0;
  for (uint8_t b : ordered) value = value << 8 | b;
  return inspector_.Write(index, value);
}

std::string Registers::ReadAll() const {
  std::string all;
  for (size_t i = 0; i < in_all_; ++i) all += ReadAt(order_[i]);
  return all;
}

absl::Status Registers::WriteAll(absl::Span<const uint8_t> bytes) {
  for (size_t i = 0; i < in_all_ && !bytes.empty(); ++i) {
    const DebugRegister& r = inspector_.registers()[order_[i]];
    const size_t size = BytesOf(r);
    if (bytes.size() < size) return absl::InvalidArgumentError(absl::StrCat("register ", r.name, " is cut short"));
    if (r.writable) {
      if (absl::Status status = WriteAt(order_[i], bytes.first(size)); !status.ok()) return status;
    }
    bytes.remove_prefix(size);
  }
  return bytes.empty() ? absl::OkStatus() : absl::InvalidArgumentError("more bytes than the registers have");
}

std::optional<size_t> Registers::IndexOf(uint64_t number) const {
  const auto all = inspector_.registers();
  const auto at =
      std::lower_bound(order_.begin(), order_.end(), number, [&](size_t i, uint64_t n) { return all[i].number < n; });
  if (at == order_.end() || all[*at].number != number) return std::nullopt;
  return *at;
}

std::string Registers::Read(uint64_t number) const {
  const std::optional<size_t> index = IndexOf(number);
  return index.has_value() ? ReadAt(*index) : "";
}

absl::Status Registers::Write(uint64_t number, absl::Span<const uint8_t> bytes) {
  const std::optional<size_t> index = IndexOf(number);
  if (!index.has_value()) return absl::NotFoundError(absl::StrCat("there is no register ", number));
  const DebugRegister& r = inspector_.registers()[*index];
  if (bytes.size() == BytesOf(r)) return WriteAt(*index, bytes);
  return absl::InvalidArgumentError(
      absl::StrCat("register ", r.name, " has ", BytesOf(r), " bytes, given were ", bytes.size()));
}

absl::Status Registers::SetPc(uint64_t pc) {
  const auto all = inspector_.registers();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].type == "code_ptr" && all[i].name == "pc") return inspector_.Write(i, pc);
  }
  return absl::NotFoundError("this CPU has no register pc");
}

}  // namespace emu::debug::gdb
