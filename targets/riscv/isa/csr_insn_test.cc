#include "targets/riscv/isa/csr_insn.h"

#include "gtest/gtest.h"

namespace emu::riscv {
namespace {

// funct3 in bits 14:12, rs1 or the immediate in 19:15, rd in 11:7.
CsrInsn Of(unsigned csr, unsigned funct3, unsigned rs1, unsigned rd) {
  Decoded d;
  EXPECT_TRUE(Decode(csr << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x73, IsaConfig::Full(64), &d));
  return CsrInsn(d);
}
constexpr unsigned kRw = 1, kRs = 2, kRc = 3, kRwi = 5, kRsi = 6, kRci = 7;
constexpr unsigned kMscratch = 0x340, kSatp = 0x180, kSie = 0x104;

TEST(CsrInsn, WhatIsReadAndWritten) {
  for (const unsigned op : {kRs, kRc, kRsi, kRci}) {
    EXPECT_TRUE(Of(kMscratch, op, 0, 1).no_write) << op;
    EXPECT_FALSE(Of(kMscratch, op, 1, 0).no_write) << op;
    EXPECT_FALSE(Of(kMscratch, op, 1, 0).no_read) << op;
  }
  for (const unsigned op : {kRw, kRwi}) {
    EXPECT_FALSE(Of(kMscratch, op, 0, 1).no_write) << op;
    EXPECT_FALSE(Of(kMscratch, op, 0, 1).no_read) << op;
    EXPECT_TRUE(Of(kMscratch, op, 0, 0).no_read) << op;
  }
  EXPECT_EQ(Of(kMscratch, kRwi, 5, 0).packed(), 0x9340u);
  EXPECT_EQ(Of(kMscratch, kRci, 0, 3).packed(), 0x7340u);
}

TEST(CsrInsn, WhatTheBlockGoesOnAfter) {
  EXPECT_TRUE(Of(kMscratch, kRw, 5, 5).is_harmless());
  EXPECT_TRUE(Of(kSatp, kRs, 0, 5).is_harmless()) << "read only";
  EXPECT_FALSE(Of(kSatp, kRw, 0, 5).is_harmless());
  EXPECT_FALSE(Of(kSie, kRci, 2, 5).is_harmless());
  EXPECT_TRUE(Of(kCsrSstatus, kRci, 2, 5).is_harmless());
  EXPECT_FALSE(Of(kCsrSstatus, kRc, 2, 5).is_harmless()) << "any bit";
  EXPECT_FALSE(Of(kCsrSstatus, kRsi, 2, 5).is_harmless()) << "interrupts may come";
}

}  // namespace
}  // namespace emu::riscv
