/* kernels [--iterations N] [--wait] [--list] NAME|KIND...: runs the kernels named (all, if none is) and prints for each
 * its name and checksum. With --wait it is led by the runner: "@begin NAME" before and "@end NAME CHECKSUM" after each
 * kernel, then it sleeps until a line comes, so that the runner can read clocks while nothing happens. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "kernel.h"

static const Kernel* const kTables[] = {kIntKernels,     kHashKernels, kLzKernels,  kCoreKernels,
                                        kRecordsKernels, kFpKernels,   kMemKernels, kControlKernels,
                                        kCallsKernels,   kJitKernels,  kSysKernels, kProcessKernels};
enum { kTableCount = sizeof kTables / sizeof kTables[0], kNothingRounds = 5 };

const char* program_path;
static int wait_for_runner;
static uint64_t iterations;

/* Nothing to do: what a kernel's two marks cost by themselves. */
static uint64_t Nothing(uint64_t n) { return n; }
static const Kernel kNothing = {"nothing", "none", Nothing, 1, NULL};

unsigned char* Arena(void) {
  static unsigned char* arena;
  if (arena == NULL) arena = aligned_alloc(4096, kArenaBytes);
  return arena;
}

void ReleaseArena(void) { madvise(Arena(), kArenaBytes, MADV_DONTNEED); }

static void WaitForLine(void) {
  char c = 0;
  fflush(stdout);
  while (c != '\n' && read(0, &c, 1) == 1) {
  }
}

static void Run(const Kernel* kernel) {
  const uint64_t count = iterations != 0 ? iterations : kernel->iterations;
  if (kernel->setup != NULL) kernel->setup();
  if (!wait_for_runner) {
    printf("%s %016llx\n", kernel->name, (unsigned long long)kernel->run(count));
    fflush(stdout);
    return;
  }
  printf("@begin %s\n", kernel->name);
  WaitForLine();
  const uint64_t sum = kernel->run(count);
  printf("@end %s %016llx\n", kernel->name, (unsigned long long)sum);
  WaitForLine();
}

static int Wanted(const Kernel* kernel, char** names, int count) {
  if (count == 0) return 1;
  for (int i = 0; i < count; ++i) {
    if (strcmp(names[i], kernel->name) == 0 || strcmp(names[i], kernel->kind) == 0) return 1;
  }
  return 0;
}

static void ForWanted(void (*what)(const Kernel*), char** names, int count) {
  for (int t = 0; t < kTableCount; ++t) {
    for (const Kernel* k = kTables[t]; k->name != NULL; ++k) {
      if (Wanted(k, names, count)) what(k);
    }
  }
}

static void List(const Kernel* kernel) {
  printf("%s %s %llu\n", kernel->name, kernel->kind, (unsigned long long)kernel->iterations);
}

/* Lines come as they are sent, and are not echoed. */
static void QuietTerminal(void) {
  struct termios mode;
  if (tcgetattr(0, &mode) != 0) return;
  mode.c_lflag &= ~(tcflag_t)ECHO;
  tcsetattr(0, TCSANOW, &mode);
}

int main(int argc, char** argv) {
  void (*what)(const Kernel*) = Run;
  int i = 1;
  program_path = argv[0];
  for (; i < argc && strncmp(argv[i], "--", 2) == 0; ++i) {
    if (strcmp(argv[i], "--exit") == 0) _exit(i + 1 < argc ? atoi(argv[i + 1]) : 0);
    if (strcmp(argv[i], "--list") == 0) what = List;
    if (strcmp(argv[i], "--wait") == 0) wait_for_runner = 1;
    if (strcmp(argv[i], "--iterations") == 0 && i + 1 < argc) iterations = strtoull(argv[++i], NULL, 10);
  }
  if (wait_for_runner) {
    QuietTerminal();
    for (int round = 0; round < kNothingRounds; ++round) Run(&kNothing);
  }
  ForWanted(what, argv + i, argc - i);
  return 0;
}
