/* The kernel's services: processes and pipes. */
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

static uint64_t WaitFor(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? (uint64_t)WEXITSTATUS(status) : 1000;
}

static uint64_t Fork(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    const pid_t child = fork();
    if (child == 0) _exit(7);
    sum += WaitFor(child);
  }
  return sum;
}

static uint64_t ForkExec(uint64_t iterations) {
  uint64_t sum = 0;
  while (iterations-- > 0) {
    const pid_t child = fork();
    if (child == 0) {
      execl(program_path, program_path, "--exit", "9", (char*)NULL);
      _exit(99);
    }
    sum += WaitFor(child);
  }
  return sum;
}

static void Answer(int in, int out) {
  uint64_t value;
  while (read(in, &value, sizeof value) == (ssize_t)sizeof value) {
    value = value * 3 + 1;
    if (write(out, &value, sizeof value) < 0) break;
  }
  _exit(0);
}

static uint64_t PingPong(uint64_t iterations) {
  int there[2], back[2];
  uint64_t value = 1;
  if (pipe(there) != 0 || pipe(back) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    close(there[1]);
    Answer(there[0], back[1]);
  }
  while (iterations-- > 0) {
    if (write(there[1], &value, sizeof value) < 0 || read(back[0], &value, sizeof value) < 0) break;
  }
  close(there[0]), close(there[1]), close(back[0]), close(back[1]);
  return Mix(value, WaitFor(child));
}

const Kernel kProcessKernels[] = {
    {"fork", "sys", Fork, 250, ReleaseArena},
    {"fork_exec", "sys", ForkExec, 60, ReleaseArena},
    {"pipe", "sys", PingPong, 2500, ReleaseArena},
    {NULL, NULL, NULL, 0, NULL},
};
