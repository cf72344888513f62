#include "devices/virtio/mmio.h"

#include <utility>

namespace emu::devices::virtio {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

constexpr uint32_t kMagic = 0x74726976;   // "virt"
constexpr uint32_t kVendor = 0x554d4551;  // what drivers have always seen on this board

// Table 4.1 and, from section 4.2.4, the legacy registers.
enum Register : uint64_t {
  kMagicValue = 0x000,
  kVersion = 0x004,
  kDeviceId = 0x008,
  kVendorId = 0x00c,
  kDeviceFeatures = 0x010,
  kDeviceFeaturesSel = 0x014,
  kDriverFeatures = 0x020,
  kDriverFeaturesSel = 0x024,
  kGuestPageSize = 0x028,
  kQueueSel = 0x030,
  kQueueNumMax = 0x034,
  kQueueNum = 0x038,
  kQueueAlign = 0x03c,
  kQueuePfn = 0x040,
  kQueueReady = 0x044,
  kQueueNotify = 0x050,
  kInterruptStatus = 0x060,
  kInterruptAck = 0x064,
  kStatus = 0x070,
  kQueueDescLow = 0x080,
  kQueueDescHigh = 0x084,
  kQueueDriverLow = 0x090,
  kQueueDriverHigh = 0x094,
  kQueueDeviceLow = 0x0a0,
  kQueueDeviceHigh = 0x0a4,
  kShmLenLow = 0x0b0,
  kShmBaseHigh = 0x0bc,
  kConfigGeneration = 0x0fc,
  kConfig = 0x100,
};

// Section 2.1.
enum StatusBit : uint32_t { kDriverOk = 4, kFeaturesOk = 8, kNeedsReset = 64 };
// Section 4.2.2, InterruptStatus.
enum InterruptBit : uint32_t { kUsedRing = 1, kConfigChange = 2 };
// Section 6.
constexpr uint64_t kRingIndirect = uint64_t{1} << 28;
constexpr uint64_t kRingEventIndex = uint64_t{1} << 29;
constexpr uint64_t kVersion1 = uint64_t{1} << 32;

void SetLow(uint64_t& whole, uint32_t value) { whole = (whole & ~uint64_t{0xffffffff}) | value; }
void SetHigh(uint64_t& whole, uint32_t value) { whole = (whole & 0xffffffff) | uint64_t{value} << 32; }

}  // namespace

Mmio::Mmio(std::string name, memory::AddressSpace& memory, std::unique_ptr<Device> device, Version version)
    : irq_(std::move(name)), memory_(memory), device_(std::move(device)), version_(version) {
  if (device_ == nullptr) return;
  device_->Attach(this);
  for (unsigned i = 0; i < device_->queue_count(); ++i) queues_.emplace_back(memory_, device_->queue_size(i));
  setups_.resize(queues_.size());
  Reset();
}

void Mmio::Reset() {
  for (Virtqueue& queue : queues_) queue.Reset();
  for (size_t i = 0; i < setups_.size(); ++i) {
    setups_[i] = {};
    setups_[i].size = queues_[i].max_size();
  }
  driver_features_ = 0;
  device_features_select_ = driver_features_select_ = queue_select_ = page_size_ = 0;
  status_ = interrupt_status_ = 0;
  irq_.Lower();
  if (device_ != nullptr) device_->OnReset();
}

uint64_t Mmio::offered() const {
  const uint64_t common = kRingIndirect | kRingEventIndex | (legacy() ? 0 : kVersion1);
  const uint64_t all = device_->features() | common;
  return legacy() ? all & 0xffffffff : all;
}

bool Mmio::driver_ok() const { return (status_ & kDriverOk) != 0 && (status_ & kNeedsReset) == 0; }

void Mmio::Interrupt(uint32_t bits) {
  interrupt_status_ |= bits;
  irq_.Set(interrupt_status_ != 0);
}

void Mmio::Used(unsigned index) {
  if (queues_[index].TakeInterrupt()) Interrupt(kUsedRing);
  CheckBroken(index);
}

void Mmio::CheckBroken(unsigned index) {
  if (!queues_[index].broken() || (status_ & kNeedsReset)) return;
  const bool tell = (status_ & kDriverOk) != 0;
  status_ |= kNeedsReset;
  if (tell) Interrupt(kConfigChange);
}

