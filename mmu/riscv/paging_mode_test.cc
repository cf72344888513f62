#include "mmu/riscv/paging_mode.h"

#include <gtest/gtest.h>

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;

TEST(PagingMode, DecodesSatpOfRv64) {
  const AddressSpaceRoot sv39 = {PagingMode::kSv39, 0x1234, Gpa(0x80200000)};
  EXPECT_EQ(DecodeSatp64(0x8123'4000'0008'0200), sv39);
  const AddressSpaceRoot widest = {PagingMode::kSv57, 0xFFFF, Gpa(0xFF'FFFF'FFFF'F000)};
  EXPECT_EQ(DecodeSatp64(0xAFFF'FFFF'FFFF'FFFF), widest);
  EXPECT_EQ(DecodeSatp64(0)->mode, PagingMode::kBare);
}

TEST(PagingMode, RefusesReservedModesOfRv64) {
  for (uint64_t mode = 0; mode < 16; ++mode) {
    EXPECT_EQ(DecodeSatp64(mode << 60).has_value(), mode == 0 || (mode >= 8 && mode <= 10)) << mode;
  }
}

TEST(PagingMode, DecodesSatpOfRv32) {
  const AddressSpaceRoot sv32 = {PagingMode::kSv32, 0x1FF, Gpa(0x3'FFFF'F000)};
  EXPECT_EQ(DecodeSatp32(0xFFFFFFFF), sv32);
  EXPECT_EQ(DecodeSatp32(0x7FFFFFFF).mode, PagingMode::kBare);
}

TEST(PagingMode, EncodesWhatItDecodes) {
  for (const uint64_t satp : {0x8123'4000'0008'0200u, 0x9000'1FFF'FFFF'FFFFu, 0xA000'0000'0000'0001u}) {
    EXPECT_EQ(EncodeSatp(*DecodeSatp64(satp)), satp);
  }
  for (const uint32_t satp : {0x80000001u, 0xFFFFFFFFu, 0xC0080200u}) EXPECT_EQ(EncodeSatp(DecodeSatp32(satp)), satp);
}

TEST(PagingMode, LevelsCoverTheAddress) {
  for (const PagingFormat& format : kPagingFormats) {
    if (format.levels == 0) continue;
    EXPECT_EQ(kPageShift + format.levels * format.index_bits, format.va_bits) << format.name;
  }
}

}  // namespace
}  // namespace emu::mmu::riscv
