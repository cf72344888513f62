// emu: runs a guest machine. Flags in, a machine built and run, its exit status out.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "boards/registry.h"
#include "cli/debugging.h"
#include "cli/options.h"
#include "loaders/bytes.h"
#include "translate/options/jit_options.h"

namespace emu::cli {
namespace {

constexpr char kVersion[] = "0.1";
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};  // they end the run in good order

boards::Machine* running = nullptr;  // for the signal handler

int Fail(absl::string_view program, absl::string_view message) {
  fprintf(stderr, "%s: %s\n", std::string(program).c_str(), std::string(message).c_str());
  return 1;
}

int Print(const std::string& text) {
  fputs(text.c_str(), stdout);
  return 0;
}

// So that no file of ours becomes standard input, output or error.
void OpenStandardStreams() {
  while (true) {
    const int fd = open("/dev/null", O_RDWR);
    if (fd > STDERR_FILENO) return static_cast<void>(close(fd));
    if (fd < 0) return;
  }
}

void OnSignal(int) { running->Interrupt(); }

void CatchSignals(boards::Machine* machine) {
  running = machine;
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  for (int number : kSignals) sigaction(number, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

// The run is about to end: whoever sends a second signal, as timeout(1) does, gets the end in good order too.
void IgnoreSignals() {
  for (int number : kSignals) signal(number, SIG_IGN);
}

// The machine family that a name like qemu-system-riscv64 stands for; else empty.
absl::string_view FamilyOf(absl::string_view program) {
  return absl::ConsumePrefix(&program, "qemu-system-") ? program : "";
}

absl::StatusOr<const boards::BoardInfo*> ChooseBoard(const Options& options, absl::string_view family) {
  if (!options.board.empty()) return boards::FindBoard(options.board);
  const boards::BoardInfo* board = boards::DefaultBoard(family);
  if (board != nullptr) return board;
  return absl::InvalidArgumentError("no machine was named: -M BOARD; -M help lists them");
}

int Run(const std::string& program, const Options& options, const boards::BoardInfo& board) {
  boards::MachineConfig config = options.machine;
  if (config.ram_bytes == 0) config.ram_bytes = board.default_ram;
  absl::StatusOr<std::unique_ptr<boards::Machine>> machine = board.make(config);
  if (!machine.ok()) return Fail(program, machine.status().message());
  if (!config.dump_dtb.empty()) {
    const absl::Status status = loaders::WriteFile(config.dump_dtb, (*machine)->device_tree());
    return status.ok() ? 0 : Fail(program, status.message());
  }
  DebugOptions debug = options.debug;
  if (!FamilyOf(program).empty()) debug.prompt = "(qemu) ";  // what scripts look for
  absl::StatusOr<std::unique_ptr<Debugging>> debugging = Debugging::Attach(debug, **machine);
  if (!debugging.ok()) return Fail(program, debugging.status().message());
  CatchSignals(machine->get());
  const boards::Machine::Result result = (*machine)->Run();
  IgnoreSignals();
  const std::string state = options.print_state ? (*machine)->StateSummary() : "";
  debugging->reset();
  machine->reset();  // the terminal is as it was before, from here on, and so are its signals
  IgnoreSignals();
  if (!result.report.empty()) fprintf(stderr, "%s: %s\n", program.c_str(), result.report.c_str());
  if (!state.empty()) fprintf(stderr, "%s: %s\n", program.c_str(), state.c_str());
  return result.status;
}

int Main(const std::string& program, absl::Span<const std::string> arguments) {
  const absl::StatusOr<Options> options = ParseOptions(arguments);
  if (!options.ok()) return Fail(program, options.status().message());
  const absl::string_view family = FamilyOf(program);
  switch (options->action) {
    case Options::Action::kHelp:
      return Print(HelpText(program));
    case Options::Action::kVersion:
      return Print(absl::StrCat("emu version ", kVersion, "\n"));
    case Options::Action::kBoardHelp:
      return Print(boards::BoardHelp(family));
    case Options::Action::kLogHelp:
      return Print(boards::LogItemsHelp());
    case Options::Action::kJitOptHelp:
      return Print(translate::JitOptionsHelp());
    default:
      break;
  }
  const absl::StatusOr<const boards::BoardInfo*> board = ChooseBoard(*options, family);
  if (!board.ok()) return Fail(program, board.status().message());
  if (options->action == Options::Action::kCpuHelp) return Print((*board)->cpu_help());
  if (options->action == Options::Action::kDeviceHelp) return Print((*board)->device_help());
  return Run(program, *options, **board);
}

}  // namespace
}  // namespace emu::cli

int main(int argc, char** argv) {
  emu::cli::OpenStandardStreams();
  std::string program = argc > 0 ? argv[0] : "emu";
  program.erase(0, program.rfind('/') + 1);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  return emu::cli::Main(program, arguments);
}
