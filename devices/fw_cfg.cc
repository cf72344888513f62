#include "devices/fw_cfg.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace emu::devices {
namespace {

using memory::Endian;
using memory::Gpa;
using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

// Specification, "Selector (Control) Register" and "Firmware Configuration Items".
constexpr uint16_t kSignatureKey = 0x0000;
constexpr uint16_t kInterfaceKey = 0x0001;
constexpr uint16_t kDirectoryKey = 0x0019;
constexpr uint16_t kFirstFileKey = 0x0020;
constexpr uint16_t kLastFileKey = 0x3fff;
constexpr uint8_t kTraditional = 1, kDma = 2;
constexpr size_t kNameSize = 56;
// "Guest-side DMA Interface".
enum DmaControl : uint32_t { kError = 1, kRead = 2, kSkip = 4, kSelect = 8, kWrite = 16 };
constexpr uint64_t kDmaSignature = 0x51454d5520434647;  // "QEMU CFG"
constexpr MemAttrs kBusMaster = {0, false, true, false};

void AppendBigEndian(std::vector<uint8_t>& out, uint32_t value, unsigned bytes) {
  for (unsigned i = bytes; i-- > 0;) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

}  // namespace

FwCfg::FwCfg(memory::AddressSpace& memory) : memory_(memory) {
  AddItem(kSignatureKey, {'Q', 'E', 'M', 'U'});
  AddItem(kInterfaceKey, {kTraditional | kDma, 0, 0, 0});
  RebuildDirectory();
}

absl::Status FwCfg::AddFile(absl::string_view name, std::vector<uint8_t> data) {
  if (name.empty() || name.size() >= kNameSize) {
    return absl::InvalidArgumentError(
        absl::StrCat("fw_cfg file name \"", name, "\": expected 1 to ", kNameSize - 1, " bytes"));
  }
  if (std::any_of(files_.begin(), files_.end(), [&](const File& file) { return file.name == name; })) {
    return absl::AlreadyExistsError(absl::StrCat("fw_cfg file \"", name, "\" is there already"));
  }
  const size_t key = kFirstFileKey + files_.size();
  if (key > kLastFileKey) return absl::ResourceExhaustedError("fw_cfg: too many files");
  files_.push_back({std::string(name), static_cast<uint16_t>(key)});
  AddItem(static_cast<uint16_t>(key), std::move(data));
  RebuildDirectory();
  return absl::OkStatus();
}

// Count, then for each file its size, key, two reserved bytes and name, sorted by name.
void FwCfg::RebuildDirectory() {
  std::vector<File> sorted = files_;
  std::sort(sorted.begin(), sorted.end(), [](const File& a, const File& b) { return a.name < b.name; });
  std::vector<uint8_t> directory;
  AppendBigEndian(directory, static_cast<uint32_t>(sorted.size()), 4);
  for (const File& file : sorted) {
    AppendBigEndian(directory, static_cast<uint32_t>(items_[file.key].size()), 4);
    AppendBigEndian(directory, file.key, 2);
    AppendBigEndian(directory, 0, 2);
    directory.insert(directory.end(), file.name.begin(), file.name.end());
    directory.resize(directory.size() + kNameSize - file.name.size());
  }
  AddItem(kDirectoryKey, std::move(directory));
}

const std::vector<uint8_t>& FwCfg::current() const {
  static const std::vector<uint8_t>* const kNothing = new std::vector<uint8_t>;
  auto it = items_.find(key_);
  return it == items_.end() ? *kNothing : it->second;
}

void FwCfg::Reset() {
  Select(kSignatureKey);
  dma_high_ = 0;
}

void FwCfg::Select(uint16_t key) {
  key_ = key;
  offset_ = 0;
}

MemValue FwCfg::Register::Read(RegionOffset offset, unsigned size, MemAttrs attrs) {
  return {MemStatus::kOk, (owner_->*read_)(offset.value, size, attrs.debug)};
}

MemStatus FwCfg::Register::Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs) {
  (owner_->*write_)(offset.value, size, value);
  return MemStatus::kOk;
}

// The next bytes in their order; zeros after the end.
uint64_t FwCfg::ReadData(uint64_t, unsigned size, bool debug) {
  const std::vector<uint8_t>& item = current();
  uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i) value = value << 8 | (offset_ + i < item.size() ? item[offset_ + i] : 0);
  if (!debug) offset_ = std::min<uint64_t>(offset_ + size, item.size());
  return value;
}

void FwCfg::WriteSelector(uint64_t, unsigned, uint64_t value) { Select(static_cast<uint16_t>(value)); }

uint64_t FwCfg::ReadDma(uint64_t offset, unsigned size, bool) {
  if (size == 8) return kDmaSignature;
  return offset == 0 ? kDmaSignature >> 32 : kDmaSignature & 0xffffffff;
}

void FwCfg::WriteDma(uint64_t offset, unsigned size, uint64_t value) {
  if (busy_) return;  // the guest has aimed a transfer at this register
  if (size == 4 && offset == 0) {
    dma_high_ = value << 32;
    return;
  }
  busy_ = true;
  RunDma(size == 8 ? value : dma_high_ | (value & 0xffffffff));
  busy_ = false;
  dma_high_ = 0;
}

// At `at`, big-endian: control, length, address. Control is cleared when done; only the error bit may be left.
void FwCfg::RunDma(uint64_t at) {
  const auto field = [&](uint64_t offset, unsigned size) {
    return memory_.Load(Gpa(at + offset), size, kBusMaster, Endian::kBig).value;
  };
  const auto control = static_cast<uint32_t>(field(0, 4));
  const auto length = static_cast<uint32_t>(field(4, 4));
  const uint64_t address = field(8, 8);
  if (control & kSelect) Select(static_cast<uint16_t>(control >> 16));
  bool good = true;
  if (control & kRead) {
    good = TransferDma(address, length);
  } else if (control & kWrite) {
    good = false;  // no item can be written
  } else if (control & kSkip) {
    offset_ = std::min<uint64_t>(offset_ + length, current().size());
  }
  memory_.Store(Gpa(at), 4, good ? 0u : uint32_t{kError}, kBusMaster, Endian::kBig);
}

bool FwCfg::TransferDma(uint64_t to, uint32_t length) {
  const std::vector<uint8_t>& item = current();
  const uint64_t from_item = std::min<uint64_t>(length, item.size() - std::min<uint64_t>(offset_, item.size()));
  const auto bytes = absl::MakeConstSpan(item.data() + offset_, from_item);
  offset_ += from_item;
  if (memory_.Write(Gpa(to), bytes, kBusMaster) != MemStatus::kOk) return false;
  static constexpr std::array<uint8_t, 4096> kZeros = {};
  for (uint64_t at = from_item; at < length; at += kZeros.size()) {
    const size_t count = std::min<uint64_t>(kZeros.size(), length - at);
    const auto zeros = absl::MakeConstSpan(kZeros).subspan(0, count);
    if (memory_.Write(Gpa(to + at), zeros, kBusMaster) != MemStatus::kOk) return false;
  }
  return true;
}

void FwCfg::AddFdtNode(FdtBuilder& fdt, uint64_t base) {
  fdt.BeginNode("fw-cfg", base);
  fdt.Empty("dma-coherent");
  fdt.Reg(base, kSize);
  fdt.String("compatible", "qemu,fw-cfg-mmio");
  fdt.EndNode();
}

}  // namespace emu::devices
