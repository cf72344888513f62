// Code that changes itself, accesses that are misaligned, at any place of a page.
#include "testdata/riscv64/bare.h"

static u8 buffer[3 * 4096] __attribute__((aligned(4096)));

static void FenceI(void) { __asm__ volatile("fence.i" : : : "memory"); }

// addi a0, zero, n; ret
static void PutFunction(u8* at, u32 n) {
  const u32 li = 0x513 | n << 20;
  const unsigned short ret = 0x8082;
  __builtin_memcpy(at, &li, 4);
  __builtin_memcpy(at + 4, &ret, 2);
}

static void SelfModification(void) {
  u64 sum = 0;
  for (u32 i = 0; i < 200; ++i) {
    PutFunction(buffer + 256, i);
    FenceI();
    sum += ((u64(*)(void))(buffer + 256))();
  }
  CHECK(sum == 199 * 100);
  for (u32 at = 4080; at < 4100; at += 2) {  // across the end of a page
    PutFunction(buffer + at, at & 0x7ff);
    FenceI();
    CHECK(((u64(*)(void))(buffer + at))() == (at & 0x7ff));
    const unsigned short imm = (unsigned short)(7 << 4);
    __builtin_memcpy(buffer + at + 2, &imm, 2);  // only the second half
    FenceI();
    CHECK(((u64(*)(void))(buffer + at))() == 7);
  }
}

// A loop that writes into its own next instruction, in one block.
static void WithinABlock(void) {
  u64 result;
  __asm__ volatile(
      ".option push\n.option norvc\n"
      "la t0, 2f\n lw t1, 1f\n sw t1, 0(t0)\n fence.i\n"
      "2: li %0, 1\n j 3f\n"
      "1: li %0, 2\n"
      "3:\n.option pop"
      : "=&r"(result) : : "t0", "t1", "memory");
  CHECK(result == 2);
}

static void Misaligned(void) {
  for (u32 i = 0; i < 8192; ++i) buffer[i] = (u8)(i * 7);
  for (u32 at = 4080; at < 4100; ++at) {
    u64 expected = 0;
    for (u32 i = 0; i < 8; ++i) expected |= (u64)(u8)((at + i) * 7) << 8 * i;
    u64 d, w, wu, h, hu;
    u8* p = buffer + at;
    __asm__ volatile("ld %0, 0(%5)\n lw %1, 0(%5)\n lwu %2, 0(%5)\n lh %3, 0(%5)\n lhu %4, 0(%5)"
                     : "=&r"(d), "=&r"(w), "=&r"(wu), "=&r"(h), "=&r"(hu) : "r"(p) : "memory");
    CHECK(d == expected && w == (u64)(int)expected && wu == (u32)expected);
    CHECK(h == (u64)(short)expected && hu == (unsigned short)expected);
    double f;
    __asm__ volatile("fld %0, 0(%1)" : "=f"(f) : "r"(p) : "memory");
    u64 bits;
    __asm__ volatile("fmv.x.d %0, %1" : "=r"(bits) : "f"(f));
    CHECK(bits == expected);
    __asm__ volatile("sd %0, 0(%1)" : : "r"(~expected), "r"(p) : "memory");
    for (u32 i = 0; i < 8; ++i) CHECK(buffer[at + i] == (u8) ~((at + i) * 7));
    __asm__ volatile("sw %0, 0(%1)\n sh %0, 4(%1)" : : "r"(expected), "r"(p) : "memory");
    for (u32 i = 0; i < 8; ++i) buffer[at + i] = (u8)((at + i) * 7);
    CHECK(buffer[at - 1] == (u8)((at - 1) * 7) && buffer[at + 8] == (u8)((at + 8) * 7));
  }
}

int main(void) {
  SelfModification();
  WithinABlock();
  Misaligned();
  return Pass();
}
