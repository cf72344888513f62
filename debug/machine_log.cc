#include "debug/machine_log.h"

#include <utility>

namespace emu::debug {

using boards::GuestLog;

MachineLog::MachineLog(boards::Machine& machine, AddressNames names) : machine_(machine), names_(std::move(names)) {
  SetItems(items());
}

void MachineLog::SetItems(uint32_t items) {
  const GuestLog& log = machine_.config().log;
  log.set_items(items);
  machine_.ReportUnmodelled(log.On(boards::kLogUnimp | boards::kLogGuestErrors));
  boards::Processor& processor = machine_.processor();
  processor.engine().set_chain(!log.On(boards::kLogEachBlock));
  if (!log.On(boards::kLogEngine)) {
    engine_ = nullptr;
  } else if (engine_ == nullptr) {
    const auto registers = [this] { return machine_.inspector().Dump(); };
    engine_ = std::make_unique<EngineLog>(log, processor.engine(), processor.cpu().target(), registers, names_);
  }
  if (!log.On(boards::kLogMmu)) {
    mmu_.reset();
  } else if (!mmu_.has_value()) {
    mmu_.emplace(log, processor.cpu());
  }
  if (!log.On(boards::kLogPage)) {
    map_.reset();
  } else if (!map_.has_value()) {
    map_.emplace(log, processor.cpu().memory());
  }
}

}  // namespace emu::debug
