#include "boards/machine.h"

#include <time.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "boards/state_hash.h"

namespace emu::boards {
namespace {

constexpr uint64_t kSeed = 0x656d75;                   // of everything random, when runs must repeat
constexpr int64_t kFixedEpochSeconds = 1'704'067'200;  // 2024-01-01 00:00:00 UTC, for the same reason
constexpr int64_t kNsPerSecond = 1'000'000'000;

}  // namespace

Machine::Machine(const MachineConfig& config, absl::string_view cpu_space_name)
    : config_(config),
      time_(config.deterministic),
      clock_([this] { return time_.NowNs(); }),
      chars_(events_, [this] { Exit(0, "Terminated", RunCause::kHostQuit); }),
      system_(memory::Region::Container("system", memory::Size::Whole())),
      memory_("memory", system_),
      cpu_memory_(cpu_space_name, system_),
      unmodelled_(config.log) {
  ReportUnmodelled(config.log.On(kLogUnimp | kLogGuestErrors));
}

// Below everything else, and only while somebody wants to see it.
void Machine::ReportUnmodelled(bool on) {
  if (on == reports_unmodelled_) return;
  reports_unmodelled_ = on;
  if (on) {
    (void)Map(unmodelled_.region(), 0, Unmodelled::kPriority);
  } else {
    (void)system_->Unmap(unmodelled_.region());
  }
}

Machine::~Machine() { TakeApart(); }

// Devices go before what they use.
void Machine::TakeApart() {
  clock_.SetDeadlineHook(nullptr);
  control_.reset();
  loop_.reset();
  while (!owned_.empty()) owned_.pop_back();
  time_.SetCpu(nullptr);
  processor_.reset();
}

absl::Status Machine::OpenCharDevices() { return chars_.Open(config_.chardevs, config_.serials); }

absl::StatusOr<memory::RamBlock::Ptr> Machine::AddRam(absl::string_view name, uint64_t base, uint64_t size) {
  absl::StatusOr<memory::RamBlock::Ptr> block = memory::RamBlock::Anonymous(name, size);
  if (!block.ok()) return block.status();
  ram_.push_back(memory::Region::Ram(name, *block));
  if (absl::Status status = Map(ram_.back(), base); !status.ok()) return status;
  return block;
}

absl::Status Machine::MakeProcessor(const translate::Target& target, translate::CpuState& state) {
  ProcessorOptions options;
  options.accel = config_.accel;
  options.code_bytes = config_.jit_cache_bytes;
  options.engine.exact = config_.deterministic;
  options.engine.chain = !config_.log.On(kLogEachBlock);
  options.engine.jit = config_.jit;
  auto processor = Processor::Make(target, cpu_memory_, state, options);
  if (!processor.ok()) return processor.status();
  processor_ = *std::move(processor);
  time_.SetCpu(&processor_->cpu());
  loop_ = std::make_unique<RunLoop>(*processor_, time_, clock_, events_, config_.insn_limit);
  control_ = std::make_unique<RunControl>(*loop_, *processor_, time_, events_,
                                          [this] { return exit_.has_value() || reset_wanted_ || interrupted_; });
  if (config_.start_paused) control_->Pause(PauseReason::kUser);
  return absl::OkStatus();
}

devices::EntropySource Machine::Entropy() {
  return config_.deterministic ? devices::SeededEntropy(kSeed) : devices::HostEntropy();
}

int64_t Machine::EpochNs() const {
  if (config_.epoch_seconds.has_value()) return *config_.epoch_seconds * kNsPerSecond;
  if (config_.deterministic) return kFixedEpochSeconds * kNsPerSecond;
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

std::vector<memory::AddressSpace*> Machine::address_spaces() { return {&cpu_memory_, &memory_}; }

void Machine::Exit(int status, std::string report, RunCause cause) {
  if (!exit_.has_value()) {
    exit_ = Result{status, std::move(report)};
    cause_ = cause;
  }
  if (loop_ != nullptr) loop_->RequestStop();
}

void Machine::Reset(RunCause cause) {
  if (config_.exit_on_reset) return Exit(0, "", cause);
  if (!exit_.has_value()) cause_ = cause;
  reset_wanted_ = true;
  if (loop_ != nullptr) loop_->RequestStop();
}

void Machine::Interrupt() {
  interrupted_ = true;
  loop_->Interrupt();
}

Machine::Result Machine::Run() {
  Result result = RunToEnd();
  if (!exit_.has_value()) cause_ = interrupted_ ? RunCause::kHostSignal : RunCause::kHostError;
  control_->TellShutdown(ByGuest(cause_), result.status);
  if (absl::Status status = OnEnd(); !status.ok()) return {1, std::string(status.message())};
  return result;
}

Machine::Result Machine::RunToEnd() {
  while (true) {
    if (absl::Status status = Restart(); !status.ok()) return {1, std::string(status.message())};
    const RunLoop::End end = control_->Run();
    if (exit_.has_value()) return *exit_;
    if (interrupted_) return {0, ""};
    if (end != RunLoop::End::kRequested) return ResultOf(end);
  }
}

absl::Status Machine::Restart() {
  reset_wanted_ = false;
  if (booted_) {
    for (const auto& reset : resets_) reset();
    control_->TellReset();
  }
  return Boot(std::exchange(booted_, true));
}

Machine::Result Machine::ResultOf(RunLoop::End end) {
  const uint64_t insns = time_.Insns(), pc = processor_->cpu().state().pc;
  switch (end) {
    case RunLoop::End::kInsnLimit:
      return {kStatusInsnLimit, absl::StrFormat("instruction limit reached: %d instructions, pc 0x%x", insns, pc)};
    case RunLoop::End::kWaitsForever:
      return {kStatusWaitsForever,
              absl::StrFormat("the guest waits for an interrupt, and no timer or input can cause one: "
                              "%d instructions, pc 0x%x",
                              insns, pc)};
    default:
      return {kStatusBroken, absl::StrCat("internal error: ", processor_->engine().status().message())};
  }
}

std::string Machine::StateSummary() const {
  StateHash ram, cpu;
  for (const memory::RegionPtr& region : ram_) ram.AddMemory(region->block()->host(), region->block()->size());
  cpu.AddWords(CpuWords());
  return absl::StrFormat("instructions=%d ram=%016x cpu=%016x", time_.Insns(), ram.value(), cpu.value());
}

}  // namespace emu::boards
