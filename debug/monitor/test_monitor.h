// For tests: a machine with testdata/mapped.S and a monitor of it. A test gives what to do at each pause.
#ifndef EMU_DEBUG_MONITOR_TEST_MONITOR_H_
#define EMU_DEBUG_MONITOR_TEST_MONITOR_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boards/registry.h"
#include "boards/run_control.h"
#include "debug/machine_log.h"
#include "debug/monitor/monitor.h"
#include "debug/trace/session.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {

class MonitorTest : public ::testing::Test, protected boards::RunStateListener {
 protected:
  explicit MonitorTest(const char* board = "virt", boards::Accel accel = boards::Accel::kJit,
                       const translate::JitOptions& jit = {}) {
    boards::MachineConfig config;
    config.jit = jit;
    config.kernel = "debug/monitor/testdata/mapped.elf";
    config.bios = "none";
    config.ram_bytes = 32 << 20;
    config.deterministic = true;
    config.start_paused = true;
    config.accel = accel;
    config.insn_limit = 100000;
    auto machine = (*boards::FindBoard(board))->make(config);
    EXPECT_TRUE(machine.ok()) << machine.status();
    machine_ = *std::move(machine);
    symbols_ = SymbolTable::Load(config.kernel).value();
    hub_ = std::make_unique<WatchHub>(machine_->processor().cpu(), machine_->memory());
    traces_ = std::make_unique<TraceSession>(machine_->processor().cpu(), *hub_, symbols_,
                                             TraceSessionOptions{.keep_last_writers = true});
    log_ = std::make_unique<MachineLog>(*machine_, nullptr);
    monitor_ = std::make_unique<Monitor>(MonitorParts{*machine_, *hub_, symbols_, traces_.get(), log_.get(), "guest"});
    monitor_->AddSink([this](absl::string_view line) { absl::StrAppend(&lines_, line, "\n"); });
    machine_->control().AddListener(this);
  }
  ~MonitorTest() override { machine_->control().RemoveListener(this); }

  // Runs the guest; at the first pause (before its first instruction) the first of the steps is done, and so on. Who
  // does not go on by himself is told to quit.
  int Play(std::vector<std::function<void()>> steps) {
    steps_ = std::move(steps);
    return machine_->Run().status;
  }
  size_t pauses() const { return pauses_; }

  std::string Do(absl::string_view line) { return monitor_->Execute(line); }
  llvm::json::Object Json(absl::string_view line) {
    absl::StatusOr<llvm::json::Value> value = monitor_->RunJson(line);
    EXPECT_TRUE(value.ok()) << line << ": " << value.status();
    EXPECT_TRUE(value.ok() && value->getAsObject() != nullptr) << line;
    return value.ok() && value->getAsObject() != nullptr ? std::move(*value->getAsObject()) : llvm::json::Object{};
  }
  std::string TakeLines() { return std::exchange(lines_, ""); }
  std::string At(absl::string_view symbol) {
    return absl::StrCat("0x", absl::Hex(symbols_.FindByName(symbol)->address));
  }
  // Pauses before that instruction.
  void RunTo(absl::string_view symbol) {
    EXPECT_THAT(Do(absl::StrCat("watch ", symbol, " 1 x stop")), ::testing::StartsWith("watch "));
    Do("cont");
  }

  std::unique_ptr<boards::Machine> machine_;
  SymbolTable symbols_;
  std::unique_ptr<WatchHub> hub_;
  std::unique_ptr<TraceSession> traces_;
  std::unique_ptr<MachineLog> log_;
  std::unique_ptr<Monitor> monitor_;

 private:
  void OnPause(boards::PauseReason) override {
    const size_t number = pauses_++;
    if (number < steps_.size()) steps_[number]();
    if (machine_->control().paused()) machine_->Quit();
  }

  std::vector<std::function<void()>> steps_;
  size_t pauses_ = 0;
  std::string lines_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_MONITOR_TEST_MONITOR_H_
