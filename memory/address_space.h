// What a CPU or a bus master sees: a region tree, flattened, with loads and stores.
#ifndef EMU_MEMORY_ADDRESS_SPACE_H_
#define EMU_MEMORY_ADDRESS_SPACE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "memory/access.h"
#include "memory/access_observer.h"
#include "memory/address.h"
#include "memory/flat_view.h"
#include "memory/listener.h"
#include "memory/region.h"
#include "memory/transaction.h"

namespace emu::memory {

// Host memory behind guest memory. `block` keeps the memory alive even when it leaves the address space.
struct HostSpan {
  uint8_t* data = nullptr;  // null: no memory there, or not writable
  uint64_t length = 0;      // contiguous bytes, at most what was asked for
  RamBlock::Ptr block;
  uint64_t block_offset = 0;  // of data

  explicit operator bool() const { return data != nullptr; }
  // To be called after bytes [from, from + count) of the span were written through `data`.
  void NoteWrite(uint64_t from, uint64_t count) const { block->NoteWrite(block_offset + from, count); }
};

// How a compare-exchange ended: with kOk, `old` is what memory held, and was replaced if it equalled `expected`.
struct ExchangeResult {
  MemStatus status = MemStatus::kOk;
  bool exchanged = false;
  uint64_t old = 0;
};

// All accesses are safe on any number of threads, also while trees change: each uses the view in force when it began.
// Readers take no lock. An access ends with the worst status of its parts, and goes on after a part that failed.
//
// Nothing answers: kDecodeError, reads give zeros. Writes to ROM are ignored, with kOk. Accesses that devices start
// from within accesses nest kMaxNesting deep on a thread, then give kDeviceError, so no guest can exhaust the stack.
class AddressSpace : private TreeDependent {
 public:
  static constexpr int kMaxNesting = 16;

  // `native` is the byte order that Endian::kNative stands for: kLittle or kBig.
  AddressSpace(absl::string_view name, RegionPtr root, Endian native = Endian::kLittle);
  ~AddressSpace() override;
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  const std::string& name() const { return name_; }
  const RegionPtr& root() const { return root_; }
  Endian native() const { return native_; }

  // A value of 1, 2, 4 or 8 bytes, in one access where one region holds it all, else as its bytes. Aligned values in
  // RAM are read and written whole, whoever else writes.
  MemValue Load(Gpa at, unsigned size, MemAttrs attrs = {}, Endian endian = Endian::kNative);
  MemStatus Store(Gpa at, unsigned size, uint64_t value, MemAttrs attrs = {}, Endian endian = Endian::kNative);
  // Any number of bytes. Devices see the largest accesses that they accept. Bytes past 2^64 do not wrap: decode error.
  MemStatus Read(Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs = {});
  MemStatus Write(Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs = {});
  // Writes memory, read-only or not, for loaders and debuggers; where there is none, kDecodeError and no effect.
  MemStatus WriteRom(Gpa at, absl::Span<const uint8_t> bytes);
  // Replaces an aligned word of 4 or 8 bytes in RAM if it holds `expected`, atomically with respect to all threads.
  // What is no writable RAM, or not aligned, gives kDeviceError; a hole gives kDecodeError.
  ExchangeResult CompareExchange(Gpa at, unsigned size, uint64_t expected, uint64_t desired, MemAttrs attrs = {},
                                 Endian endian = Endian::kNative);
  // Direct access to up to `length` bytes of memory at `at`; shorter where the memory ends. Follows IOMMUs.
  HostSpan Map(Gpa at, uint64_t length, bool write, MemAttrs attrs = {});

  // Keeps the view in force now, with all its ranges, in place while the Pin lives. Cheap, lock-free; may nest. Short
  // use only: views that are replaced meanwhile pile up.
  class Pin {
   public:
    explicit Pin(const AddressSpace& space) : space_(space) {
      space.readers_.fetch_add(1, std::memory_order_seq_cst);
      view_ = space.current_.load(std::memory_order_seq_cst);
    }
    ~Pin() {
      if (space_.readers_.fetch_sub(1, std::memory_order_seq_cst) == 1 &&
          space_.has_retired_.load(std::memory_order_seq_cst)) {
        space_.Reclaim();
      }
    }
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;
    const FlatView& operator*() const { return *view_; }
    const FlatView* operator->() const { return view_; }

