// LR/SC and the AMOs, 32 and 64 bits wide.
#include "testdata/riscv64/bare.h"

static volatile u64 word, other;

#define AMO(op, p, v) ({ u64 r_; __asm__ volatile(#op " %0, %2, (%1)" : "=r"(r_) : "r"(p), "r"((u64)(v)) : "memory"); r_; })
#define LR(op, p) ({ u64 r_; __asm__ volatile(#op " %0, (%1)" : "=r"(r_) : "r"(p) : "memory"); r_; })

static void Check(u64 got, u64 old, u64 now) { CHECK(got == old && word == now); }

static void Amos(void) {
  word = 0xffffffff80000001;
  Check(AMO(amoswap.d, &word, 5), 0xffffffff80000001, 5);
  Check(AMO(amoadd.d, &word, -6), 5, ~0ul);
  Check(AMO(amoand.d, &word, 0xf0f0), ~0ul, 0xf0f0);
  Check(AMO(amoor.d, &word, 0x0f00), 0xf0f0, 0xfff0);
  Check(AMO(amoxor.d, &word, 0xffff), 0xfff0, 0x000f);
  Check(AMO(amomin.d, &word, -1), 15, ~0ul);
  Check(AMO(amominu.d, &word, 3), ~0ul, 3);
  Check(AMO(amomax.d, &word, -1), 3, 3);
  Check(AMO(amomaxu.d, &word, -1), 3, ~0ul);
  word = 0x1111111180000000;  // the upper half stays, the result is sign-extended
  Check(AMO(amoadd.w, &word, 1), 0xffffffff80000000, 0x1111111180000001);
  Check(AMO(amomin.w, &word, 0), 0xffffffff80000001, 0x1111111180000001);
  Check(AMO(amomax.w, &word, 7), 0xffffffff80000001, 0x1111111100000007);
  Check(AMO(amoswap.w, &word, 0x80000002), 7, 0x1111111180000002);
  Check(AMO(amominu.w, &word, 9), 0xffffffff80000002, 0x1111111100000009);
}

static void Reservations(void) {
  word = 41;
  CHECK(LR(lr.d, &word) == 41 && AMO(sc.d, &word, 42) == 0 && word == 42);
  CHECK(AMO(sc.d, &word, 43) != 0 && word == 42);  // used up
  CHECK(LR(lr.d, &word) == 42 && AMO(sc.d, &other, 1) != 0 && other == 0);
  CHECK(AMO(sc.d, &word, 43) != 0 && word == 42);  // a failure ends it as well
  CHECK(LR(lr.d, &word) == 42);
  word = 44;
  CHECK(AMO(sc.d, &word, 43) != 0 && word == 44);  // written in between
  word = 0x1234567880000000;
  CHECK(LR(lr.w, &word) == 0xffffffff80000000 && AMO(sc.w, &word, 6) == 0 && word == 0x1234567800000006);
  for (int i = 0; i < 1000; ++i) {
    u64 v;
    do v = LR(lr.d.aq, &other); while (AMO(sc.d.rl, &other, v + 1) != 0);
  }
  CHECK(other == 1000);
}

int main(void) {
  Amos();
  Reservations();
  return Pass();
}
