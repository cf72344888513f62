// Bytes that wait, first in, first out; to take some costs the same however many wait behind them.
#ifndef EMU_DEVICES_BYTE_QUEUE_H_
#define EMU_DEVICES_BYTE_QUEUE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace emu::devices {

class ByteQueue {
 public:
  bool empty() const { return size() == 0; }
  size_t size() const { return bytes_.size() - taken_; }
  // All, the oldest first. Valid until the queue changes.
  absl::string_view view() const { return absl::string_view(bytes_).substr(taken_); }
  void Append(absl::string_view bytes) { bytes_.append(bytes.data(), bytes.size()); }
  // Forgets the oldest `count`, of which there are as many.
  void Pop(size_t count) {
    taken_ += count;
    if (taken_ < bytes_.size() / 2) return;
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  void Clear() {
    bytes_.clear();
    taken_ = 0;
  }

 private:
  std::string bytes_;
  size_t taken_ = 0;  // of bytes_; less than half of them, so each byte is moved once at most on average
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_BYTE_QUEUE_H_
