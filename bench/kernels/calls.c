/* Control: calls and returns, direct and indirect, near and across pages. */
#include "kernel.h"

static NOINLINE uint64_t Fib(uint32_t n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }

static uint64_t FibRecursive(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) sum = Mix(sum, Fib(20));
  return sum;
}

typedef uint64_t (*Step)(uint64_t);
#define STEP(n) \
  static NOINLINE uint64_t Step##n(uint64_t x) { return (x ^ (n * 0x1234567u)) + (x >> (n % 7 + 1)); }
STEP(0)
STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10) STEP(11) STEP(12) STEP(13) STEP(14)
    STEP(15)

        static Step steps[16] = {Step0, Step1, Step2,  Step3,  Step4,  Step5,  Step6,  Step7,
                                 Step8, Step9, Step10, Step11, Step12, Step13, Step14, Step15};

static uint64_t IndirectOne(uint64_t iterations) {
  uint64_t x = 1;
  Step* step = Opaque(steps);
  for (uint64_t i = 0; i < iterations; ++i) x = (*(Step volatile*)step)(x + i);
  return x;
}

static uint64_t IndirectMany(uint64_t iterations) {
  uint64_t x = 1;
  Step* step = Opaque(steps);
  for (uint64_t i = 0; i < iterations; ++i) x = step[(x ^ i) & 15](x + i);
  return x;
}

/* Each function begins a page of its own and calls the next one. */
#define PAGE __attribute__((noinline, noclone, aligned(4096)))
static PAGE uint64_t Page0(uint64_t x) { return x * 3 + 1; }
#define PAGE_STEP(n, next) \
  static PAGE uint64_t Page##n(uint64_t x) { return Page##next(x + n) ^ n; }
PAGE_STEP(1, 0)
PAGE_STEP(2, 1) PAGE_STEP(3, 2) PAGE_STEP(4, 3) PAGE_STEP(5, 4) PAGE_STEP(6, 5) PAGE_STEP(7, 6)

    static uint64_t PageCalls(uint64_t iterations) {
  uint64_t x = 0;
  while (iterations-- > 0) x = Page7(x);
  return x;
}

/* Objects of several classes in one list, each called through its own table: many call sites, few targets each. */
typedef struct Shape {
  const struct ShapeOps* ops;
  uint32_t width, height;
} Shape;
typedef struct ShapeOps {
  uint32_t (*area)(const Shape*);
  void (*grow)(Shape*);
} ShapeOps;
static NOINLINE uint32_t BoxArea(const Shape* s) { return s->width * s->height; }
static NOINLINE uint32_t HalfArea(const Shape* s) { return s->width * s->height / 2; }
static NOINLINE uint32_t LineArea(const Shape* s) { return s->width; }
static NOINLINE void GrowBoth(Shape* s) { ++s->width, ++s->height; }
static NOINLINE void GrowWide(Shape* s) { s->width += 2; }
static const ShapeOps kShapeOps[] = {
    {BoxArea, GrowBoth}, {HalfArea, GrowWide}, {LineArea, GrowWide}, {BoxArea, GrowWide}};

static uint64_t Objects(uint64_t iterations) {
  Shape shapes[64];
  uint32_t seed = 11;
  uint64_t sum = 0;
  for (int i = 0; i < 64; ++i) shapes[i] = (Shape){&kShapeOps[Random(&seed) & 3], (uint32_t)i, 3};
  while (iterations-- > 0) {
    Opaque(shapes);
    for (int i = 0; i < 64; ++i) {
      shapes[i].ops->grow(&shapes[i]);
      sum += shapes[i].ops->area(&shapes[i]);
    }
  }
  return sum;
}

const Kernel kCallsKernels[] = {
    {"fib", "ctl", FibRecursive, 1500, NULL},
    {"indirect_one", "ctl", IndirectOne, 10000000, NULL},
    {"indirect_many", "ctl", IndirectMany, 8000000, NULL},
    {"page_calls", "ctl", PageCalls, 1500000, NULL},
    {"objects", "ctl", Objects, 80000, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
