#include "devices/uart16550.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace emu::devices {
namespace {

using memory::MemAttrs;
using memory::MemStatus;
using memory::MemValue;
using memory::RegionOffset;

constexpr size_t kFifoDepth = 16;

enum Register : unsigned { kData, kIer, kIirFcr, kLcr, kMcr, kLsr, kMsr, kScratch };

enum IerBit : uint8_t { kIerData = 1, kIerThrEmpty = 2, kIerLineStatus = 4, kIerModem = 8 };
enum LsrBit : uint8_t {
  kLsrDataReady = 0x01,
  kLsrOverrun = 0x02,
  kLsrBreak = 0x10,
  kLsrErrors = 0x1e,
  kLsrThrEmpty = 0x20,
  kLsrIdle = 0x40,
  kLsrFifoError = 0x80,
};
enum IirValue : uint8_t {
  kIirModem = 0x00,
  kIirNone = 0x01,
  kIirThrEmpty = 0x02,
  kIirData = 0x04,
  kIirLineStatus = 0x06,
  kIirTimeout = 0x0c,
};
enum McrBit : uint8_t { kMcrDtr = 1, kMcrRts = 2, kMcrOut1 = 4, kMcrOut2 = 8 };
enum MsrBit : uint8_t { kMsrCts = 0x10, kMsrDsr = 0x20, kMsrRi = 0x40, kMsrDcd = 0x80 };

}  // namespace

Uart16550::Uart16550(Config config, Clock& clock, CharBackend* backend)
    : config_(std::move(config)), clock_(clock), backend_(backend), irq_(config_.name), timeout_(clock, [this] {
        timed_out_ = true;
        UpdateIrq();
      }) {
  Reset();
  if (backend_ == nullptr) return;
  CharFrontend frontend;
  frontend.can_receive = [this] { return CanReceive(); };
  frontend.receive = [this](absl::string_view bytes) { Receive(bytes); };
  frontend.event = [this](CharEvent event) {
    if (event == CharEvent::kBreak && !loopback()) Push(0, kLsrBreak);
  };
  backend_->SetFrontend(std::move(frontend));
}

Uart16550::~Uart16550() {
  if (backend_ != nullptr) backend_->SetFrontend({});
}

void Uart16550::Reset() {
  timeout_.Cancel();
  received_.clear();
  ier_ = fcr_ = lcr_ = scratch_ = modem_delta_ = line_errors_ = 0;
  mcr_ = kMcrOut2;
  divisor_ = 12;  // 9600 baud at the 1.8432 MHz of the data sheet's table
  thr_empty_pending_ = timed_out_ = false;
  Changed();
}

// ---- What the registers say ----

bool Uart16550::DataReady() const { return !received_.empty(); }

uint8_t Uart16550::Lsr() const {
  uint8_t value = kLsrThrEmpty | kLsrIdle | line_errors_;
  if (DataReady()) value |= kLsrDataReady;
  const bool error_in_fifo =
      std::any_of(received_.begin(), received_.end(), [](const Received& item) { return item.errors != 0; });
  if (fifo_on() && error_in_fifo) value |= kLsrFifoError;
  return value;
}

// The highest source in the order of the data sheet's table IV.
uint8_t Uart16550::Iir() const {
  static constexpr uint8_t kTrigger[] = {1, 4, 8, 14};
  const uint8_t fifo = fifo_on() ? 0xc0 : 0;
  const size_t trigger = fifo_on() ? kTrigger[fcr_ >> 6] : 1;
  if ((ier_ & kIerLineStatus) && (line_errors_ & kLsrErrors)) return kIirLineStatus | fifo;
  if ((ier_ & kIerData) && received_.size() >= trigger) return kIirData | fifo;
  if ((ier_ & kIerData) && fifo_on() && timed_out_) return kIirTimeout | fifo;
  if ((ier_ & kIerThrEmpty) && thr_empty_pending_) return kIirThrEmpty | fifo;
  if ((ier_ & kIerModem) && modem_delta_) return kIirModem | fifo;
  return kIirNone | fifo;
}

