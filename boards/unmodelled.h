// What answers where a board has nothing: a decode error, as without it, and a line in the log.
#ifndef EMU_BOARDS_UNMODELLED_H_
#define EMU_BOARDS_UNMODELLED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "boards/guest_log.h"
#include "memory/access.h"
#include "memory/region.h"

namespace emu::boards {

class Unmodelled : public memory::MmioDevice {
 public:
  static constexpr int kPriority = -1'000'000;  // below every other region

  explicit Unmodelled(GuestLog log);
  // All addresses.
  const memory::RegionPtr& region() const { return region_; }
  // The addresses belong to a part of the board that is left out; others to nothing at all.
  void Note(absl::string_view name, uint64_t base, uint64_t size) { parts_.push_back({std::string(name), base, size}); }

  memory::MemValue Read(memory::RegionOffset offset, unsigned size, memory::MemAttrs attrs) override;
  memory::MemStatus Write(memory::RegionOffset offset, unsigned size, uint64_t value, memory::MemAttrs attrs) override;

 private:
  struct Part {
    std::string name;
    uint64_t base;
    uint64_t size;
  };
  void Report(absl::string_view what, uint64_t at);

  const GuestLog log_;
  memory::RegionPtr region_;
  std::vector<Part> parts_;
};

}  // namespace emu::boards

#endif  // EMU_BOARDS_UNMODELLED_H_
