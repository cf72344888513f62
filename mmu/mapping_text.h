// Translations and lists of mappings, for people and for tools. In JSON, numbers that may exceed 53 bits are strings in
// hexadecimal.
#ifndef EMU_MMU_MAPPING_TEXT_H_
#define EMU_MMU_MAPPING_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "memory/access.h"
#include "memory/range.h"
#include "mmu/mapping_list.h"
#include "mmu/page_table_walker.h"

namespace emu::mmu {

// In the largest unit that divides it: "4K", "1M", "1025M", "16E" for all of 2^64.
std::string SizeText(memory::Size size);
// "user accessed dirty nc"
std::string AttributeText(const MappingAttributes& attributes);

// The steps, one per line, then what came out. `byte` is what was read at the physical address; nothing where nobody
// looked.
//   gva 0x400000: read
//   level 2 [   0] 0000000080000000: 0000000020000401 -------V  table: points to the next table
//   ...
//   gpa 0x80400000: 2M page at 0x80400000, r-x, user accessed, byte 0x13
std::string TranslationText(const Translation& translation, std::optional<memory::MemValue> byte);
std::string TranslationJson(const Translation& translation, std::optional<memory::MemValue> byte);

// A line for every range and every hole, and the sums by page size.
std::string MappingListText(const MappingList& list);
std::string MappingListJson(const MappingList& list);

}  // namespace emu::mmu

#endif  // EMU_MMU_MAPPING_TEXT_H_