void Mmio::ConfigChanged() {
  ++config_generation_;
  if (driver_ok()) Interrupt(kConfigChange);
}

MemValue Mmio::ReadConfig(uint64_t offset, unsigned size) const {
  uint64_t value = 0;
  for (unsigned i = size; i-- > 0;) value = value << 8 | device_->ReadConfig(offset + i);
  return {MemStatus::kOk, value};
}

MemValue Mmio::Read(RegionOffset at, unsigned size, MemAttrs) {
  if (device_ != nullptr && at.value >= kConfig) return ReadConfig(at.value - kConfig, size);
  // The registers below are 32 bits wide and nothing else (section 4.2.2.2).
  if (size != 4) return {};
  return {MemStatus::kOk, ReadRegister(at.value)};
}

uint32_t Mmio::ReadRegister(uint64_t offset) const {
  if (offset == kMagicValue) return kMagic;
  if (offset == kVersion) return static_cast<uint32_t>(version_);
  if (offset == kVendorId) return kVendor;
  if (device_ == nullptr) return 0;
  switch (offset) {
    case kDeviceId:
      return device_->id();
    case kDeviceFeatures:
      return device_features_select_ > 1 ? 0 : static_cast<uint32_t>(offered() >> (32 * device_features_select_));
    case kQueueNumMax:
      return selected() ? queues_[queue_select_].max_size() : 0;
    case kQueuePfn:
      return legacy() && selected() ? setups_[queue_select_].page_frame : 0;
    case kQueueReady:
      return !legacy() && selected() && queues_[queue_select_].ready();
    case kInterruptStatus:
      return interrupt_status_;
    case kStatus:
      return status_;
    case kConfigGeneration:
      return legacy() ? 0 : config_generation_;
    default:
      // No shared memory: its length and base are all ones (section 4.2.2).
      return offset >= kShmLenLow && offset <= kShmBaseHigh && !legacy() ? ~uint32_t{0} : 0;
  }
}

MemStatus Mmio::Write(RegionOffset at, unsigned size, uint64_t value, MemAttrs) {
  if (device_ == nullptr) return MemStatus::kOk;
  // The guest has pointed one of its own queues at these registers.
  if (busy_) return MemStatus::kDeviceError;
  busy_ = true;
  if (at.value >= kConfig) {
    device_->WriteConfig(at.value - kConfig, size, value);
  } else if (size == 4) {
    WriteRegister(at.value, static_cast<uint32_t>(value));
  }
  busy_ = false;
  return MemStatus::kOk;
}

void Mmio::WriteRegister(uint64_t offset, uint32_t value) {
  switch (offset) {
    case kDeviceFeaturesSel:
      device_features_select_ = value;
      break;
    case kDriverFeatures:
      WriteDriverFeatures(value);
      break;
    case kDriverFeaturesSel:
      driver_features_select_ = value;
      break;
    case kQueueSel:
      queue_select_ = value;
      break;
    case kQueueNum:
      if (selected()) setups_[queue_select_].size = value;
      break;
    case kQueueNotify:
      Notify(value);
      break;
    case kInterruptAck:
      interrupt_status_ &= ~value;
      irq_.Set(interrupt_status_ != 0);
      break;
    case kStatus:
      WriteStatus(value);
      break;
    default:
      legacy() ? WriteLegacyRegister(offset, value) : WriteModernRegister(offset, value);
  }
}

void Mmio::WriteLegacyRegister(uint64_t offset, uint32_t value) {
  if (offset == kGuestPageSize) page_size_ = value;
  if (offset == kQueueAlign && selected()) setups_[queue_select_].align = value;
  if (offset == kQueuePfn && selected()) SetPageFrame(value);
}

void Mmio::WriteModernRegister(uint64_t offset, uint32_t value) {
  if (!selected()) return;
  Setup& setup = setups_[queue_select_];
  switch (offset) {
    case kQueueReady:
      if (value & 1) {
        const uint16_t size = setup.size > Virtqueue::kMaxSize ? 0 : static_cast<uint16_t>(setup.size);
        EnableQueue({size, setup.descriptors, setup.available, setup.used});
      } else {
        queues_[queue_select_].Reset();
      }
      break;
    case kQueueDescLow:
      return SetLow(setup.descriptors, value);
    case kQueueDescHigh:
      return SetHigh(setup.descriptors, value);
    case kQueueDriverLow:
      return SetLow(setup.available, value);
    case kQueueDriverHigh:
      return SetHigh(setup.available, value);
    case kQueueDeviceLow:
      return SetLow(setup.used, value);
    case kQueueDeviceHigh:
      return SetHigh(setup.used, value);
    default:
      break;
  }
}

