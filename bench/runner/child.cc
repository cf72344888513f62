#include "bench/runner/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"

namespace emu::bench {
namespace {

constexpr int kSettleRounds = 50;
constexpr long kSettleNanoseconds = 2'000'000;
// What a process that sleeps may still use within that time.
constexpr double kIdleSeconds = 1e-4, kIdleCycles = 3e5;

struct Pipe {
  int fd[2] = {-1, -1};
  bool Open() { return pipe2(fd, O_CLOEXEC) == 0; }
  int read_end() const { return fd[0]; }
  int write_end() const { return fd[1]; }
};

// The child side: waits until it is measured, then becomes the shell, which becomes the command.
[[noreturn]] void Become(const Pipe& go, int in, int out, const std::string& command) {
  char byte;
  close(go.write_end());
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  if (read(go.read_end(), &byte, 1) == 1) execl("/bin/sh", "sh", "-c", absl::StrCat("exec ", command).c_str(), nullptr);
  _exit(127);
}

}  // namespace

Child::Child(pid_t pid, int in, int out) : pid_(pid), in_(in), out_(out), meter_(CpuMeter::Make(pid)) {}

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const std::string& command) {
  signal(SIGPIPE, SIG_IGN);
  Pipe go, in, out;
  if (!go.Open() || !in.Open() || !out.Open()) return absl::InternalError(absl::StrCat("pipe: ", strerror(errno)));
  const pid_t pid = fork();
  if (pid < 0) return absl::InternalError(absl::StrCat("fork: ", strerror(errno)));
  if (pid == 0) Become(go, in.read_end(), out.write_end(), command);
  std::unique_ptr<Child> child(new Child(pid, in.write_end(), out.read_end()));
  const bool told = write(go.write_end(), "g", 1) == 1;
  for (int fd : {go.read_end(), go.write_end(), in.read_end(), out.write_end()}) close(fd);
  if (!told) return absl::InternalError("the new process does not listen");
  return child;
}

Child::~Child() {
  close(in_);
  close(out_);
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

absl::StatusOr<std::optional<std::string>> Child::NextLine(int seconds) {
  const time_t deadline = time(nullptr) + seconds;
  while (lines_.empty()) {
    const time_t left = deadline - time(nullptr);
    pollfd p = {out_, POLLIN, 0};
    if (left <= 0 || poll(&p, 1, static_cast<int>(left) * 1000) <= 0)
      return absl::DeadlineExceededError(absl::StrCat("nothing was printed for ", seconds, " s"));
    char buffer[4096];
    const ssize_t n = read(out_, buffer, sizeof buffer);
    if (n <= 0) return std::nullopt;
    for (std::string& line : cutter_.Add({buffer, static_cast<size_t>(n)})) lines_.push_back(std::move(line));
  }
  std::optional<std::string> line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

void Child::SendNewline() {
  // A child that is gone is noticed by the end of its output.
  if (write(in_, "\n", 1) < 0) return;
}

CpuReading Child::ReadSettled() {
  const double idle = meter_->unit() == CpuMeter::Unit::kCycles ? kIdleCycles : kIdleSeconds;
  CpuReading last = meter_->Read();
  for (int round = 0; round < kSettleRounds; ++round) {
    const timespec pause = {0, kSettleNanoseconds};
    nanosleep(&pause, nullptr);
    const CpuReading now = meter_->Read();
    if (now.cost - last.cost <= idle) return now;
    last = now;
  }
  return last;
}

absl::Status Child::Finish() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  if (WIFEXITED(status)) return absl::UnknownError(absl::StrCat("it ended with status ", WEXITSTATUS(status)));
  return absl::UnknownError(absl::StrCat("signal ", WTERMSIG(status), " ended it"));
}

}  // namespace emu::bench
