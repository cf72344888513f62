// For tests: records as a run makes them, by chance.
#ifndef EMU_DEBUG_TRACE_TEST_RECORDS_H_
#define EMU_DEBUG_TRACE_TEST_RECORDS_H_

#include <random>
#include <string>
#include <vector>

#include "debug/trace/record.h"

namespace emu::debug {

// Ranges of memory and of a device, as a board has them.
inline const std::vector<TracePlace>& TestPlaces() {
  static const auto& places = *new std::vector<TracePlace>{
      {"rom", memory::RegionKind::kRom, 0x1000, 0x1fff, 0, 0x7f0000000000},
      {"uart", memory::RegionKind::kIo, 0x10000000, 0x10000007, 0, 0},
      {"ram", memory::RegionKind::kRam, 0x80000000, 0x87ffffff, 0, 0x7e0000000000},
      {"ram", memory::RegionKind::kRam, 0xc0000000, 0xc0ffffff, 0x1000000, 0x7e0001000000},
  };
  return places;
}

inline std::vector<TraceRecord> RandomRecords(uint32_t seed, size_t count) {
  using translate::AccessType;
  std::mt19937_64 random(seed);
  std::vector<TraceRecord> records;
  uint64_t insn = random() % 1000, pc = 0x80001000;
  for (size_t i = 0; i < count; ++i) {
    TraceRecord r;
    r.type = static_cast<AccessType>(random() % kAccessTypes);
    r.cpu = random() % 50 == 0 ? 3 : 0;
    r.size = random() % 20 == 0 ? static_cast<uint32_t>(random() % 5000) : 1u << random() % 4;
    r.insn = insn += random() % 3;
    r.pc = pc += random() % 40 == 0 ? random() : 4;
    r.place = random() % 100 == 0 ? nullptr : &TestPlaces()[random() % TestPlaces().size()];
    r.gpa = r.place == nullptr ? random() : r.place->first + random() % (r.place->last - r.place->first);
    r.gva = r.dma() ? 0 : r.gpa + 0xffffffc000000000;
    if (r.place == &TestPlaces()[1] && random() % 4 != 0) r.register_name = random() % 2 == 0 ? "LSR" : "THR";
    r.crosses = !r.dma() && random() % 30 == 0;
    if (r.crosses) r.place2 = &TestPlaces()[2], r.gpa2 = 0x80000000 + 0x1000 * (random() % 100);
    const uint64_t mask = r.size >= 8 ? ~uint64_t{0} : (uint64_t{1} << 8 * r.size) - 1;
    r.value = random() & mask;
    if (r.type == AccessType::kAtomic) r.old = random() & mask;
    r.value_known = !r.dma() || random() % 4 != 0;
    if (!r.value_known) r.value = 0;
    records.push_back(r);
  }
  return records;
}

// All of it, with places by what they say.
inline std::string Words(const TraceRecord& r) {
  const auto place = [](const TracePlace* p) {
    return p == nullptr
               ? std::string("-")
               : p->region + " " + std::to_string(static_cast<int>(p->kind)) + " " + std::to_string(p->first) + " " +
                     std::to_string(p->last) + " " + std::to_string(p->offset) + " " + std::to_string(p->host);
  };
  std::string words =
      std::string(AccessTypeName(r.type)) + (r.crosses ? " crosses" : "") + (r.value_known ? "" : " blind");
  for (const uint64_t v : {uint64_t{r.cpu}, uint64_t{r.size}, r.insn, r.pc, r.gva, r.gpa, r.gpa2, r.value, r.old}) {
    words += " " + std::to_string(v);
  }
  return words + " " + place(r.place) + " " + place(r.place2) + " " +
         (r.register_name == nullptr ? "-" : r.register_name);
}

}  // namespace emu::debug

#endif  // EMU_DEBUG_TRACE_TEST_RECORDS_H_
