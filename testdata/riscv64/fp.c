// Floating point: rounding modes by instruction and by frm, sticky flags, NaNs, mstatus.FS.
#include "testdata/riscv64/bare.h"

enum { kNx = 1, kUf = 2, kOf = 4, kDz = 8, kNv = 16 };

static inline double D(u64 bits) {
  double d;
  __asm__("fmv.d.x %0, %1" : "=f"(d) : "r"(bits));
  return d;
}
static inline u64 Bits(double d) {
  u64 bits;
  __asm__("fmv.x.d %0, %1" : "=r"(bits) : "f"(d));
  return bits;
}
#define OP2(op, a, b) ({ double r_; __asm__ volatile(op : "=f"(r_) : "f"(a), "f"(b)); Bits(r_); })
#define TO_INT(op, a) ({ u64 r_; __asm__ volatile(op : "=r"(r_) : "f"(a)); r_; })

static u64 TakeFlags(void) {
  u64 flags;
  __asm__ volatile("csrrw %0, fflags, zero" : "=r"(flags));
  return flags;
}

static void Rounding(void) {
  const double one = D(0x3ff0000000000000), three = D(0x4008000000000000);
  CHECK(OP2("fdiv.d %0, %1, %2, rne", one, three) == 0x3fd5555555555555);
  CHECK(OP2("fdiv.d %0, %1, %2, rup", one, three) == 0x3fd5555555555556);
  CHECK(OP2("fdiv.d %0, %1, %2, rdn", one, three) == 0x3fd5555555555555);
  CHECK(TakeFlags() == kNx);
  WRITE_CSR(frm, 3);
  CHECK(OP2("fdiv.d %0, %1, %2, dyn", one, three) == 0x3fd5555555555556);
  WRITE_CSR(frm, 1);
  CHECK(OP2("fdiv.d %0, %1, %2, dyn", one, three) == 0x3fd5555555555555);
  WRITE_CSR(frm, 0);
  const double half = D(0x4004000000000000);  // 2.5
  CHECK(TO_INT("fcvt.l.d %0, %1, rne", half) == 2 && TO_INT("fcvt.l.d %0, %1, rmm", half) == 3);
  CHECK(TO_INT("fcvt.l.d %0, %1, rtz", half) == 2 && TO_INT("fcvt.l.d %0, %1, rup", half) == 3);
  CHECK(TO_INT("fcvt.l.d %0, %1, rdn", D(Bits(half) | 1ul << 63)) == -3ul);
  CHECK(TakeFlags() == kNx);
}

static void Flags(void) {
  const double one = D(0x3ff0000000000000), zero = D(0), max = D(0x7fefffffffffffff), least = D(1);
  CHECK(OP2("fdiv.d %0, %1, %2", one, zero) == 0x7ff0000000000000 && TakeFlags() == kDz);
  CHECK(OP2("fdiv.d %0, %1, %2", zero, zero) == 0x7ff8000000000000 && TakeFlags() == kNv);
  CHECK(OP2("fadd.d %0, %1, %2", max, max) == 0x7ff0000000000000 && TakeFlags() == (kOf | kNx));
  CHECK(OP2("fmul.d %0, %1, %2", least, D(0x3fe0000000000000)) == 0 && TakeFlags() == (kUf | kNx));
  CHECK(OP2("fadd.d %0, %1, %2", one, one) == 0x4000000000000000 && TakeFlags() == 0);
  OP2("fdiv.d %0, %1, %2", one, zero);
  OP2("fadd.d %0, %1, %2", max, max);
  CHECK(READ_CSR(fcsr) == (kDz | kOf | kNx));  // they stay
  TakeFlags();
}

static void Nans(void) {
  const double quiet = D(0xfff8000000000123), signalling = D(0x7ff0000000000001), one = D(0x3ff0000000000000);
  CHECK(OP2("fadd.d %0, %1, %2", quiet, one) == 0x7ff8000000000000 && TakeFlags() == 0);
  CHECK(OP2("fadd.d %0, %1, %2", signalling, one) == 0x7ff8000000000000 && TakeFlags() == kNv);
  CHECK(OP2("fmin.d %0, %1, %2", quiet, one) == 0x3ff0000000000000 && TakeFlags() == 0);
  CHECK(OP2("fmax.d %0, %1, %2", signalling, one) == 0x3ff0000000000000 && TakeFlags() == kNv);
  CHECK(OP2("fsgnjn.d %0, %1, %2", quiet, quiet) == 0x7ff8000000000123);
  CHECK(TO_INT("feq.d %0, %1, %1", quiet) == 0 && TakeFlags() == 0);
  CHECK(TO_INT("flt.d %0, %1, %1", quiet) == 0 && TakeFlags() == kNv);
  CHECK(TO_INT("fclass.d %0, %1", signalling) == 1 << 8 && TO_INT("fclass.d %0, %1", quiet) == 1 << 9);
  CHECK(TO_INT("fcvt.w.d %0, %1", quiet) == 0x7fffffff && TakeFlags() == kNv);
  CHECK(TO_INT("fcvt.wu.d %0, %1", quiet) == ~0ul && TakeFlags() == kNv);
  // A single that is not boxed counts as the canonical NaN.
  CHECK(TO_INT("fclass.s %0, %1", one) == 1 << 9);
}

static void Status(void) {
  CLEAR_CSR(mstatus, 0x6000);
  CHECK(CAUSE_OF("fadd.d ft0, ft0, ft0" POP) == 2);
  CHECK(CAUSE_OF("csrr t0, fcsr" POP : : : "t0") == 2);
  SET_CSR(mstatus, 0x2000);
  CHECK(READ_CSR(mstatus) >> 63 == 0);
  __asm__ volatile("fmv.d.x ft0, zero" : : : "ft0");
  CHECK((READ_CSR(mstatus) & 0x6000) == 0x6000 && READ_CSR(mstatus) >> 63 == 1);
  WRITE_CSR(frm, 5);  // reserved
  CHECK(CAUSE_OF("fadd.d ft0, ft0, ft0, dyn" POP) == 2);
  CHECK(CAUSE_OF("fadd.d ft0, ft0, ft0, rne" POP) == ~0ul);
  WRITE_CSR(frm, 0);
}

int main(void) {
  InstallTraps();
  Rounding();
  Flags();
  Nans();
  Status();
  return Pass();
}
