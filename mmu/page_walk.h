// The words that every page-table walker shares: what an access wants, what a mapping permits, the guest-physical
// words that a walk reads and updates, and the record of a walk, step by step, that tools print.
#ifndef EMU_MMU_PAGE_WALK_H_
#define EMU_MMU_PAGE_WALK_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "memory/access.h"
#include "memory/address.h"

namespace emu::mmu {

// What an access wants of a page. An atomic read-modify-write is a write.
enum class AccessKind : uint8_t { kRead = 0, kWrite = 1, kExecute = 2 };

// A set of access kinds: what a mapping, or a protection unit, permits. Kept as bits, for they are on the path of every
// TLB miss: bit 0 read, bit 1 write, bit 2 execute.
class Permissions {
 public:
  constexpr Permissions() = default;
  constexpr Permissions(bool read, bool write, bool execute)
      : bits_(static_cast<uint8_t>((read ? 1 : 0) | (write ? 2 : 0) | (execute ? 4 : 0))) {}
  static constexpr Permissions FromBits(unsigned bits) {
    Permissions permissions;
    permissions.bits_ = bits & 7;
    return permissions;
  }
  static constexpr Permissions All() { return FromBits(7); }

  constexpr unsigned bits() const { return bits_; }
  constexpr bool read() const { return Allows(AccessKind::kRead); }
  constexpr bool write() const { return Allows(AccessKind::kWrite); }
  constexpr bool execute() const { return Allows(AccessKind::kExecute); }
  constexpr bool Allows(AccessKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1) != 0; }

  constexpr bool operator==(const Permissions&) const = default;
  constexpr Permissions operator&(Permissions other) const { return FromBits(bits_ & other.bits_); }

 private:
  uint8_t bits_ = 0;
};

// Page tables as a walker sees them: naturally aligned words of 4 or 8 bytes at guest-physical addresses, as numbers in
// the byte order that the architecture's tables have. A status other than kOk is an access fault: there is no RAM at
// the address, or a protection unit denies it. CompareExchange gives the word found there; it has stored `desired` if
// and only if that equals `expected`.
//
// This is a concept and not a base class because a walk is on the path of every TLB miss: against RAM it all inlines.
template <typename T>
concept PhysicalWords = requires(T& words, memory::Gpa gpa, unsigned size, uint64_t value) {
  { words.Read(gpa, size) } -> std::same_as<memory::MemValue>;
  { words.CompareExchange(gpa, size, value, value) } -> std::same_as<memory::MemValue>;
};

// The same behind virtual calls, for tools that choose their memory at run time.
class AnyPhysicalWords {
 public:
  virtual ~AnyPhysicalWords() = default;
  virtual memory::MemValue Read(memory::Gpa gpa, unsigned size) = 0;
  virtual memory::MemValue CompareExchange(memory::Gpa gpa, unsigned size, uint64_t expected, uint64_t desired) = 0;
};
static_assert(PhysicalWords<AnyPhysicalWords>);

// How a walk went on from one entry.
enum class StepVerdict : uint8_t {
  kTable,    // the entry points to the next table
  kLeaf,     // the entry maps the page
  kUpdated,  // accessed/dirty bits were stored into the entry
  kRetry,    // the entry changed under the walk, which starts again
  kFault,    // the walk ends here
};

// One step of a walk. `text` says in words why the verdict is what it is; static storage.
struct WalkStep {
  int level = 0;            // 0 is the table whose entries map the smallest pages; -1: a check without an entry
  uint64_t index = 0;       // of the entry in its table
  memory::Gpa entry;        // where the entry lies
  unsigned entry_size = 0;  // in bytes; 0 for a check without an entry
  uint64_t value = 0;       // what was read there, or stored for kUpdated
  std::string flags;        // the entry's flag bits in the architecture's letters
  StepVerdict verdict = StepVerdict::kFault;
  const char* text = "";
};

// Receives the steps. A walker given NoRecorder has no trace of it in its code.
template <typename T>
concept WalkRecorder = requires(T& recorder, WalkStep step) {
  { T::kEnabled } -> std::convertible_to<bool>;
  recorder.Add(step);
};

struct NoRecorder {
  static constexpr bool kEnabled = false;
  void Add(const WalkStep&) {}
};

struct WalkLog {
  static constexpr bool kEnabled = true;
  void Add(WalkStep step) { steps.push_back(std::move(step)); }
  std::vector<WalkStep> steps;
};

}  // namespace emu::mmu

#endif  // EMU_MMU_PAGE_WALK_H_
