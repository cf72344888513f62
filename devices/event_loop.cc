#include "devices/event_loop.h"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace emu::devices {

EventLoop::EventLoop() : wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

EventLoop::~EventLoop() {
  if (wake_fd_ >= 0) close(wake_fd_);
}

EventLoop::WatchId EventLoop::Watch(int fd, short events, Callback callback) {
  entries_[next_id_] = {fd, events, std::move(callback)};
  return next_id_++;
}

void EventLoop::SetEvents(WatchId id, short events) {
  auto it = entries_.find(id);
  if (it != entries_.end()) it->second.events = events;
}

void EventLoop::Unwatch(WatchId id) { entries_.erase(id); }

bool EventLoop::watching() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) { return entry.second.events != 0; });
}

void EventLoop::Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] ssize_t n = write(wake_fd_, &one, sizeof(one));
}

void EventLoop::DrainWake() {
  uint64_t count;
  [[maybe_unused]] ssize_t n = read(wake_fd_, &count, sizeof(count));
}

int EventLoop::Poll(int64_t timeout_ns) {
  fds_.assign(1, pollfd{wake_fd_, POLLIN, 0});
  ids_.assign(1, 0);
  for (const auto& [id, entry] : entries_) {
    if (entry.events == 0) continue;
    fds_.push_back({entry.fd, entry.events, 0});
    ids_.push_back(id);
  }
  const timespec wait = {timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
  if (ppoll(fds_.data(), fds_.size(), timeout_ns < 0 ? nullptr : &wait, nullptr) <= 0) return 0;
  if (fds_[0].revents != 0) DrainWake();
  int count = 0;
  for (size_t i = 1; i < fds_.size(); ++i) {
    auto it = entries_.find(ids_[i]);
    if (fds_[i].revents == 0 || it == entries_.end() || it->second.events == 0) continue;
    Callback callback = it->second.callback;  // a copy: the callback may end its own watch
    callback(fds_[i].revents);
    ++count;
  }
  return count;
}

}  // namespace emu::devices