   private:
    const AddressSpace& space_;
    const FlatView* view_;
  };

  // A view to keep for long, such as beside a TLB that was filled from it.
  FlatView::Ptr Snapshot() const;
  // The view in force, without protection: for a thread that holds a Pin or is the only one to change trees.
  const FlatView& view() const { return *current_.load(std::memory_order_acquire); }
  // The range that holds `at` in view(), or null; the same condition applies.
  const FlatRange* Find(Gpa at) const { return FindIn(view(), at); }
  // Counts the transactions that changed the view.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // Tells the listener of all present ranges as added (removed), then of every change. Not owned; must be removed
  // before it or the address space goes, and not from within a listener's call.
  void AddListener(Listener* listener);
  void RemoveListener(Listener* listener);
  // Who is told of every access; null: nobody. Not owned.
  void SetAccessObserver(AccessObserver* observer) { observer_.store(observer, std::memory_order_release); }

 private:
  void OnTreeChange() override;
  void AfterTreeChange() override;
  void Publish(FlatView::Ptr view);
  void Reclaim() const;
  void TellListeners(const FlatView& before, const FlatView& after);
  void TellKept(const FlatRange* old, const FlatRange& range);
  const FlatRange* FindIn(const FlatView& view, Gpa at) const;
  bool IsBig(Endian endian) const { return (endian == Endian::kNative ? native_ : endian) == Endian::kBig; }

  MemValue LoadIn(const FlatView& view, Gpa at, unsigned size, MemAttrs attrs, bool big);
  MemStatus StoreIn(const FlatView& view, Gpa at, unsigned size, uint64_t value, MemAttrs attrs, bool big);
  ExchangeResult ExchangeIn(const FlatView& view, Gpa at, unsigned size, uint64_t expected, uint64_t desired,
                            MemAttrs attrs, bool big);
  AccessObserver* observer() const { return observer_.load(std::memory_order_acquire); }
  void TellValue(const FlatView& view, bool write, Gpa at, unsigned size, uint64_t value, bool big, MemAttrs attrs,
                 MemStatus status);
  // For an access within one range that memory does not take.
  MemValue LoadDevice(const FlatRange& range, Gpa at, unsigned size, MemAttrs attrs, bool big);
  MemStatus StoreDevice(const FlatRange& range, Gpa at, unsigned size, uint64_t value, MemAttrs attrs, bool big);
  // For an access over several ranges or holes.
  MemValue LoadAsBytes(const FlatView& view, Gpa at, unsigned size, MemAttrs attrs, bool big);
  MemStatus StoreAsBytes(const FlatView& view, Gpa at, unsigned size, uint64_t value, MemAttrs attrs, bool big);
  MemStatus ReadIn(const FlatView& view, Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs);
  MemStatus WriteIn(const FlatView& view, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs);
  // For bytes within one range, and for those that a device answers.
  MemStatus ReadPart(const FlatRange& range, Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs);
  MemStatus WritePart(const FlatRange& range, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs);
  MemStatus ReadDevice(const FlatRange& range, Gpa at, absl::Span<uint8_t> bytes, MemAttrs attrs);
  MemStatus WriteDevice(const FlatRange& range, Gpa at, absl::Span<const uint8_t> bytes, MemAttrs attrs);
  static ExchangeResult ExchangeHost(const FlatRange& range, Gpa at, unsigned size, uint64_t expected, uint64_t desired,
                                     bool big);

  const std::string name_;
  const RegionPtr root_;
  const Endian native_;
  std::atomic<const FlatView*> current_{nullptr};
  std::atomic<uint64_t> generation_{0};
  std::atomic<AccessObserver*> observer_{nullptr};
  mutable std::atomic<uint32_t> last_found_{0};  // index of the range found last: mostly the next one too
  mutable std::atomic<uint32_t> readers_{0};
  mutable std::atomic<bool> has_retired_{false};
  // Guarded by the transaction lock.
  FlatView::Ptr owned_;
  FlatView::Ptr untold_;  // what the listeners were told last, while owned_ is newer
  mutable std::vector<FlatView::Ptr> retired_;
  std::vector<Listener*> listeners_;  // by rising priority
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_ADDRESS_SPACE_H_
