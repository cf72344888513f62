// Where an address lives: which region answers it, by what way from the root, and why the others that lie there do not.
#ifndef EMU_MEMORY_EXPLAIN_H_
#define EMU_MEMORY_EXPLAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "memory/address.h"
#include "memory/address_space.h"
#include "memory/region.h"

namespace emu::memory {

// A region on the way, and where in it the address lies.
struct ExplainStep {
  std::string name;
  RegionKind kind = RegionKind::kContainer;
  int priority = 0;
  RegionOffset offset;   // of the address in the region
  bool aliased = false;  // reached as the target of the alias before it, otherwise lying in the region before it
};

// A region that lies at the address and does not answer.
struct ExplainLoss {
  enum class Reason {
    kPriority,  // hidden by a region that comes before it
    kDisabled,  // it, or something on the way to it
    kOutside,   // what leads to it ends before, or begins behind, the address
    kHole,      // a container or alias that has nothing there
  };
  Reason reason = Reason::kHole;
  std::string why;                // "prio 0; "vga" has prio 1"
  std::vector<ExplainStep> path;  // from the root to the region
};

// What a reader of the flat view is told of one range.
struct ExplainRange {
  Gpa first;
  Gpa last;
  std::string region;
};

// All by value: it stays true of the moment at which it was made.
struct Explanation {
  std::string space;
  Gpa at;
  // From the root to the region that answers; empty: none does.
  std::vector<ExplainStep> path;
  // In the order in which regions are looked at; at the end those that are out of reach.
  std::vector<ExplainLoss> losses;
  bool more_losses = false;  // there are too many to list

  std::optional<ExplainRange> range;  // of the flat view, with the address in it
  std::optional<ExplainRange> below;  // where nothing answers: what lies before
  std::optional<ExplainRange> above;  // and behind

  // Of what answers.
  bool readonly = false;
  bool nonvolatile = false;
  std::string owner;
  std::string register_name;   // of a device that gives one
  std::string block;           // memory's RAM block, and
  uint64_t block_offset = 0;   // where in it the address lies
  const void* host = nullptr;  // the host address; null where memory does not answer reads

  // Behind an IOMMU: the address space it leads to, with its own explanation. Empty or one.
  std::vector<Explanation> beyond;

  bool answered() const { return !path.empty(); }
};

// `at` may be any address of the space. Changes nothing; IOMMUs are asked as a debugger asks.
Explanation Explain(const AddressSpace& space, Gpa at);

struct ExplainOptions {
  bool host = false;  // print host addresses, which differ from run to run
};

// Some lines of text for a person.
std::string FormatExplanation(const Explanation& explanation, const ExplainOptions& options = {});
// "priority", "disabled", "outside", "hole".
const char* ReasonWord(ExplainLoss::Reason reason);

}  // namespace emu::memory

#endif  // EMU_MEMORY_EXPLAIN_H_
