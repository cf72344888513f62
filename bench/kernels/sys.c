/* The kernel's services: calls, clocks, faults, mappings, files. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

enum { kPage = 4096, kFaultPages = 1024, kFilePages = 64 };

static uint64_t Getppid(uint64_t iterations) {
  const long parent = syscall(SYS_getppid);
  uint64_t same = 0;
  while (iterations-- > 0) same += syscall(SYS_getppid) == parent;
  return same;
}

static uint64_t Clock(uint64_t iterations) {
  struct timespec last = {0, 0}, now;
  uint64_t rising = 0;
  while (iterations-- > 0) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    rising += now.tv_sec > last.tv_sec || (now.tv_sec == last.tv_sec && now.tv_nsec >= last.tv_nsec);
    last = now;
  }
  return rising;
}

static unsigned char* Map(size_t bytes) {
  return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static uint64_t PageFault(uint64_t iterations) {
  uint64_t sum = 0;
  unsigned char* pages = Map(kFaultPages * kPage);
  madvise(pages, kFaultPages * kPage, MADV_NOHUGEPAGE);
  while (iterations-- > 0) {
    for (int i = 0; i < kFaultPages; ++i) sum += ++pages[i * kPage];
    madvise(pages, kFaultPages * kPage, MADV_DONTNEED);
  }
  munmap(pages, kFaultPages * kPage);
  return sum;
}

static uint64_t MmapMunmap(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    unsigned char* pages = Map(4 * kPage);
    sum += ++pages[kPage];
    munmap(pages, 4 * kPage);
  }
  return sum;
}

static unsigned char* guarded;
static volatile uint64_t caught;
static void OnFault(int number) {
  (void)number;
  ++caught;
  mprotect(guarded, kPage, PROT_READ | PROT_WRITE);
}

static uint64_t SegvMprotect(uint64_t iterations) {
  struct sigaction action = {0}, old;
  action.sa_handler = OnFault;
  sigaction(SIGSEGV, &action, &old);
  guarded = Map(kPage);
  caught = 0;
  while (iterations-- > 0) {
    mprotect(guarded, kPage, PROT_READ);
    ++*(volatile unsigned char*)guarded;
  }
  const uint64_t sum = caught * 1000 + guarded[0];
  munmap(guarded, kPage);
  sigaction(SIGSEGV, &old, NULL);
  return sum;
}

/* A file in memory, written and read in pieces. */
static uint64_t FileIo(uint64_t iterations) {
  unsigned char page[kPage] = {0};
  uint64_t sum = 0;
  const int file = memfd_create("file", 0);
  for (uint64_t n = 0; n < iterations; ++n) {
    for (int i = 0; i < kFilePages; ++i) {
      page[i] = (unsigned char)(n + (uint64_t)i);
      sum += (uint64_t)pwrite(file, page, kPage, (off_t)i * kPage);
    }
    lseek(file, 0, SEEK_SET);
    for (int i = 0; i < kFilePages * 4; ++i) {
      sum += (uint64_t)read(file, page, kPage / 4);
      sum += page[i & 63];
    }
  }
  close(file);
  return sum;
}

const Kernel kSysKernels[] = {
    {"getppid", "sys", Getppid, 300000, NULL},
    {"clock", "sys", Clock, 4000000, NULL},
    {"page_fault", "sys", PageFault, 8, NULL},
    {"mmap", "sys", MmapMunmap, 2000, NULL},
    {"segv", "sys", SegvMprotect, 2000, NULL},
    {"file_io", "sys", FileIo, 300, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
