// Character backends on host descriptors: the terminal, files, pseudo-terminals and sockets.
#ifndef EMU_DEVICES_FD_BACKEND_H_
#define EMU_DEVICES_FD_BACKEND_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "devices/byte_queue.h"
#include "devices/char_backend.h"
#include "devices/event_loop.h"
#include "devices/raw_terminal.h"

namespace emu::devices {

// What to do when a descriptor takes no more output.
enum class WhenFull {
  kWait,  // files, terminals and pipes: somebody reads them, or the write fails
  kDrop,  // pseudo-terminals and sockets: keep kQueueLimit bytes, then drop
};

// Reads one descriptor and writes another (or the same). Reads only when the device has taken what came before.
class FdBackend : public CharBackend {
 public:
  static constexpr size_t kQueueLimit = 1 << 20;

  // Either may be -1: nothing to read, or output vanishes. With `owned`, closes them at the end.
  FdBackend(EventLoop& loop, int in_fd, int out_fd, WhenFull when_full, bool owned);
  ~FdBackend() override;

  void Write(absl::string_view bytes) override;
  size_t queued() const override { return queue_.size(); }
  // Bytes that found no room.
  uint64_t dropped() const { return dropped_; }

 protected:
  void InputDrained() override;
  // The peer has gone. The descriptors are no longer watched.
  virtual void HungUp();
  void SetDescriptors(int in_fd, int out_fd);
  void CloseDescriptors();
  EventLoop& loop() { return loop_; }
  int in_fd() const { return in_fd_; }

 private:
  void OnReadable(short revents);
  void Flush();
  size_t WriteSome(absl::string_view bytes);
  void Queue(absl::string_view bytes);

  EventLoop& loop_;
  int in_fd_ = -1;
  int out_fd_ = -1;
  const WhenFull when_full_;
  const bool owned_;
  std::optional<EventLoop::WatchId> in_watch_;
  std::optional<EventLoop::WatchId> out_watch_;
  ByteQueue queue_;
  uint64_t dropped_ = 0;
};

// This process's standard input and output; a terminal is put into raw mode as long as the backend lives.
std::unique_ptr<CharBackend> MakeStdioBackend(EventLoop& loop, bool keep_signals);
// Output goes to a file, which is emptied first unless `append`.
absl::StatusOr<std::unique_ptr<CharBackend>> MakeFileBackend(EventLoop& loop, absl::string_view path, bool append);

// A new pseudo-terminal, whose other end is the device file path(). What is written before anybody opens it waits
// there, as far as there is room.
class PtyBackend : public FdBackend {
 public:
  static absl::StatusOr<std::unique_ptr<PtyBackend>> Make(EventLoop& loop);
  ~PtyBackend() override;
  const std::string& path() const { return path_; }

 private:
  PtyBackend(EventLoop& loop, int master, int slave, std::string path);
  int slave_;  // held open, so that the master end never sees a hang-up
  std::string path_;
};

struct SocketAddress {
  std::string path;  // a Unix socket; if empty, TCP:
  std::string host;
  std::string port;
  bool server = false;  // listen, else connect
  bool wait = true;     // as a server: do not begin before a peer has come
};

// A stream socket. A server takes one peer at a time and listens again when it goes.
class SocketBackend : public FdBackend {
 public:
  static absl::StatusOr<std::unique_ptr<CharBackend>> Make(EventLoop& loop, const SocketAddress& address);
  ~SocketBackend() override;

 protected:
  void HungUp() override;

 private:
  SocketBackend(EventLoop& loop, int listener, std::string unlink_path);
  void Accept();

  int listener_;
  std::string unlink_path_;
  std::optional<EventLoop::WatchId> listen_watch_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_FD_BACKEND_H_
