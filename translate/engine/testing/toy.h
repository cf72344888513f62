// An architecture for testing the engine: eight registers, a dozen instructions of four bytes at even addresses, and a
// page table that is a map in the host. Whatever it can do, the engine can do without knowing a real architecture.
#ifndef EMU_TRANSLATE_ENGINE_TESTING_TOY_H_
#define EMU_TRANSLATE_ENGINE_TESTING_TOY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "translate/engine/cpu.h"
#include "translate/engine/target.h"

namespace emu::translate::testing {

// An instruction: the operation, two registers, and a signed number of 16 bits.
enum class ToyOp : uint8_t {
  kAddI,    // a = b + n
  kAdd,     // a = a + b
  kLoad,    // a = 8 bytes at b + n
  kStore,   // 8 bytes at b + n = a
  kBne,     // if a != b, goes to the instruction's address + n
  kBeq,     // the same if a == b
  kJump,    // goes to b
  kSys,     // calls ToySystem::on_sys(n), then goes where the PC is
  kHook,    // calls ToySystem::on_sys(n) in the middle of a block
  kSwap,    // a = old 8 bytes at b, which become a
  kDivide,  // a = a / b, unsigned
  kLook,    // a = 8 bytes at b + n + 8 * (a mod 64)
  kCount
};
constexpr uint32_t Toy(ToyOp op, unsigned a, unsigned b, int n) {
  return static_cast<uint32_t>(op) | a << 8 | b << 12 | static_cast<uint32_t>(n) << 16;
}
constexpr uint32_t AddI(unsigned a, unsigned b, int n) { return Toy(ToyOp::kAddI, a, b, n); }
constexpr uint32_t Add(unsigned a, unsigned b) { return Toy(ToyOp::kAdd, a, b, 0); }
constexpr uint32_t Load(unsigned a, unsigned b, int n) { return Toy(ToyOp::kLoad, a, b, n); }
constexpr uint32_t Store(unsigned a, unsigned b, int n) { return Toy(ToyOp::kStore, a, b, n); }
constexpr uint32_t Bne(unsigned a, unsigned b, int n) { return Toy(ToyOp::kBne, a, b, n); }
constexpr uint32_t Beq(unsigned a, unsigned b, int n) { return Toy(ToyOp::kBeq, a, b, n); }
constexpr uint32_t Jump(unsigned b) { return Toy(ToyOp::kJump, 0, b, 0); }
constexpr uint32_t Sys(int n) { return Toy(ToyOp::kSys, 0, 0, n); }
constexpr uint32_t Hook(int n) { return Toy(ToyOp::kHook, 0, 0, n); }
constexpr uint32_t Swap(unsigned a, unsigned b) { return Toy(ToyOp::kSwap, a, b, 0); }
constexpr uint32_t Divide(unsigned a, unsigned b) { return Toy(ToyOp::kDivide, a, b, 0); }
constexpr uint32_t Look(unsigned a, unsigned b, int n) { return Toy(ToyOp::kLook, a, b, n); }

struct ToyPage {
  uint64_t gpa = 0;
  bool read = true, write = true, execute = true;
  bool cacheable = true;
  uint8_t log2_size = 12;  // what the translation says; each 4 KiB has its own entry here
};

// What a test sets and sees. An unknown instruction is a fault of kind kPaging with this code.
inline constexpr uint32_t kUnknownInstruction = 7, kNoPage = 1, kNotAllowed = 2;
struct ToySystem {
  using PageTable = std::map<uint64_t, ToyPage>;  // by page address
  const PageTable* pages = nullptr;               // null: every address is its own
  std::function<void(int)> on_sys;
  uint64_t vector = 0;  // where faults and interrupts go
  bool interrupt = false;
  bool work = false;        // wakes a halted CPU
  bool interprets = false;  // sums, loads, stores and branches (Target::Interpret)
  struct Fault {
    MemFault fault;
    uint64_t pc;
    uint64_t insns;  // executed before it
  };
  std::vector<Fault> faults;
  unsigned interrupts = 0;
  unsigned walks = 0;  // calls of Translate
};

struct ToyState {
  CpuState base;
  uint64_t x[8] = {};
  ToySystem* system = nullptr;
};
inline constexpr unsigned kToyPc = 8;

class ToyTarget final : public Target {
 public:
  bool follows_paths = false;  // of hot blocks (LiftRequest::path)

  absl::string_view name() const override { return "toy"; }
  absl::Span<const RegisterInfo> registers() const override;
  absl::Span<const HelperInfo> helpers() const override;
  unsigned pc_register() const override { return kToyPc; }
  unsigned max_insn_bytes() const override { return 4; }
  unsigned InsnBytes(absl::Span<const uint8_t>) const override { return 4; }
  void Lift(const LiftRequest& request, ir::Builder& builder) const override;
  Interpreted Interpret(CpuState& state, absl::Span<const uint8_t> bytes, uint32_t max_insns) const override;
  bool Translate(CpuState& state, memory::Gva gva, unsigned size, Access access, unsigned context, bool probe,
                 PageMapping* mapping, MemFault* fault) const override;
  void DeliverFault(CpuState& state, const MemFault& fault) const override;
  bool DeliverInterrupt(CpuState& state) const override;
  bool HasWork(const CpuState& state) const override;
  void Reset(CpuState& state) const override;
};

}  // namespace emu::translate::testing

#endif  // EMU_TRANSLATE_ENGINE_TESTING_TOY_H_
