#include "devices/raw_terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <iterator>

namespace emu::devices {
namespace {

// Signal handlers reach only what is global. Both modes are written before g_fd makes them visible.
volatile sig_atomic_t g_fd = -1;
termios g_original;
termios g_raw;
struct sigaction g_previous[NSIG];

constexpr int kDeadlySignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};

void Restore() {
  if (g_fd >= 0) tcsetattr(g_fd, TCSANOW, &g_original);
}

// Puts the terminal back and lets the signal do what it did before.
void OnDeadlySignal(int number) {
  Restore();
  sigaction(number, &g_previous[number], nullptr);
  raise(number);
}

// After Ctrl-Z and `fg` the shell has set its own mode.
void OnContinue(int) {
  if (g_fd >= 0) tcsetattr(g_fd, TCSANOW, &g_raw);
}

void Hook(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_NODEFER;
  sigemptyset(&action.sa_mask);
  // Who has a handler of his own, or ignores the signal, knows what he does.
  sigaction(number, nullptr, &g_previous[number]);
  if (g_previous[number].sa_handler == SIG_DFL) sigaction(number, &action, nullptr);
}

void HookOnce() {
  static const bool done = [] {
    atexit(Restore);
    for (int number : kDeadlySignals) Hook(number, OnDeadlySignal);
    Hook(SIGCONT, OnContinue);
    return true;
  }();
  (void)done;
}

}  // namespace

RawTerminal::RawTerminal(int fd, bool keep_signals) {
  if (g_fd >= 0 || !isatty(fd) || tcgetattr(fd, &g_original) != 0) return;
  g_raw = g_original;
  g_raw.c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  g_raw.c_oflag |= OPOST;  // the program's own messages end lines with \n alone
  g_raw.c_lflag &= ~(ECHO | ECHONL | ICANON | IEXTEN);
  if (!keep_signals) g_raw.c_lflag &= ~ISIG;
  g_raw.c_cflag = (g_raw.c_cflag & ~(CSIZE | PARENB)) | CS8;
  g_raw.c_cc[VMIN] = 1;
  g_raw.c_cc[VTIME] = 0;
  HookOnce();
  g_fd = fd;
  tcsetattr(fd, TCSANOW, &g_raw);
  active_ = true;
}

RawTerminal::~RawTerminal() {
  if (!active_) return;
  Restore();
  g_fd = -1;
}

}  // namespace emu::devices
