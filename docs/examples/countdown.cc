#include "docs/examples/countdown.h"

namespace emu::examples {
namespace {

constexpr int64_t kNsPerUs = 1000;

}  // namespace

memory::MemValue Countdown::Read(memory::RegionOffset offset, unsigned, memory::MemAttrs) {
  return {memory::MemStatus::kOk, offset.value == kCount ? Left() : uint64_t{over_}};
}

memory::MemStatus Countdown::Write(memory::RegionOffset offset, unsigned, uint64_t value, memory::MemAttrs) {
  if (offset.value == kCount) {
    timer_.Schedule(clock_.NowNs() + static_cast<int64_t>(value) * kNsPerUs);
  } else if ((value & 1) != 0) {
    SetOver(false);
  }
  return memory::MemStatus::kOk;
}

const char* Countdown::RegisterName(memory::RegionOffset offset) const {
  return offset.value == kCount ? "COUNT" : "STATUS";
}

uint64_t Countdown::Left() const {
  const int64_t now = clock_.NowNs();
  if (!timer_.armed() || timer_.deadline_ns() <= now) return 0;
  return static_cast<uint64_t>(timer_.deadline_ns() - now + kNsPerUs - 1) / kNsPerUs;
}

void Countdown::SetOver(bool over) {
  over_ = over;
  irq_.Set(over);
}

void Countdown::Reset() {
  timer_.Cancel();
  SetOver(false);
}

void Countdown::AddFdtNode(devices::FdtBuilder& fdt, const devices::FdtPlace& place) const {
  fdt.BeginNode("countdown", place.base);
  fdt.Interrupt(place);
  fdt.Reg(place.base, place.size);
  fdt.String("compatible", "example,countdown");
  fdt.EndNode();
}

}  // namespace emu::examples
