// Who looks at a CPU's memory accesses: traces, watchpoints, breakpoints. Without one nothing changes; with one, the
// pages and instructions that it names leave the fast path, and generated code is the same except where single
// instructions are named.
#ifndef EMU_TRANSLATE_ENGINE_ACCESS_WATCH_H_
#define EMU_TRANSLATE_ENGINE_ACCESS_WATCH_H_

#include <cstdint>

#include "memory/address.h"
#include "memory/flat_view.h"
#include "translate/engine/target.h"

namespace emu::translate {

enum class AccessType : uint8_t {
  kRead,
  kWrite,
  kAtomic,     // read and written in one; one that found another value than expected is a kRead
  kFetch,      // an instruction that is executed
  kWalkRead,   // of a page-table entry by the MMU
  kWalkWrite,  // of accessed and dirty bits
  kDmaRead,    // by a device, or by firmware that is the emulator's own
  kDmaWrite,
};

// A set of them.
using AccessTypes = uint32_t;
constexpr AccessTypes BitOf(AccessType type) { return AccessTypes{1} << static_cast<int>(type); }
inline constexpr AccessTypes kReadTypes = BitOf(AccessType::kRead) | BitOf(AccessType::kAtomic);
inline constexpr AccessTypes kWriteTypes = BitOf(AccessType::kWrite) | BitOf(AccessType::kAtomic);
inline constexpr AccessTypes kWalkTypes = BitOf(AccessType::kWalkRead) | BitOf(AccessType::kWalkWrite);
inline constexpr AccessTypes kDmaTypes = BitOf(AccessType::kDmaRead) | BitOf(AccessType::kDmaWrite);

// One access. Of those by the MMU, `gva` is the address that is translated, and `gpa` that of the entry; those by
// devices have no `gva`. An access over the end of a page has its second part at `gpa2`.
struct MemAccess {
  AccessType type = AccessType::kRead;
  uint16_t cpu = 0;
  uint32_t size = 0;  // in bytes; of more than 8, `value` holds the first 8
  uint64_t insn = 0;  // guest instructions executed before the one that makes the access
  uint64_t pc = 0;    // of the instruction
  memory::Gva gva;
  memory::Gpa gpa;
  memory::Gpa gpa2;               // only if `crosses`
  bool crosses = false;           // the end of a page
  const uint8_t* host = nullptr;  // of the first byte; null: a device
  // What answered at `gpa` and `gpa2` when the access was made; valid during the call.
  const memory::FlatRange* range = nullptr;
  const memory::FlatRange* range2 = nullptr;
  uint64_t value = 0;       // as the guest sees it: read, fetched (lowest byte first) or to be written
  uint64_t old = 0;         // kAtomic: what was there before
  bool value_known = true;  // false: a device had the memory mapped, and nobody saw what it did
};

class AccessWatch {
 public:
  virtual ~AccessWatch() = default;
  // What it wants to be told of that no page or instruction stands for: walks, accesses by devices, and with kRead,
  // kWrite and kAtomic those that devices answer. Asked once, when the watch is set; the rest costs nothing.
  virtual AccessTypes TypesBeyondPages() const = 0;
  // Whether Stops may give true; asked together with it.
  virtual bool MayStop() const = 0;
  // Whether data accesses of this kind to a page are wanted; asked once, when the page's mapping is cached.
  virtual bool WantsPage(memory::Gva page, memory::Gpa gpa, const memory::FlatRange& range, Access access) = 0;
  // Whether the executions of the instruction at `pc` are wanted; asked once, when it is translated. Its memory is
  // at `gpa`; there may be other addresses of the same memory.
  virtual bool WantsFetch(memory::Gva pc, memory::Gpa gpa, const memory::FlatRange& range) = 0;
  // An access is about to be made; `value` of reads and `old` are not known yet. True: the CPU stops before the
  // instruction (Engine::Run returns with pc at it).
  virtual bool Stops(const MemAccess& access) = 0;
  // An access was made; not always one that is wanted.
  virtual void OnAccess(const MemAccess& access) = 0;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_ACCESS_WATCH_H_