uint8_t Uart16550::ModemInputs() const {
  if (!loopback()) return backend_ != nullptr ? kMsrCts | kMsrDsr | kMsrDcd : 0;
  uint8_t value = 0;
  if (mcr_ & kMcrRts) value |= kMsrCts;
  if (mcr_ & kMcrDtr) value |= kMsrDsr;
  if (mcr_ & kMcrOut1) value |= kMsrRi;
  if (mcr_ & kMcrOut2) value |= kMsrDcd;
  return value;
}

uint8_t Uart16550::Peek(unsigned index) const {
  switch (index) {
    case kData:
      if (divisor_access()) return static_cast<uint8_t>(divisor_);
      return DataReady() ? received_.front().byte : 0;
    case kIer:
      return divisor_access() ? static_cast<uint8_t>(divisor_ >> 8) : ier_;
    case kIirFcr:
      return Iir();
    case kLcr:
      return lcr_;
    case kMcr:
      return mcr_;
    case kLsr:
      return Lsr();
    case kMsr:
      return ModemInputs() | modem_delta_;
    default:
      return scratch_;
  }
}

// ---- What reading and writing does ----

void Uart16550::AfterRead(unsigned index) {
  if (index == kData && !divisor_access()) PopReceived();
  if (index == kIirFcr && (Iir() & 0x0f) == kIirThrEmpty) thr_empty_pending_ = false;
  if (index == kLsr) line_errors_ = 0;
  if (index == kMsr) modem_delta_ = 0;
  Changed();
}

MemValue Uart16550::Read(RegionOffset offset, unsigned, MemAttrs attrs) {
  const unsigned index = Index(offset);
  const MemValue result = {MemStatus::kOk, Peek(index)};
  if (!attrs.debug) AfterRead(index);
  return result;
}

MemStatus Uart16550::Write(RegionOffset offset, unsigned, uint64_t value, MemAttrs) {
  const uint8_t byte = static_cast<uint8_t>(value);
  switch (Index(offset)) {
    case kData:
      if (divisor_access()) {
        divisor_ = static_cast<uint16_t>((divisor_ & 0xff00) | byte);
      } else {
        WriteThr(byte);
      }
      break;
    case kIer:
      WriteIer(byte);
      break;
    case kIirFcr:
      WriteFcr(byte);
      break;
    case kLcr:
      lcr_ = byte;
      break;
    case kMcr:
      WriteMcr(byte);
      break;
    case kScratch:
      scratch_ = byte;
      break;
    default:
      break;  // LSR and MSR: factory tests only
  }
  Changed();
  return MemStatus::kOk;
}

void Uart16550::WriteThr(uint8_t value) {
  thr_empty_pending_ = true;  // it has been sent already
  const char byte = static_cast<char>(value);
  if (loopback()) {
    Push(value, 0);
  } else if (backend_ != nullptr) {
    backend_->Write(absl::string_view(&byte, 1));
  }
}

void Uart16550::WriteIer(uint8_t value) {
  if (divisor_access()) {
    divisor_ = static_cast<uint16_t>((divisor_ & 0x00ff) | (value << 8));
    return;
  }
  // Allowing the interrupt while the transmitter is empty raises it: drivers start sending that way.
  if ((value & ~ier_) & kIerThrEmpty) thr_empty_pending_ = true;
  if ((value & kIerThrEmpty) == 0) thr_empty_pending_ = false;
  ier_ = value & 0x0f;
}

void Uart16550::WriteFcr(uint8_t value) {
  const bool mode_changes = ((value ^ fcr_) & 1) != 0;
  if (mode_changes || (value & 2)) {
    received_.clear();
    line_errors_ = 0;
    RestartTimeout();
  }
  if (mode_changes || (value & 4)) thr_empty_pending_ = true;
  // The other bits only take effect together with bit 0.
  fcr_ = (value & 1) ? (value & 0xc9) : 0;
}