void Mmio::EnableQueue(const Virtqueue::Layout& layout) {
  queues_[queue_select_].Enable(layout, driver_features_ & kRingEventIndex, driver_features_ & kRingIndirect);
}

void Mmio::SetPageFrame(uint32_t value) {
  Setup& setup = setups_[queue_select_];
  setup.page_frame = value;
  if (value == 0) return queues_[queue_select_].Reset();
  const bool power_of_two = (setup.align & (setup.align - 1)) == 0;
  const uint16_t size = setup.size > Virtqueue::kMaxSize || !power_of_two ? 0 : static_cast<uint16_t>(setup.size);
  EnableQueue(Virtqueue::LegacyLayout(size, uint64_t{value} * page_size_, setup.align));
}

void Mmio::WriteDriverFeatures(uint32_t value) {
  if (status_ & kFeaturesOk) return;  // agreed on; not to be changed any more
  if (driver_features_select_ == 0) SetLow(driver_features_, value);
  if (driver_features_select_ == 1) SetHigh(driver_features_, value);
  if (legacy()) driver_features_ &= offered();
}

void Mmio::WriteStatus(uint32_t value) {
  if (value == 0) return Reset();
  const bool unacceptable = (driver_features_ & ~offered()) != 0 || !(driver_features_ & kVersion1);
  if (!legacy() && unacceptable) value &= ~kFeaturesOk;
  const bool starts = (value & kDriverOk) && !(status_ & kDriverOk);
  status_ = (value & 0xff) | (status_ & kNeedsReset);
  if (starts) device_->OnDriverOk();
}

void Mmio::Notify(uint32_t index) {
  if (index >= queues_.size() || !driver_ok()) return;
  device_->OnNotify(index);
  CheckBroken(index);
}

const char* Mmio::RegisterName(RegionOffset at) const {
  static constexpr struct {
    uint64_t offset;
    const char* name;
  } kNames[] = {
      {kMagicValue, "MagicValue"},
      {kVersion, "Version"},
      {kDeviceId, "DeviceID"},
      {kVendorId, "VendorID"},
      {kDeviceFeatures, "DeviceFeatures"},
      {kDeviceFeaturesSel, "DeviceFeaturesSel"},
      {kDriverFeatures, "DriverFeatures"},
      {kDriverFeaturesSel, "DriverFeaturesSel"},
      {kGuestPageSize, "GuestPageSize"},
      {kQueueSel, "QueueSel"},
      {kQueueNumMax, "QueueNumMax"},
      {kQueueNum, "QueueNum"},
      {kQueueAlign, "QueueAlign"},
      {kQueuePfn, "QueuePFN"},
      {kQueueReady, "QueueReady"},
      {kQueueNotify, "QueueNotify"},
      {kInterruptStatus, "InterruptStatus"},
      {kInterruptAck, "InterruptACK"},
      {kStatus, "Status"},
      {kQueueDescLow, "QueueDescLow"},
      {kQueueDescHigh, "QueueDescHigh"},
      {kQueueDriverLow, "QueueDriverLow"},
      {kQueueDriverHigh, "QueueDriverHigh"},
      {kQueueDeviceLow, "QueueDeviceLow"},
      {kQueueDeviceHigh, "QueueDeviceHigh"},
      {kConfigGeneration, "ConfigGeneration"},
  };
  if (at.value >= kConfig) return "Config";
  for (const auto& entry : kNames) {
    if (entry.offset == at.value) return entry.name;
  }
  return nullptr;
}

void Mmio::AddFdtNode(FdtBuilder& fdt, const FdtPlace& place) {
  fdt.BeginNode("virtio_mmio", place.base);
  fdt.Interrupt(place);
  fdt.Reg(place.base, place.size);
  fdt.String("compatible", "virtio,mmio");
  fdt.EndNode();
}

}  // namespace emu::devices::virtio
