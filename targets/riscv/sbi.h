// The machine's own supervisor binary interface, for kernels that are started in S-mode without firmware.
// RISC-V Supervisor Binary Interface Specification, version 2.0: base, timer, IPI, RFENCE, HSM, system reset, debug
// console, and the legacy calls.
#ifndef EMU_TARGETS_RISCV_SBI_H_
#define EMU_TARGETS_RISCV_SBI_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "targets/riscv/hart.h"

namespace emu::riscv {

// What the interface needs of the board.
class SbiHost {
 public:
  enum class Reset { kShutdown, kReboot };
  virtual ~SbiHost() = default;
  virtual void ConsoleWrite(absl::string_view bytes) = 0;
  // Up to `bytes.size()` bytes that wait; the number of them.
  virtual size_t ConsoleRead(absl::Span<char> bytes) = 0;
  virtual void ResetSystem(Reset kind, bool failed) = 0;
  // The hart with this number, or null.
  virtual Hart* FindHart(uint64_t id) = 0;
};

class Sbi {
 public:
  explicit Sbi(SbiHost* host) : host_(*host) {}

  // Puts a hart that was reset where a firmware hands over to a kernel: S-mode, paging off, everything that a
  // supervisor can handle delegated to it, counters and the environment's extensions open; a0 is the hart's number, a1
  // `argument`.
  void EnterKernel(Hart& hart, uint64_t entry, uint64_t argument);
  // Serves an ECALL: function a6 of extension a7. Always true: an unknown call gets an error code.
  bool Handle(Hart& hart);

 private:
  struct Result {
    int64_t error = 0;
    uint64_t value = 0;
  };
  Result Call(Hart& hart, uint64_t extension, uint64_t function);
  Result Base(const Hart& hart, uint64_t function, uint64_t extension);
  Result Ipi(const uint64_t* a, uint64_t function);
  Result RemoteFence(const uint64_t* a, uint64_t function);
  Result HartState(Hart& hart, const uint64_t* a, uint64_t function);
  Result SystemReset(const uint64_t* a, uint64_t function);
  Result Console(Hart& hart, const uint64_t* a, uint64_t function);
  Result ConsoleBuffer(Hart& hart, uint64_t count, uint64_t address, bool write);
  bool Legacy(Hart& hart, uint64_t call);
  template <typename Fn>
  Result ForHarts(uint64_t mask, uint64_t base, Fn fn);

  SbiHost& host_;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_SBI_H_
