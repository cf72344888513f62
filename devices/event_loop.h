// Waits for host file descriptors and calls back. One per machine, run by the thread that runs devices.
#ifndef EMU_DEVICES_EVENT_LOOP_H_
#define EMU_DEVICES_EVENT_LOOP_H_

#include <poll.h>

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace emu::devices {

class EventLoop {
 public:
  using WatchId = uint64_t;
  using Callback = std::function<void(short revents)>;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Calls `callback` from Poll() while any of `events` (POLLIN, POLLOUT) is true of `fd`. With no events asked, the
  // descriptor is left out wholly, so that a hung-up one does not spin.
  WatchId Watch(int fd, short events, Callback callback);
  void SetEvents(WatchId id, short events);
  void Unwatch(WatchId id);
  // Whether any descriptor is being waited for.
  bool watching() const;

  // Waits up to `timeout_ns` (0: not at all, negative: without end) and runs the callbacks that are due; returns how
  // many ran. A signal or Wake() ends the wait early.
  int Poll(int64_t timeout_ns);
  // Ends the Poll() of now, or else the next one. May be called from any thread and from a signal handler.
  void Wake();

 private:
  struct Entry {
    int fd;
    short events;
    Callback callback;
  };
  void DrainWake();

  std::map<WatchId, Entry> entries_;
  std::vector<pollfd> fds_;
  std::vector<WatchId> ids_;
  WatchId next_id_ = 1;
  int wake_fd_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_EVENT_LOOP_H_