void Uart16550::WriteMcr(uint8_t value) {
  const uint8_t before = ModemInputs();
  mcr_ = value & 0x1f;
  const uint8_t after = ModemInputs();
  const uint8_t changed = before ^ after;
  modem_delta_ |= (changed & (kMsrCts | kMsrDsr | kMsrDcd)) >> 4;
  if ((changed & kMsrRi) && !(after & kMsrRi)) modem_delta_ |= kMsrRi >> 4;  // the trailing edge only
}

// ---- The receiver ----

void Uart16550::PopReceived() {
  if (!DataReady()) return;
  received_.pop_front();
  RestartTimeout();
  TopChanged();
}

size_t Uart16550::CanReceive() const {
  if (loopback()) return 0;
  const size_t room = fifo_on() ? kFifoDepth : 1;
  return room - std::min(room, received_.size());
}

void Uart16550::Receive(absl::string_view bytes) {
  for (char byte : bytes) Push(static_cast<uint8_t>(byte), 0);
}

void Uart16550::Push(uint8_t byte, uint8_t errors) {
  const size_t depth = fifo_on() ? kFifoDepth : 1;
  if (received_.size() >= depth) {
    line_errors_ |= kLsrOverrun;
    if (!fifo_on()) received_.back() = {byte, errors};  // without FIFO the new byte wins
  } else {
    received_.push_back({byte, errors});
  }
  if (received_.size() == 1) TopChanged();
  RestartTimeout();
  UpdateIrq();
}

// Errors are shown when their byte is at the top of the FIFO, and by LSR once.
void Uart16550::TopChanged() {
  if (DataReady()) line_errors_ |= std::exchange(received_.front().errors, uint8_t{0});
}

// The timeout: four characters' time in which nothing came and nothing was read.
void Uart16550::RestartTimeout() {
  timed_out_ = false;
  if (fifo_on() && DataReady()) {
    timeout_.Schedule(clock_.NowNs() + 4 * CharacterNs());
  } else {
    timeout_.Cancel();
  }
}

int64_t Uart16550::CharacterNs() const {
  const uint64_t bits = 1 + 5 + (lcr_ & 3) + ((lcr_ >> 3) & 1) + 1 + ((lcr_ >> 2) & 1);
  const uint64_t divisor = std::max<uint64_t>(divisor_, 1);
  return static_cast<int64_t>(bits * 16 * divisor * 1'000'000'000 / config_.input_clock_hz);
}

void Uart16550::Changed() {
  UpdateIrq();
  if (backend_ != nullptr && CanReceive() > 0) backend_->AcceptInput();
}

// ---- For people and boards ----

const char* Uart16550::RegisterName(RegionOffset offset) const {
  static constexpr const char* kNames[] = {"RBR/THR", "IER", "IIR/FCR", "LCR", "MCR", "LSR", "MSR", "SCR"};
  const unsigned index = Index(offset);
  if (index < 2 && divisor_access()) return index == 0 ? "DLL" : "DLM";
  return kNames[index];
}

std::string Uart16550::Describe() const {
  return absl::StrFormat("%s: ier=%02x iir=%02x lcr=%02x mcr=%02x lsr=%02x msr=%02x divisor=%u received=%u irq=%d",
                         config_.name, ier_, Iir(), lcr_, mcr_, Lsr(), Peek(kMsr), divisor_, received_.size(),
                         irq_.level());
}

void Uart16550::AddFdtNode(FdtBuilder& fdt, const FdtPlace& place) const {
  fdt.BeginNode("serial", place.base);
  fdt.Interrupt(place);
  fdt.U32("clock-frequency", config_.input_clock_hz);
  if (config_.register_shift != 0) fdt.U32("reg-shift", config_.register_shift);
  fdt.Reg(place.base, place.size);
  fdt.String("compatible", "ns16550a");
  fdt.EndNode();
}

}  // namespace emu::devices
