// One access as traces keep it: what a translate::MemAccess says, with the place in memory or the device's register by
// name, valid after the access too.
#ifndef EMU_DEBUG_TRACE_RECORD_H_
#define EMU_DEBUG_TRACE_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "memory/address.h"
#include "memory/region.h"
#include "translate/engine/access_watch.h"

namespace emu::debug {

// A range of guest-physical addresses that one region answers, as memory::FlatRange says.
struct TracePlace {
  std::string region;  // its name
  memory::RegionKind kind = memory::RegionKind::kIo;
  uint64_t first = 0, last = 0;  // guest-physical, both included
  uint64_t offset = 0;           // of `first` in the region
  uint64_t host = 0;             // host address of `first`; 0: none

  uint64_t OffsetAt(uint64_t gpa) const { return offset + (gpa - first); }
  uint64_t HostAt(uint64_t gpa) const { return host == 0 ? 0 : host + (gpa - first); }
};

struct TraceRecord {
  translate::AccessType type = translate::AccessType::kRead;
  bool crosses = false;     // the end of a page: the rest is at gpa2
  bool value_known = true;  // false: nobody saw what a device did there
  uint16_t cpu = 0;
  uint32_t size = 0;  // in bytes; of more than 8, `value` holds the first 8
  uint64_t insn = 0;  // guest instructions executed before
  uint64_t pc = 0;
  uint64_t gva = 0;  // of walks: the address that is translated; none of devices
  uint64_t gpa = 0;
  uint64_t gpa2 = 0;
  uint64_t value = 0;                   // read, fetched (lowest byte first) or written
  uint64_t old = 0;                     // of atomics: what was there before
  const TracePlace* place = nullptr;    // of gpa; null: nothing answers there
  const TracePlace* place2 = nullptr;   // of gpa2, if it crosses
  const char* register_name = nullptr;  // where a device gives one

  uint64_t host() const { return place == nullptr ? 0 : place->HostAt(gpa); }
  uint64_t host2() const { return place2 == nullptr ? 0 : place2->HostAt(gpa2); }
  bool writes() const {
    return type == translate::AccessType::kWrite || type == translate::AccessType::kAtomic ||
           type == translate::AccessType::kWalkWrite || type == translate::AccessType::kDmaWrite;
  }
  bool dma() const { return type == translate::AccessType::kDmaRead || type == translate::AccessType::kDmaWrite; }
};

inline constexpr int kAccessTypes = 8;
// "read", "write", "atomic", "fetch", "walk-read", "walk-write", "dma-read", "dma-write".
absl::string_view AccessTypeName(translate::AccessType type);

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_RECORD_H_
