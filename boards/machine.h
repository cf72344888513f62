// A machine: memory, devices, a CPU, and what runs them. A board derives from it, adds what it has, and says how it
// starts.
#ifndef EMU_BOARDS_MACHINE_H_
#define EMU_BOARDS_MACHINE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "boards/char_devices.h"
#include "boards/guest_time.h"
#include "boards/machine_config.h"
#include "boards/processor.h"
#include "boards/run_cause.h"
#include "boards/run_control.h"
#include "boards/run_loop.h"
#include "boards/unmodelled.h"
#include "devices/clock.h"
#include "devices/entropy.h"
#include "devices/event_loop.h"
#include "memory/address_space.h"
#include "memory/region.h"
#include "translate/engine/inspector.h"

namespace emu::boards {

// Exit statuses that are no guest's (a guest may choose the same; the report on standard error tells them apart).
inline constexpr int kStatusInsnLimit = 124;     // -icount-limit was reached
inline constexpr int kStatusWaitsForever = 125;  // the guest waits for an interrupt that nothing can cause
inline constexpr int kStatusBroken = 70;         // the emulator itself failed

// A line into an interrupt controller, or into a CPU.
struct InterruptLine {
  unsigned number = 0;
  std::string name;  // empty: that of the device whose DeviceInfo::irqs has the number
  bool level = false;
  bool pending = false;
  bool enabled = false;  // for anybody
  unsigned priority = 0;
};

// A piece of what the machine's memory holds when it starts.
struct LoadedImage {
  std::string name;
  uint64_t address = 0;
  uint64_t size = 0;
};

using Properties = std::vector<std::pair<std::string, std::string>>;

// What a monitor can say of a device.
struct DeviceInfo {
  std::string type;     // "riscv.sifive.plic", "virtio-mmio", ...
  std::string id = {};  // the user's or the board's name for it; may be empty
  uint64_t base = 0;
  uint64_t size = 0;                // 0: not in memory
  std::vector<unsigned> irqs = {};  // lines of the board's interrupt controller
  // Further properties, made when asked for.
  std::function<Properties()> properties = nullptr;
  // Of interrupt controllers and CPUs.
  std::function<std::vector<InterruptLine>()> lines = nullptr;
};

class Machine {
 public:
  struct Result {
    int status = 0;
    std::string report;  // a line for the user, or empty
  };

  virtual ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Starts and runs the machine until it ends.
  Result Run();
  // Ends the run as an operator does, with status 0; from any thread or signal handler.
  void Interrupt();
  // The same from the machine's thread, because the user said so.
  void Quit() { Exit(0, "", RunCause::kHostQuit); }

  // From devices. The first call counts.
  void Exit(int status, std::string report = "", RunCause cause = RunCause::kGuestShutdown);
  // Restarts the machine, or ends the run if the user wanted that.
  void Reset(RunCause cause = RunCause::kGuestReset);
  // The run has ended, or will when the present callback returns.
  bool ending() const { return exit_.has_value() || interrupted_; }
  // A reset will come when it does.
  bool resetting() const { return reset_wanted_; }
  // Of the end or reset that comes, or of the last one.
  RunCause cause() const { return cause_; }

  const MachineConfig& config() const { return config_; }
  // The device tree that the kernel gets; empty on boards without one.
  virtual absl::Span<const uint8_t> device_tree() const { return {}; }
  // As `info mtree` lists them.
  virtual std::vector<memory::AddressSpace*> address_spaces();
  memory::AddressSpace& memory() { return memory_; }
  // What is not modelled answers with a line in the log; or nothing does. Not from within an access.
  void ReportUnmodelled(bool on);
  Processor& processor() { return *processor_; }
  devices::VirtualClock& clock() { return clock_; }
  devices::EventLoop& events() { return events_; }
  CharDevices& chars() { return chars_; }
  RunControl& control() { return *control_; }
  // Looks at the CPU's registers and mappings. Lives as long as the machine.
  virtual translate::Inspector& inspector() = 0;
  const std::vector<DeviceInfo>& devices() const { return device_infos_; }
  virtual std::vector<LoadedImage> images() const { return {}; }
  // Asks the guest to power off, as its power button does; false if the board has none that the guest sees.
  virtual bool PowerButton() { return false; }

  // "instructions=N ram=HASH cpu=HASH": equal for equal ends of runs.
  std::string StateSummary() const;

 protected:
  Machine(const MachineConfig& config, absl::string_view cpu_space_name);

  // --- For the board's construction.
  // Opens what the user named; first.
  absl::Status OpenCharDevices();
  // RAM, seen by the engine. Before the processor.
  absl::StatusOr<memory::RamBlock::Ptr> AddRam(absl::string_view name, uint64_t base, uint64_t size);
  absl::Status Map(memory::RegionPtr region, uint64_t base, int priority = 0) {
    return system_->Map(region, memory::RegionOffset(base), priority);
  }
  // `target` and `state` are the board's.
  absl::Status MakeProcessor(const translate::Target& target, translate::CpuState& state);
  // A device that lives as long as the machine; its Reset is called when the machine's is.
  template <typename Device, typename... Args>
  Device& Add(Args&&... args) {
    auto device = std::make_shared<Device>(std::forward<Args>(args)...);
    resets_.push_back([raw = device.get()] { raw->Reset(); });
    owned_.push_back(device);
    return *device;
  }
  // For `info qtree` and `info irq`.
  void Describe(DeviceInfo info) { device_infos_.push_back(std::move(info)); }
  // `base` to `base + size` is a part of the board that is not modelled.
  void NoteUnmodelled(absl::string_view name, uint64_t base, uint64_t size) { unmodelled_.Note(name, base, size); }

  // Ends the devices and the processor. A board calls it in its destructor, while its own parts that they use are
  // there.
  void TakeApart();

  // --- What a board says.
  // Loads memory and puts the CPU at its start. `again`: memory holds what the last run left there.
  virtual absl::Status Boot(bool again) = 0;
  // The CPU's registers, for the summary.
  virtual std::vector<uint64_t> CpuWords() const = 0;
  // The run has ended.
  virtual absl::Status OnEnd() { return absl::OkStatus(); }

  const memory::RegionPtr& system() { return system_; }
  memory::AddressSpace& cpu_memory() { return cpu_memory_; }
  devices::EntropySource Entropy();
  int64_t EpochNs() const;

 private:
  Result RunToEnd();
  Result ResultOf(RunLoop::End end);
  absl::Status Restart();

  const MachineConfig config_;
  GuestTime time_;
  devices::VirtualClock clock_;
  devices::EventLoop events_;
  CharDevices chars_;
  memory::RegionPtr system_;
  memory::AddressSpace memory_;  // as bus masters see it
  memory::AddressSpace cpu_memory_;
  Unmodelled unmodelled_;
  bool reports_unmodelled_ = false;
  std::vector<memory::RegionPtr> ram_;
  std::vector<std::shared_ptr<void>> owned_;
  std::vector<std::function<void()>> resets_;
  std::unique_ptr<Processor> processor_;
  std::unique_ptr<RunLoop> loop_;
  std::unique_ptr<RunControl> control_;
  std::vector<DeviceInfo> device_infos_;
  std::optional<Result> exit_;
  RunCause cause_ = RunCause::kGuestShutdown;
  bool reset_wanted_ = false;
  bool booted_ = false;
  std::atomic<bool> interrupted_{false};
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_MACHINE_H_
