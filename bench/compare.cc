// Runs the same guest under several emulators in turn and compares the CPU time that each spends on it.
//
//   compare --runs 3 --marker 'text' --name emu --cmd '...' --name qemu --cmd '...'
//
// The first emulator is the one that the others are held against. A guest marks the pieces of its work on the serial
// console: a line "@begin NAME" starts a piece and "@end NAME RESULT" ends it; the piece "boot" lasts from the start of
// the emulator to the first marker. Results of all emulators must be equal. CPU time is that of the whole process, user
// and system.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace {

constexpr int kPollMs = 100;

struct Emulator {
  std::string name;
  std::string command;  // for a shell
  std::map<std::string, std::vector<double>> seconds;
  std::map<std::string, std::string> results;
};

struct Options {
  int runs = 3;
  int timeout_s = 600;
  std::vector<Emulator> emulators;
};

double CpuSeconds(pid_t pid) {
  clockid_t clock;
  timespec t{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) return NAN;
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// One run of one emulator: its output line by line, with the process' CPU time at each marker.
class Run {
 public:
  explicit Run(Emulator* emulator) : emulator_(*emulator) {}

  bool Start() {
    int out[2];
    if (pipe(out) != 0) return false;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(open("/dev/null", O_RDONLY), 0);
      dup2(out[1], 1);
      close(out[0]);
      execl("/bin/sh", "sh", "-c", absl::StrCat("exec ", emulator_.command).c_str(), nullptr);
      _exit(127);
    }
    close(out[1]);
    fd_ = out[0];
    return pid_ > 0;
  }

  // False if the guest did not come to its end in time.
  bool Finish(int timeout_s) {
    const time_t deadline = time(nullptr) + timeout_s;
    bool open = true;
    while (open && time(nullptr) < deadline) {
      pollfd p{fd_, POLLIN, 0};
      if (poll(&p, 1, kPollMs) > 0) open = Read();
    }
    if (open) kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    close(fd_);
    return !open && WIFEXITED(status);
  }

 private:
  bool Read() {
    char buffer[4096];
    const ssize_t n = read(fd_, buffer, sizeof buffer);
    if (n <= 0) return false;
    for (ssize_t i = 0; i < n; ++i) {
      if (buffer[i] != '\n') {
        line_ += buffer[i];
        continue;
      }
      Line(std::string(absl::StripAsciiWhitespace(line_)));
      line_.clear();
    }
    return true;
  }

  void Line(const std::string& line) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() < 2 || (words[0] != "@begin" && words[0] != "@end")) return;
    const double now = CpuSeconds(pid_);
    if (!booted_) emulator_.seconds["boot"].push_back(now);
    booted_ = true;
    if (words[0] == "@begin") {
      begin_ = now;
    } else {
      emulator_.seconds[words[1]].push_back(now - begin_);
      if (words.size() > 2) emulator_.results[words[1]] = words[2];
    }
  }

  Emulator& emulator_;
  pid_t pid_ = -1;
  int fd_ = -1;
  std::string line_;
  double begin_ = 0;
  bool booted_ = false;
};

double Median(std::vector<double> v) {
  if (v.empty()) return NAN;
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

double Spread(const std::vector<double>& v) {
  if (v.empty()) return NAN;
  const auto [low, high] = std::minmax_element(v.begin(), v.end());
  return (*high - *low) / Median(v);
}

void Print(const std::vector<Emulator>& emulators) {
  printf("| piece |");
  for (const Emulator& e : emulators) printf(" %s, s (spread) |", e.name.c_str());
  for (size_t i = 1; i < emulators.size(); ++i)
    printf(" %s / %s |", emulators[i].name.c_str(), emulators[0].name.c_str());
  printf("\n|---|");
  for (size_t i = 0; i < 2 * emulators.size() - 1; ++i) printf("---|");
  printf("\n");
  for (const auto& [piece, seconds] : emulators[0].seconds) {
    printf("| %s |", piece.c_str());
    for (const Emulator& e : emulators) {
      const auto it = e.seconds.find(piece);
      if (it == e.seconds.end()) {
        printf(" - |");
      } else {
        printf(" %.3f (%.0f %%) |", Median(it->second), 100 * Spread(it->second));
      }
    }
    for (size_t i = 1; i < emulators.size(); ++i) {
      const auto it = emulators[i].seconds.find(piece);
      printf(" %.2f |", it == emulators[i].seconds.end() ? NAN : Median(it->second) / Median(seconds));
    }
    printf("\n");
  }
}

bool ResultsAgree(const std::vector<Emulator>& emulators) {
  bool agree = true;
  for (const Emulator& e : emulators) {
    for (const auto& [piece, result] : e.results) {
      const auto it = emulators[0].results.find(piece);
      if (it != emulators[0].results.end() && it->second == result) continue;
      fprintf(stderr, "compare: result of %s: %s gives %s\n", piece.c_str(), e.name.c_str(), result.c_str());
      agree = false;
    }
  }
  return agree;
}

bool Parse(int argc, char** argv, Options* options) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i], value = argv[i + 1];
    if (flag == "--runs" && absl::SimpleAtoi(value, &options->runs) && options->runs > 0) continue;
    if (flag == "--timeout" && absl::SimpleAtoi(value, &options->timeout_s) && options->timeout_s > 0) continue;
    if (flag == "--name") {
      options->emulators.push_back({value, "", {}, {}});
    } else if (flag == "--cmd" && !options->emulators.empty()) {
      options->emulators.back().command = value;
    } else {
      fprintf(stderr, "compare: %s %s: expected --runs N, --timeout SECONDS, --name NAME --cmd COMMAND\n", argv[i],
              argv[i + 1]);
      return false;
    }
  }
  for (const Emulator& e : options->emulators) {
    if (e.command.empty()) return fprintf(stderr, "compare: --name %s has no --cmd\n", e.name.c_str()), false;
  }
  if (options->emulators.empty()) fprintf(stderr, "compare: no emulator given: --name NAME --cmd COMMAND\n");
  return !options->emulators.empty() && argc % 2 == 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!Parse(argc, argv, &options)) return 1;
  for (int run = 0; run < options.runs; ++run) {
    for (Emulator& e : options.emulators) {
      Run r(&e);
      if (!r.Start() || !r.Finish(options.timeout_s)) {
        fprintf(stderr, "compare: %s did not come to its end\n", e.name.c_str());
        return 1;
      }
    }
  }
  Print(options.emulators);
  return ResultsAgree(options.emulators) ? 0 : 1;
}
