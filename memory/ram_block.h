// The host memory behind guest RAM and ROM, with dirty bits and write watches per 4 KiB page.
#ifndef EMU_MEMORY_RAM_BLOCK_H_
#define EMU_MEMORY_RAM_BLOCK_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "memory/page_bits.h"

namespace emu::memory {

class RamBlock;

// Told of a write to a watched page of a RamBlock, after it was made. The engine drops translated code this way when
// a device or the debugger writes over it. Called on the writing thread.
class WriteObserver {
 public:
  virtual ~WriteObserver() = default;
  virtual void OnWatchedWrite(RamBlock& block, uint64_t offset, uint64_t length) = 0;
};

// Whether writes reach the file behind a mapping (kShared) or stay in this process (kPrivate).
enum class Sharing : uint8_t { kShared, kPrivate };

class RamBlock {
 public:
  using Ptr = std::shared_ptr<RamBlock>;
  // Dirty bits are kept for each client apart (display, migration, code, ...). Who takes which number is agreed by the
  // program that builds the machine.
  static constexpr unsigned kMaxDirtyClients = 8;

  // Zeroed memory of this process, given by the host page by page as it is touched.
  static absl::StatusOr<Ptr> Anonymous(absl::string_view name, uint64_t size);
  // The same, behind a file descriptor that can be mapped again or handed to another process.
  static absl::StatusOr<Ptr> Memfd(absl::string_view name, uint64_t size);
  // The first `size` bytes of the file at `path`, which must have that many. kShared opens it for writing.
  static absl::StatusOr<Ptr> File(absl::string_view name, absl::string_view path, uint64_t size, Sharing sharing);
  // `size` bytes at `offset` (a multiple of 4096) of an open file. The descriptor is duplicated; the caller keeps his.
  static absl::StatusOr<Ptr> FileDescriptor(absl::string_view name, int fd, uint64_t offset, uint64_t size,
                                            Sharing sharing);
  // Memory of the caller, which must outlive the block.
  static absl::StatusOr<Ptr> HostPointer(absl::string_view name, void* host, uint64_t size);

  ~RamBlock();
  RamBlock(const RamBlock&) = delete;
  RamBlock& operator=(const RamBlock&) = delete;

  const std::string& name() const { return name_; }
  uint64_t size() const { return size_; }
  uint8_t* host() const { return host_; }
  // The descriptor behind Memfd, File and FileDescriptor blocks, owned by the block; -1 for others.
  int fd() const { return fd_; }
  // Backs these bytes of an Anonymous block with huge pages, as far as the host has some: before all of them are
  // written, that costs much less than page by page. They keep what they held.
  void MakeHugePages(uint64_t offset, uint64_t length);

  // Makes pages of an Anonymous block shared in place, which mremap(2) shows elsewhere once more. Bytes, both multiples
  // of the page size; nobody else may use the pages meanwhile. False: the block is of another kind, or the host
  // refuses. The mapping has kSharedName in its name, in /proc/PID/maps.
  static constexpr char kSharedName[] = "shared-ram";
  bool Share(uint64_t offset, uint64_t length);

  // Begins, or stops, recording for `client` (below kMaxDirtyClients). All bits are clear at the beginning.
  void EnableDirty(unsigned client);
  void DisableDirty(unsigned client);
  bool dirty_enabled(unsigned client) const { return (dirty_clients() >> client) & 1; }
  // Bit i is set while client i records.
  uint32_t dirty_clients() const { return dirty_clients_.load(std::memory_order_acquire); }
  // Sets the bits of all recording clients.
  void MarkDirty(uint64_t offset, uint64_t length);
  bool IsDirty(unsigned client, uint64_t offset, uint64_t length) const;
  // The dirty bits of a range, which are cleared. Empty for a client that never recorded.
  PageBitmap TakeDirty(unsigned client, uint64_t offset, uint64_t length);

  // Pages whose writes the observers are told of.
  void Watch(uint64_t offset, uint64_t length);
  void Unwatch(uint64_t offset, uint64_t length);
  bool IsWatched(uint64_t offset, uint64_t length) const { return watched_.Any(offset, length); }
  // An observer must be removed before it is destroyed, while no thread writes to the block.
  void AddWriteObserver(WriteObserver* observer);
  void RemoveWriteObserver(WriteObserver* observer);

  // To be called after every write to host() that did not go through an AddressSpace: sets dirty bits and tells the
  // observers of watched pages.
  void NoteWrite(uint64_t offset, uint64_t length) {
    if (dirty_clients() != 0) MarkDirty(offset, length);
    if (has_observers_.load(std::memory_order_acquire)) NotifyObservers(offset, length);
  }

 private:
  RamBlock(absl::string_view name, uint8_t* host, uint64_t size, uint64_t mapped, int fd);
  static absl::StatusOr<Ptr> MapDescriptor(absl::string_view name, int fd, uint64_t offset, uint64_t size,
                                           Sharing sharing);
  void NotifyObservers(uint64_t offset, uint64_t length);

  const std::string name_;
  uint8_t* const host_;
  const uint64_t size_;
  const uint64_t mapped_;  // bytes to unmap; 0 for the caller's memory
  const int fd_;
  int shared_fd_ = -1;  // of an Anonymous block, what its shared pages are of
  std::atomic<uint32_t> dirty_clients_{0};
  std::atomic<bool> has_observers_{false};
  std::array<std::unique_ptr<PageBits>, kMaxDirtyClients> dirty_;
  PageBits watched_;
  std::mutex mutex_;  // for observers_ and the making of dirty_
  std::vector<WriteObserver*> observers_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_RAM_BLOCK_H_
