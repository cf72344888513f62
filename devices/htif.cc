#include "devices/htif.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace emu::devices {
namespace {

using memory::Gpa;
using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

constexpr uint64_t kPayloadMask = (uint64_t{1} << 48) - 1;
constexpr uint64_t kInputReady = 0x100;  // set beside a byte of input
constexpr uint64_t kSysWrite = 64;
constexpr uint64_t kSysExit = 93;
constexpr int64_t kENOSYS = 38, kEBADF = 9, kEFAULT = 14;
constexpr uint64_t kLongestWrite = 1 << 20;
// A program that only ever stores the low half of tohost is understood after this time.
constexpr int64_t kHalfWrittenNs = 1'000'000;
constexpr MemAttrs kDma = {0, false, true, false};

}  // namespace

Htif::Htif(Clock& clock, memory::AddressSpace& memory, CharBackend* console, std::function<void(int)> exit)
    : memory_(memory), console_(console), exit_(std::move(exit)), half_written_(clock, [this] { RunCommand(); }) {
  if (console_ == nullptr) return;
  CharFrontend frontend;
  frontend.can_receive = [this] { return asked_ ? size_t{1} : size_t{0}; };
  frontend.receive = [this](absl::string_view bytes) {
    asked_ = false;
    Respond(wanted_, kInputReady | static_cast<uint8_t>(bytes[0]));
  };
  console_->SetFrontend(std::move(frontend));
}

Htif::~Htif() {
  if (console_ != nullptr) console_->SetFrontend({});
}

void Htif::Reset() {
  half_written_.Cancel();
  tohost_ = fromhost_ = wanted_ = 0;
  asked_ = false;
}

MemValue Htif::Window::Read(RegionOffset offset, unsigned size, MemAttrs) {
  const uint64_t at = first_ + offset.value;
  const uint64_t word = at < 8 ? htif_->tohost_ : htif_->fromhost_;
  const uint64_t value = word >> (8 * (at & 7));
  return {MemStatus::kOk, size == 8 ? value : value & ((uint64_t{1} << (8 * size)) - 1)};
}

MemStatus Htif::Window::Write(RegionOffset offset, unsigned size, uint64_t value, MemAttrs) {
  const uint64_t at = first_ + offset.value;
  if (at < 8) {
    htif_->WriteTohost(static_cast<unsigned>(at), size, value);
    return MemStatus::kOk;
  }
  const uint64_t mask = size == 8 ? ~uint64_t{0} : ((uint64_t{1} << (8 * size)) - 1) << (8 * (at & 7));
  htif_->fromhost_ = (htif_->fromhost_ & ~mask) | ((value << (8 * (at & 7))) & mask);
  return MemStatus::kOk;
}

const char* Htif::Window::RegisterName(RegionOffset offset) const {
  return first_ + offset.value < 8 ? "tohost" : "fromhost";
}

void Htif::WriteTohost(unsigned offset, unsigned size, uint64_t value) {
  const uint64_t mask = size == 8 ? ~uint64_t{0} : ((uint64_t{1} << (8 * size)) - 1) << (8 * offset);
  const bool was_waiting = half_written_.armed();
  tohost_ = (tohost_ & ~mask) | ((value << (8 * offset)) & mask);
  // RV32 stores the halves one after the other, low first; old tests store the low one alone, again and again.
  const bool complete = size == 8 || offset >= 4 || was_waiting;
  if (complete) {
    RunCommand();
  } else if (tohost_ != 0) {
    half_written_.Schedule(half_written_.clock().NowNs() + kHalfWrittenNs);
  }
}

void Htif::RunCommand() {
  half_written_.Cancel();
  const uint64_t command = std::exchange(tohost_, 0);
  const uint64_t payload = command & kPayloadMask;
  if (command == 0) return;
  switch (command >> 48) {
    case 0x0000:
      if (payload & 1) {
        if (exit_) exit_(static_cast<int>(payload >> 1));
      } else {
        SystemCall(payload);
        Respond(command, 1);
      }
      break;
    case 0x0100:
      wanted_ = command;
      asked_ = true;
      if (console_ != nullptr) console_->AcceptInput();
      break;
    case 0x0101: {
      const char byte = static_cast<char>(payload);
      if (console_ != nullptr) console_->Write(absl::string_view(&byte, 1));
      Respond(command, kInputReady | (payload & 0xff));
      break;
    }
    default:
      break;  // no such device
  }
}

// The block holds the call's number and three arguments; the result replaces the number.
void Htif::SystemCall(uint64_t block) {
  std::array<uint64_t, 4> words;
  for (size_t i = 0; i < words.size(); ++i) words[i] = memory_.Load(Gpa(block + 8 * i), 8, kDma).value;
  uint64_t result = static_cast<uint64_t>(-kENOSYS);
  if (words[0] == kSysWrite) result = WriteCall(words[1], words[2], words[3]);
  if (words[0] == kSysExit && exit_) exit_(static_cast<int>(words[1]));
  memory_.Store(Gpa(block), 8, result, kDma);
}

uint64_t Htif::WriteCall(uint64_t fd, uint64_t from, uint64_t length) {
  if (fd != 1 && fd != 2) return static_cast<uint64_t>(-kEBADF);
  std::vector<uint8_t> bytes(std::min(length, kLongestWrite));
  if (memory_.Read(Gpa(from), absl::MakeSpan(bytes), kDma) != MemStatus::kOk) return static_cast<uint64_t>(-kEFAULT);
  if (console_ != nullptr) {
    console_->Write(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  return bytes.size();
}

void Htif::AddFdtNode(FdtBuilder& fdt, const FdtPlace* place) {
  fdt.BeginNode("htif");
  if (place != nullptr) fdt.Reg(place->base, place->size);
  fdt.String("compatible", "ucb,htif0");
  fdt.EndNode();
}

}  // namespace emu::devices
