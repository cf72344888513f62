/* A kernel: a small program of one kind of work, with an iteration count and a checksum. */
#ifndef EMU_BENCH_KERNELS_KERNEL_H_
#define EMU_BENCH_KERNELS_KERNEL_H_

#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char* name;
  const char* kind; /* int, fp, mem, ctl, jit, sys */
  uint64_t (*run)(uint64_t iterations);
  uint64_t iterations; /* about half a second under an emulator */
  void (*setup)(void); /* not measured; may be null */
} Kernel;

/* One table a file, ended by a null name. */
extern const Kernel kIntKernels[];
extern const Kernel kHashKernels[];
extern const Kernel kLzKernels[];
extern const Kernel kCoreKernels[];
extern const Kernel kRecordsKernels[];
extern const Kernel kFpKernels[];
extern const Kernel kMemKernels[];
extern const Kernel kControlKernels[];
extern const Kernel kCallsKernels[];
extern const Kernel kJitKernels[];
extern const Kernel kSysKernels[];
extern const Kernel kProcessKernels[];

#define NOINLINE __attribute__((noinline, noclone))
#define ROUND_UP(n, to) (((n) + (to) - 1) / (to) * (to))

/* Memory that kernels share; each fills what it uses in its setup. */
enum { kArenaBytes = 64 << 20 };
unsigned char* Arena(void);
/* The setup of kernels whose work grows with the memory that is in use. */
void ReleaseArena(void);

/* The path of this program, for kernels that start it anew. */
extern const char* program_path;

static inline uint64_t Mix(uint64_t sum, uint64_t value) {
  sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
  return sum ^ (sum >> 29);
}

static inline uint32_t Random(uint32_t* state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

static inline uint64_t BitsOf(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* The compiler knows nothing of `p`'s memory or of where it came from afterwards. */
static inline void* Opaque(void* p) {
  __asm__ volatile("" : "+r"(p) : : "memory");
  return p;
}

#endif /* EMU_BENCH_KERNELS_KERNEL_H_ */
