// Distinct types for the addresses that a guest access passes through, so that a guest-virtual address
// cannot be handed to a function that expects a guest-physical one.
#ifndef EMU_MEMORY_ADDRESS_H_
#define EMU_MEMORY_ADDRESS_H_

#include <compare>
#include <cstdint>

namespace emu::memory {

// A 64-bit address of one kind. Only addresses of one kind compare, and an address takes byte offsets.
template <typename Kind>
struct Address {
  uint64_t value = 0;

  constexpr Address() = default;
  constexpr explicit Address(uint64_t v) : value(v) {}
  constexpr auto operator<=>(const Address&) const = default;
  constexpr Address operator+(uint64_t bytes) const { return Address(value + bytes); }
  constexpr Address operator-(uint64_t bytes) const { return Address(value - bytes); }
  // Distance in bytes from `other` to this address, modulo 2^64.
  constexpr uint64_t operator-(Address other) const { return value - other.value; }
};

using Gva = Address<struct GuestVirtualKind>;           // what guest code computes
using Gpa = Address<struct GuestPhysicalKind>;          // what leaves the guest's page tables
using RegionOffset = Address<struct RegionOffsetKind>;  // bytes from the start of one memory region

}  // namespace emu::memory

#endif  // EMU_MEMORY_ADDRESS_H_
