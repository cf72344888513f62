#include "devices/fd_backend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace emu::devices {
namespace {

class StdioBackend : public FdBackend {
 public:
  StdioBackend(EventLoop& loop, bool keep_signals)
      : FdBackend(loop, STDIN_FILENO, STDOUT_FILENO, WhenFull::kWait, /*owned=*/false),
        terminal_(STDIN_FILENO, keep_signals) {}

  bool IsTerminal() const override { return terminal_.active() && isatty(STDOUT_FILENO); }

 private:
  RawTerminal terminal_;
};

void WaitWritable(int fd) {
  pollfd item = {fd, POLLOUT, 0};
  poll(&item, 1, -1);
}

}  // namespace

FdBackend::FdBackend(EventLoop& loop, int in_fd, int out_fd, WhenFull when_full, bool owned)
    : loop_(loop), when_full_(when_full), owned_(owned) {
  SetDescriptors(in_fd, out_fd);
}

FdBackend::~FdBackend() { CloseDescriptors(); }

void FdBackend::SetDescriptors(int in_fd, int out_fd) {
  in_fd_ = in_fd;
  out_fd_ = out_fd;
  if (in_fd_ >= 0) in_watch_ = loop_.Watch(in_fd_, POLLIN, [this](short revents) { OnReadable(revents); });
  if (out_fd_ >= 0) out_watch_ = loop_.Watch(out_fd_, 0, [this](short) { Flush(); });
}

void FdBackend::CloseDescriptors() {
  if (in_watch_) loop_.Unwatch(*std::exchange(in_watch_, std::nullopt));
  if (out_watch_) loop_.Unwatch(*std::exchange(out_watch_, std::nullopt));
  if (owned_ && in_fd_ >= 0) close(in_fd_);
  if (owned_ && out_fd_ >= 0 && out_fd_ != in_fd_) close(out_fd_);
  in_fd_ = out_fd_ = -1;
  queue_.Clear();
}

void FdBackend::OnReadable(short) {
  char buffer[4096];
  const ssize_t count = read(in_fd_, buffer, sizeof(buffer));
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return HungUp();
  loop_.SetEvents(*in_watch_, 0);
  Offer(absl::string_view(buffer, static_cast<size_t>(count)));
  if (pending() == 0) InputDrained();
}

void FdBackend::InputDrained() {
  if (in_watch_) loop_.SetEvents(*in_watch_, POLLIN);
}

void FdBackend::HungUp() {
  // Output may go on: standard input at its end says nothing of standard output.
  if (in_watch_) loop_.Unwatch(*std::exchange(in_watch_, std::nullopt));
  SendEvent(CharEvent::kClosed);
}

size_t FdBackend::WriteSome(absl::string_view bytes) {
  const ssize_t count = write(out_fd_, bytes.data(), bytes.size());
  if (count >= 0) return static_cast<size_t>(count);
  if (errno == EINTR) return 0;
  if (errno == EAGAIN) {
    if (when_full_ == WhenFull::kWait) WaitWritable(out_fd_);
    return 0;
  }
  return bytes.size();  // nobody will ever read it
}

void FdBackend::Queue(absl::string_view bytes) {
  const size_t room = kQueueLimit - std::min(kQueueLimit, queue_.size());
  const size_t taken = std::min(room, bytes.size());
  queue_.Append(bytes.substr(0, taken));
  dropped_ += bytes.size() - taken;
  loop_.SetEvents(*out_watch_, POLLOUT);
}

void FdBackend::Write(absl::string_view bytes) {
  if (out_fd_ < 0) return;
  if (!queue_.empty()) return Queue(bytes);
  while (!bytes.empty()) {
    const size_t count = WriteSome(bytes);
    bytes.remove_prefix(count);
    if (count == 0 && when_full_ == WhenFull::kDrop) return Queue(bytes);
  }
}

void FdBackend::Flush() {
  queue_.Pop(WriteSome(queue_.view()));
  if (!queue_.empty() || !out_watch_) return;
  loop_.SetEvents(*out_watch_, 0);
  AcceptInput();
}

std::unique_ptr<CharBackend> MakeStdioBackend(EventLoop& loop, bool keep_signals) {
  return std::make_unique<StdioBackend>(loop, keep_signals);
}

absl::StatusOr<std::unique_ptr<CharBackend>> MakeFileBackend(EventLoop& loop, absl::string_view path, bool append) {
  const std::string name(path);
  const int fd = open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
  if (fd < 0) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write to \"", path, "\": ", strerror(errno)));
  }
  return std::make_unique<FdBackend>(loop, -1, fd, WhenFull::kWait, /*owned=*/true);
}

PtyBackend::PtyBackend(EventLoop& loop, int master, int slave, std::string path)
    : FdBackend(loop, master, master, WhenFull::kDrop, /*owned=*/true), slave_(slave), path_(std::move(path)) {}

PtyBackend::~PtyBackend() { close(slave_); }

absl::StatusOr<std::unique_ptr<PtyBackend>> PtyBackend::Make(EventLoop& loop) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  char name[128] = "";
  int slave = -1;
  if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, sizeof(name)) == 0) {
    slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  if (slave < 0) {
    const std::string why = strerror(errno);
    if (master >= 0) close(master);
    return absl::UnavailableError(absl::StrCat("cannot make a pseudo-terminal: ", why));
  }
  termios mode;
  tcgetattr(slave, &mode);
  cfmakeraw(&mode);
  tcsetattr(slave, TCSANOW, &mode);
  fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
  return std::unique_ptr<PtyBackend>(new PtyBackend(loop, master, slave, name));
}

}  // namespace emu::devices
