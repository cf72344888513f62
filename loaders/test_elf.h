// Makes small ELF files for tests: one segment, and symbols.
#ifndef EMU_LOADERS_TEST_ELF_H_
#define EMU_LOADERS_TEST_ELF_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "loaders/bytes.h"

namespace emu::loaders {

struct TestElf {
  unsigned bits = 64;
  bool big = false;
  uint16_t machine = 243;
  uint16_t type = 2;
  uint64_t entry = 0x1010, physical = 0x80000000, virtual_address = 0x1000, memory_size = 0x40;
  std::vector<uint8_t> data = {1, 2, 3, 4};
  std::vector<std::pair<std::string, uint64_t>> symbols = {{"tohost", 0x1020}};

  std::vector<uint8_t> Build() const {
    const bool wide = bits == 64;
    const uint64_t header = wide ? 64 : 52, segment = wide ? 56 : 32, section = wide ? 64 : 40, symbol = wide ? 24 : 16;
    std::string names(1, '\0');
    std::vector<uint8_t> table(symbol);
    for (const auto& [name, value] : symbols) {
      Put(table, names.size(), 4);
      if (wide) Put(table, 0x10, 1), Put(table, 0, 1), Put(table, 1, 2), Put(table, value, 8), Put(table, 0, 8);
      if (!wide) Put(table, value, 4), Put(table, 0, 4), Put(table, 0x10, 1), Put(table, 0, 1), Put(table, 1, 2);
      names += name + '\0';
    }
    const uint64_t data_at = header + segment, table_at = data_at + data.size(), names_at = table_at + table.size();
    const uint64_t sections_at = names_at + names.size();
    std::vector<uint8_t> out = {
        0x7f, 'E', 'L', 'F', static_cast<uint8_t>(wide ? 2 : 1), static_cast<uint8_t>(big ? 2 : 1), 1};
    out.resize(16);
    const unsigned word = bits / 8;
    Put(out, type, 2), Put(out, machine, 2), Put(out, 1, 4), Put(out, entry, word), Put(out, header, word);
    Put(out, sections_at, word), Put(out, 0, 4), Put(out, header, 2), Put(out, segment, 2), Put(out, 1, 2);
    Put(out, section, 2), Put(out, 3, 2), Put(out, 0, 2);
    Put(out, 1, 4);
    if (wide) Put(out, 7, 4);
    Put(out, data_at, word), Put(out, virtual_address, word), Put(out, physical, word), Put(out, data.size(), word);
    Put(out, memory_size, word);
    if (!wide) Put(out, 7, 4);
    Put(out, 4096, word);
    out.insert(out.end(), data.begin(), data.end());
    out.insert(out.end(), table.begin(), table.end());
    out.insert(out.end(), names.begin(), names.end());
    out.resize(out.size() + section);  // the empty section
    PutSection(out, 2, table_at, table.size(), 2, symbol);
    PutSection(out, 3, names_at, names.size(), 0, 0);
    return out;
  }
  Bytes File() const { return Bytes(Build()); }

 private:
  void Put(std::vector<uint8_t>& out, uint64_t value, unsigned size) const {
    for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<uint8_t>(value >> 8 * (big ? size - 1 - i : i)));
  }
  void PutSection(std::vector<uint8_t>& out, uint32_t type, uint64_t at, uint64_t size, uint32_t link,
                  uint64_t item) const {
    const unsigned word = bits / 8;
    Put(out, 0, 4), Put(out, type, 4), Put(out, 0, word), Put(out, 0, word), Put(out, at, word), Put(out, size, word);
    Put(out, link, 4), Put(out, 0, 4), Put(out, 1, word), Put(out, item, word);
  }
};

}  // namespace emu::loaders

#endif  // EMU_LOADERS_TEST_ELF_H_
