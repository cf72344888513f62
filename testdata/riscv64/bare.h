// For bare-metal programs in C on riscv-virt: checks, CSRs, traps that are looked at, and excursions to lower
// privileges.
#ifndef EMU_TESTDATA_RISCV64_BARE_H_
#define EMU_TESTDATA_RISCV64_BARE_H_

typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

// sifive-test: 0x5555 passes, 0x3333 fails with the upper half as the exit code.
static volatile u32* const kFinisher = (volatile u32*)0x100000;
static inline void Finish(u32 word) {
  *kFinisher = word;
  for (;;) __asm__ volatile("wfi");
}
static inline int Pass(void) { return Finish(0x5555), 0; }
// The exit code is the line.
#define CHECK(condition) ((condition) ? (void)0 : Finish(0x3333 | (u32)__LINE__ << 16))

#define READ_CSR(name)                                           \
  ({                                                             \
    u64 v_;                                                      \
    __asm__ volatile("csrr %0, " #name : "=r"(v_) : : "memory"); \
    v_;                                                          \
  })
#define WRITE_CSR(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((u64)(value)) : "memory")
#define SET_CSR(name, value) __asm__ volatile("csrs " #name ", %0" : : "r"((u64)(value)) : "memory")
#define CLEAR_CSR(name, value) __asm__ volatile("csrc " #name ", %0" : : "r"((u64)(value)) : "memory")

enum { kUser = 0, kSupervisor = 1, kMachine = 3 };

// The last trap that machine mode took (trap.S). Exceptions go on behind their instruction, which has 4 bytes, or at
// `trap_resume` if that is not 0; interrupts call `on_interrupt`.
struct Trap {
  u64 cause, epc, value, status, count;
};
extern volatile struct Trap machine_trap, supervisor_trap;
extern volatile u64 trap_resume;
extern void (*volatile on_interrupt)(u64 cause);
void InstallTraps(void);
// Calls `function` in a lower mode; it comes back by returning.
void RunIn(u64 mode, void (*function)(void));

// Runs one instruction of 4 bytes; the cause of its exception, or ~0.
#define CAUSE_OF(...)                                              \
  ({                                                               \
    u64 before_ = machine_trap.count;                              \
    __asm__ volatile(".option push\n.option norvc\n" __VA_ARGS__); \
    machine_trap.count == before_ ? ~0ul : machine_trap.cause;     \
  })
#define POP "\n.option pop"

#endif  // EMU_TESTDATA_RISCV64_BARE_H_
