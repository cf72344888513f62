// Hands records from the thread that makes them to the one that writes them. The maker waits when the writer is too far
// behind: no record is lost.
#ifndef EMU_DEBUG_TRACE_RECORD_RING_H_
#define EMU_DEBUG_TRACE_RECORD_RING_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "absl/types/span.h"
#include "debug/trace/record.h"

namespace emu::debug {

class RecordRing {
 public:
  RecordRing() : records_(new TraceRecord[kSize]) {}

  // --- The maker.
  // The record to fill; Publish hands it over.
  TraceRecord* Next() {
    if (made_ - seen_taken_ == kSize) WaitForRoom();
    return &records_[made_ % kSize];
  }
  void Publish() {
    published_.store(++made_, std::memory_order_release);
    if (made_ % kWakeEvery == 0) changed_.notify_one();
  }
  uint64_t made() const { return made_; }
  // Waits until all is taken and dealt with.
  void Drain() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.notify_one();
    room_.wait(lock, [this] { return taken_.load(std::memory_order_acquire) == made_; });
  }

  // --- The writer.
  // Some of what is there, in order; empty: nothing is.
  absl::Span<const TraceRecord> Peek() const {
    const uint64_t taken = taken_.load(std::memory_order_relaxed);
    const uint64_t count = published_.load(std::memory_order_acquire) - taken;
    const uint64_t at = taken % kSize;
    return {&records_[at], static_cast<size_t>(std::min({count, kSize - at, kBatch}))};
  }
  // The first `count` of them are done with.
  void Take(uint64_t count) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      taken_.store(taken_.load(std::memory_order_relaxed) + count, std::memory_order_release);
    }
    room_.notify_one();
  }
  // Waits for records, a while.
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(5));
  }

 private:
  static constexpr uint64_t kSize = 1 << 15;
  static constexpr uint64_t kWakeEvery = kSize / 4;
  static constexpr uint64_t kBatch = kSize / 8;

  void WaitForRoom() {
    seen_taken_ = taken_.load(std::memory_order_acquire);
    if (made_ - seen_taken_ < kSize) return;
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.notify_one();
    room_.wait(lock, [this] { return made_ - taken_.load(std::memory_order_acquire) < kSize; });
    seen_taken_ = taken_.load(std::memory_order_acquire);
  }

  const std::unique_ptr<TraceRecord[]> records_;
  alignas(64) uint64_t made_ = 0;  // the maker's
  uint64_t seen_taken_ = 0;
  alignas(64) std::atomic<uint64_t> published_{0};
  alignas(64) std::atomic<uint64_t> taken_{0};
  std::mutex mutex_;
  std::condition_variable changed_, room_;
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_RECORD_RING_H_
