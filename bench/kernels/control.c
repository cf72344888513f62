/* Control: a bytecode interpreter, non-local jumps, atomic operations. */
#include <setjmp.h>

#include "kernel.h"

enum Op { kPush, kLoad, kStore, kAdd, kSub, kMul, kAnd, kLess, kJumpIf, kDup, kDrop, kHalt };

/* x = x * 31 + i, less 3 unless its low byte is below 100; for i below 200. The jumps name places in it. */
// clang-format off
static const unsigned char kProgram[] = {
    /*  0 */ kPush, 0, kStore, 1,
    /*  4 */ kLoad, 0, kPush, 31, kMul, kLoad, 1, kAdd,
    /* 12 */ kDup, kStore, 0, kPush, 255, kAnd, kPush, 100, kLess, kJumpIf, 30,
    /* 23 */ kLoad, 0, kPush, 3, kSub, kStore, 0,
    /* 30 */ kLoad, 1, kPush, 1, kAdd, kDup, kStore, 1, kPush, 200, kLess, kJumpIf, 4,
    /* 43 */ kHalt,
};
// clang-format on

static NOINLINE uint64_t Interpret(const unsigned char* pc, uint64_t x) {
  static const void* const kLabels[] = {&&push, &&load, &&store,   &&add, &&sub,  &&mul,
                                        &&and_, &&less, &&jump_if, &&dup, &&drop, &&halt};
  const unsigned char* const start = pc;
  uint64_t stack[16], variables[4] = {x, 0, 0, 0}, *top = stack;
#define NEXT goto* kLabels[*pc++]
#define BINARY(expression)                         \
  do {                                             \
    const uint64_t right = *--top, left = top[-1]; \
    top[-1] = (expression);                        \
    NEXT;                                          \
  } while (0)
  NEXT;
push:
  *top++ = *pc++;
  NEXT;
load:
  *top++ = variables[*pc++];
  NEXT;
store:
  variables[*pc++] = *--top;
  NEXT;
add:
  BINARY(left + right);
sub:
  BINARY(left - right);
mul:
  BINARY(left * right);
and_:
  BINARY(left & right);
less:
  BINARY(left < right);
jump_if:
  pc = *--top != 0 ? start + *pc : pc + 1;
  NEXT;
dup:
  *top = top[-1];
  ++top;
  NEXT;
drop:
  --top;
  NEXT;
halt:
  return variables[0];
#undef NEXT
#undef BINARY
}

static uint64_t Bytecode(uint64_t iterations) {
  uint64_t x = 1;
  while (iterations-- > 0) x = Interpret(Opaque((void*)kProgram), x);
  return x;
}

/* The same machine as a switch, whose one indirect jump has many targets. */
static NOINLINE uint64_t InterpretSwitch(const unsigned char* pc, uint64_t x) {
  const unsigned char* const start = pc;
  uint64_t stack[16], variables[4] = {x, 0, 0, 0}, *top = stack;
  for (;;) {
    switch ((enum Op) * pc++) {
      case kPush:
        *top++ = *pc++;
        break;
      case kLoad:
        *top++ = variables[*pc++];
        break;
      case kStore:
        variables[*pc++] = *--top;
        break;
      case kAdd:
        --top, top[-1] += *top;
        break;
      case kSub:
        --top, top[-1] -= *top;
        break;
      case kMul:
        --top, top[-1] *= *top;
        break;
      case kAnd:
        --top, top[-1] &= *top;
        break;
      case kLess:
        --top, top[-1] = top[-1] < *top;
        break;
      case kJumpIf:
        pc = *--top != 0 ? start + *pc : pc + 1;
        break;
      case kDup:
        *top = top[-1], ++top;
        break;
      case kDrop:
        --top;
        break;
      case kHalt:
        return variables[0];
    }
  }
}

static uint64_t BytecodeSwitch(uint64_t iterations) {
  uint64_t x = 1;
  while (iterations-- > 0) x = InterpretSwitch(Opaque((void*)kProgram), x);
  return x;
}

static jmp_buf back;
static NOINLINE void Throw(int depth, int value) {
  if (depth == 0) _longjmp(back, value);
  if (value == 0) return;
  Throw(depth - 1, value);
  Opaque(&depth);
}

static uint64_t Longjmp(uint64_t iterations) {
  volatile uint64_t sum = 0;
  for (volatile uint64_t i = 1; i <= iterations; ++i) {
    const int value = _setjmp(back);
    if (value == 0) Throw(3, (int)(i & 0xff) + 1);
    sum += (uint64_t)value;
  }
  return sum;
}

static uint64_t Atomics(uint64_t iterations) {
  static uint64_t wide, slots[8];
  static uint32_t narrow, lock;
  uint64_t sum = 0;
  wide = narrow = lock = 0;
  for (int i = 0; i < 8; ++i) slots[i] = 0;
  for (uint64_t i = 0; i < iterations; ++i) {
    sum += __atomic_fetch_add(&wide, i, __ATOMIC_SEQ_CST);
    sum ^= __atomic_exchange_n(&slots[i & 7], sum, __ATOMIC_ACQ_REL);
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE) != 0) {
    }
    __atomic_fetch_or(&narrow, (uint32_t)i, __ATOMIC_RELAXED);
    uint32_t old = __atomic_load_n(&narrow, __ATOMIC_ACQUIRE);
    while (!__atomic_compare_exchange_n(&narrow, &old, old * 3 + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
    }
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
  }
  return Mix(sum, narrow);
}

const Kernel kControlKernels[] = {
    {"bytecode", "ctl", Bytecode, 4000, NULL},
    {"bytecode_switch", "ctl", BytecodeSwitch, 2500, NULL},
    {"setjmp", "ctl", Longjmp, 2000000, NULL},
    {"atomics", "ctl", Atomics, 10000000, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
