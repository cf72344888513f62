// How listings learn what a guest address is called.
#ifndef EMU_DEBUG_ADDRESS_NAMES_H_
#define EMU_DEBUG_ADDRESS_NAMES_H_

#include <cstdint>
#include <functional>
#include <string>

namespace emu::debug {

// "main+0x12", or "" for what has no name, as SymbolTable::Describe does it. May itself be empty.
using AddressNames = std::function<std::string(uint64_t address)>;

// " <main+0x12>", or "".
inline std::string InBrackets(const AddressNames& names, uint64_t address) {
  const std::string name = names ? names(address) : "";
  return name.empty() ? "" : " <" + name + ">";
}

}  // namespace emu::debug

#endif  // EMU_DEBUG_ADDRESS_NAMES_H_
