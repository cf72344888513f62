// SocketBackend of fd_backend.h.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "devices/fd_backend.h"

namespace emu::devices {
namespace {

absl::Status Failed(absl::string_view what, absl::string_view name, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot ", what, " socket \"", name, "\": ", why));
}

// Binds and listens, or connects. Returns the descriptor, or -1 with errno set.
int Open(int family, const sockaddr* address, socklen_t length, bool server) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const bool ok = server ? bind(fd, address, length) == 0 && listen(fd, 1) == 0 : connect(fd, address, length) == 0;
  if (ok) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// One that an earlier run left there. Other files stay, and bind(2) complains.
void RemoveSocket(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) unlink(path.c_str());
}

absl::StatusOr<int> OpenUnix(const SocketAddress& where) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (where.path.size() >= sizeof(address.sun_path)) return Failed("open", where.path, "the path is too long");
  memcpy(address.sun_path, where.path.data(), where.path.size());
  if (where.server) RemoveSocket(where.path);
  const int fd = Open(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof(address), where.server);
  if (fd < 0) return Failed(where.server ? "listen on" : "connect to", where.path, strerror(errno));
  return fd;
}

absl::StatusOr<int> OpenTcp(const SocketAddress& where) {
  const std::string name = absl::StrCat(where.host, ":", where.port);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = where.server ? AI_PASSIVE : 0;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(where.host.empty() ? nullptr : where.host.c_str(), where.port.c_str(), &hints, &list);
  if (error != 0) return Failed("resolve", name, gai_strerror(error));
  int fd = -1;
  for (const addrinfo* item = list; item != nullptr && fd < 0; item = item->ai_next) {
    fd = Open(item->ai_family, item->ai_addr, item->ai_addrlen, where.server);
  }
  const std::string why = strerror(errno);
  freeaddrinfo(list);
  if (fd < 0) return Failed(where.server ? "listen on" : "connect to", name, why);
  return fd;
}

// What is written is wanted at once: by a person who types, by a client that waits for an answer. (No option of Unix
// sockets, which never wait.)
void SetNoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void SetNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

SocketBackend::SocketBackend(EventLoop& loop, int listener, std::string unlink_path)
    : FdBackend(loop, -1, -1, WhenFull::kDrop, /*owned=*/true),
      listener_(listener),
      unlink_path_(std::move(unlink_path)) {
  if (listener_ >= 0) listen_watch_ = this->loop().Watch(listener_, POLLIN, [this](short) { Accept(); });
}

SocketBackend::~SocketBackend() {
  if (listen_watch_) loop().Unwatch(*listen_watch_);
  if (listener_ >= 0) close(listener_);
  if (!unlink_path_.empty()) unlink(unlink_path_.c_str());
}

absl::StatusOr<std::unique_ptr<CharBackend>> SocketBackend::Make(EventLoop& loop, const SocketAddress& address) {
  absl::StatusOr<int> fd = address.path.empty() ? OpenTcp(address) : OpenUnix(address);
  if (!fd.ok()) return fd.status();
  signal(SIGPIPE, SIG_IGN);  // a peer that goes away is no reason to die
  if (address.server) {
    auto* backend = new SocketBackend(loop, *fd, address.path);
    std::unique_ptr<CharBackend> result(backend);
    if (address.wait) backend->Accept();
    return result;
  }
  auto* backend = new SocketBackend(loop, -1, "");
  SetNonBlocking(*fd);
  SetNoDelay(*fd);
  backend->SetDescriptors(*fd, *fd);
  return std::unique_ptr<CharBackend>(backend);
}

void SocketBackend::Accept() {
  const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (peer < 0) return;
  SetNoDelay(peer);
  loop().SetEvents(*listen_watch_, 0);
  SetDescriptors(peer, peer);
  SendEvent(CharEvent::kOpened);
}

void SocketBackend::HungUp() {
  CloseDescriptors();
  if (listen_watch_) loop().SetEvents(*listen_watch_, POLLIN);
  SendEvent(CharEvent::kClosed);
}

}  // namespace emu::devices
