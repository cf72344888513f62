#include "mmu/riscv/pmp.h"

#include <algorithm>
#include <bit>

namespace emu::mmu::riscv {
namespace {

constexpr uint64_t kAddressMask64 = (uint64_t{1} << 54) - 1;  // bits 55-2 of an address
constexpr uint64_t kAddressMask32 = 0xFFFFFFFF;               // bits 33-2

Permissions PermissionsOf(uint8_t config, Privilege privilege) {
  if (privilege == Privilege::kMachine && (config & kPmpL) == 0) return Permissions::All();
  return Permissions::FromBits(config);  // R, W and X are its lowest bits in this order
}

}  // namespace

Pmp::Pmp(unsigned entries, unsigned register_bits)
    : entries_(std::min(entries, kMaxEntries)), register_bits_(register_bits) {}

void Pmp::Reset() {
  config_.fill(0);
  Rebuild();
}

uint64_t Pmp::ReadConfig(unsigned number) const {
  if (register_bits_ == 64 && number % 2 != 0) return 0;
  uint64_t value = 0;
  for (unsigned byte = 0; byte < register_bits_ / 8; ++byte) {
    const unsigned entry = number * 4 + byte;
    if (entry < entries_) value |= uint64_t{config_[entry]} << (byte * 8);
  }
  return value;
}

void Pmp::WriteConfig(unsigned number, uint64_t value) {
  if (register_bits_ == 64 && number % 2 != 0) return;
  for (unsigned byte = 0; byte < register_bits_ / 8; ++byte) {
    WriteEntryConfig(number * 4 + byte, static_cast<uint8_t>(value >> (byte * 8)));
  }
  Rebuild();
}

void Pmp::WriteEntryConfig(unsigned entry, uint8_t config) {
  if (entry >= entries_ || (config_[entry] & kPmpL) != 0) return;
  if ((config & kPmpR) == 0) config &= static_cast<uint8_t>(~kPmpW);  // W without R is reserved: WARL gives neither
  config_[entry] = config & (kPmpL | kPmpA | kPmpX | kPmpW | kPmpR);
}

// A locked TOR entry locks the address below it too, which is its lower bound.
bool Pmp::AddressLocked(unsigned entry) const {
  if ((config_[entry] & kPmpL) != 0) return true;
  if (entry + 1 >= entries_) return false;
  return (config_[entry + 1] & kPmpL) != 0 && (config_[entry + 1] & kPmpA) == kPmpTor;
}

void Pmp::WriteAddress(unsigned number, uint64_t value) {
  if (number >= entries_ || AddressLocked(number)) return;
  address_[number] = value & (register_bits_ == 64 ? kAddressMask64 : kAddressMask32);
  Rebuild();
}

// False when the entry matches no byte.
bool Pmp::RangeOf(unsigned entry, Range& range) const {
  const uint64_t address = address_[entry];
  const uint64_t below = entry == 0 ? 0 : address_[entry - 1];
  range.config = config_[entry];
  switch (range.config & kPmpA) {
    case kPmpOff:
      return false;
    case kPmpTor:
      range.first = below << 2;
      range.last = (address << 2) - 1;
      return below < address;
    case kPmpNa4:
      range.first = address << 2;
      range.last = range.first + 3;
      return true;
    default:
      break;
  }
  // NAPOT: n trailing ones say 2^(n+3) bytes. Addresses have at most 54 bits, so nothing overflows.
  const uint64_t ones = (uint64_t{1} << std::countr_one(address)) - 1;
  range.first = (address & ~ones) << 2;
  range.last = range.first + (ones << 3 | 7);
  return true;
}

void Pmp::Rebuild() {
  ranges_on_ = 0;
  for (unsigned entry = 0; entry < entries_; ++entry) {
    if (RangeOf(entry, ranges_[ranges_on_])) ++ranges_on_;
  }
  ++generation_;
}

PmpVerdict Pmp::Over(memory::Gpa gpa, uint64_t size, Privilege privilege) const {
  const uint64_t first = gpa.value;
  const uint64_t last = first + (size - 1);
  for (unsigned i = 0; i < ranges_on_; ++i) {
    const Range& range = ranges_[i];
    if (last < range.first || first > range.last) continue;
    if (first < range.first || last > range.last) return {false, {}};
    return {true, PermissionsOf(range.config, privilege)};
  }
  const bool open = privilege == Privilege::kMachine || entries_ == 0;
  return {true, open ? Permissions::All() : Permissions{}};
}

}  // namespace emu::mmu::riscv
