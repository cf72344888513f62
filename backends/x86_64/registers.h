// Where values and guest registers live while a block is compiled: nine general host registers hold pinned guest
// registers in all generated code, a tenth one the budget of instructions, and ten vector registers guest registers for
// floating point; four general and four vector registers hold values, the rest spills to the stack.
#ifndef EMU_BACKENDS_X86_64_REGISTERS_H_
#define EMU_BACKENDS_X86_64_REGISTERS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "backends/x86_64/access_groups.h"
#include "backends/x86_64/encoding/emitter.h"
#include "backends/x86_64/idle_registers.h"
#include "translate/engine/target.h"
#include "translate/ir/ir.h"
#include "translate/ir/passes.h"
#include "translate/options/jit_options.h"

namespace emu::backends::x86_64 {

// The state pointer is biased so that its first 256 bytes are reached with a one-byte displacement.
inline constexpr int kStateBias = 128;
inline constexpr Reg kState = Reg::rbp;
inline constexpr Reg kPinned[] = {Reg::rbx, Reg::r12, Reg::r13, Reg::r14, Reg::r15,
                                  Reg::rsi, Reg::rdi, Reg::r8,  Reg::r9,  Reg::r10};
inline constexpr int kPinnedCount = 10;
inline constexpr Reg kBudget = kPinned[kPinnedCount - 1];  // a guest register is there where the budget is not pinned
inline constexpr int kCalleeSavedPinned = 5;               // the first ones survive calls of C++ functions
inline constexpr Reg kTemps[] = {Reg::rax, Reg::rcx, Reg::rdx, Reg::r11};
inline constexpr uint16_t kTempMask = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 11;
inline constexpr uint16_t kXmmMask = 0xfffc;  // xmm0 and xmm1 are scratch
inline constexpr int kPinnedXmmCount = 10;    // from xmm15 down; a C++ function clobbers them all
inline constexpr Xmm kScratchXmm0 = Xmm::xmm0, kScratchXmm1 = Xmm::xmm1;

// The stack frame of generated code, in words. What is used often comes first, and not 4096 bytes from something else
// that is: the host would take the one for the other while it guesses which store a load is from.
inline constexpr int kArgumentSlots = 0;                           // four
inline constexpr int kGroupSlots = 4;                              // what groups of accesses share
inline constexpr int kFlagsSlot = kGroupSlots + kMaxAccessGroups;  // MXCSR as it was last read; two words
inline constexpr int kFirstSpillSlot = kFlagsSlot + 2;
inline constexpr int kSpillSlots = 512;
inline constexpr int kSaveSlots = kFirstSpillSlot + kSpillSlots;  // temps and vector registers around calls
inline constexpr int kFrameSlots = kSaveSlots + 32;
inline constexpr int kFrameBytes = kFrameSlots * 8 + 8;  // keeps the stack aligned to 16 inside

constexpr Mem StateField(uint32_t offset) { return Mem::Base(kState, static_cast<int32_t>(offset) - kStateBias); }
constexpr Mem FrameSlot(int slot) { return Mem::Base(Reg::rsp, slot * 8); }

// Where a guest register lives.
struct GuestRegister {
  uint32_t offset;
  ir::Type type;
  bool pinned = false;  // in `host`
  Reg host = Reg::rax;
  bool in_xmm = false;  // pinned too, in `xmm`; of type F64
  Xmm xmm = Xmm::xmm0;
  bool in_memory() const { return !pinned && !in_xmm; }
};
// Those that are to be pinned are so as far as there are host registers and `jit` lets them.
std::vector<GuestRegister> AssignRegisters(absl::Span<const translate::RegisterInfo> registers,
                                           const translate::JitOptions& jit);

// The vector registers that hold values, as a mask.
uint16_t ValueXmms(const std::vector<GuestRegister>& guest);

// Where a value is: in nothing yet, a constant, a host register of its own, the same as a guest register, what that was
// before something constant was added to it, or the stack. For code out of line also the host's memory.
struct Location {
  enum class Kind : uint8_t { kNone, kConst, kTemp, kXmm, kGuest, kOffset, kSpill, kHost };
  Kind kind = Kind::kNone;
  uint8_t reg = 0;        // kTemp, kXmm; kHost: base
  uint16_t index = 0;     // kGuest, kOffset: number of the register; kSpill: slot
  uint64_t constant = 0;  // kConst; kOffset: from the register's content; kHost: from the base; kGuest: 0
};

// A register and what is to be added to it.
struct Sum {
  Reg base;
  int32_t displacement;
};

// Which NaNs a value may be: of the arithmetic that gave it, and of which format that is. IR has the canonical one
// alone.
enum class Nans : uint8_t { kCanonical, kAnySingle, kAnyDouble };

// The same of the guest registers in vector registers, as masks of those.
struct RawGuests {
  uint16_t singles = 0, doubles = 0;
  bool any() const { return (singles | doubles) != 0; }
};

// The allocation of one block in the making. Values are numbered as in the block.
class Registers {
 public:
  Registers(Emitter* emitter, const std::vector<GuestRegister>* guest, const translate::JitOptions& jit);

  // `groups`: whose accesses but the first go by a value of the group's own, HostOf, not by the guest address; null:
  // none do, and no guest register lends its host register.
  void Begin(const ir::Block* block, const AccessGroups* groups);
  // The host address that stands for the group's base. Not a value of the block: its first access makes it.
  ir::Value HostOf(const AccessGroup& group) const {
    return static_cast<ir::Value>(block_->code.size()) + static_cast<ir::Value>(group.number);
  }
  // Makes it what the scratch register `temp` holds.
  void SetHost(const AccessGroup& group, Reg temp) { OwnTemp(temp, HostOf(group)); }
  // Value v is not given up before instruction `index`.
  void KeepUntil(ir::Value v, unsigned index);
  // Instruction `index` begins, ends: values whose last use it is give their places back.
  void BeginInstr(unsigned index) { index_ = index, locked_ = 0, locked_xmm_ = 0; }
  void EndInstr();

  const Location& at(ir::Value v) const { return values_[v].location; }
  bool UsedLater(ir::Value v) const { return values_[v].last_use > index_; }
  bool UsedAtAll(ir::Value v) const { return values_[v].last_use > v; }
  // Instruction `index` need not be: nothing wants what it makes, as addresses that others go by in place of.
  bool IsUnused(unsigned index) const {
    return !UsedAtAll(static_cast<ir::Value>(index)) && ir::MayDrop(block_->code[index].op);
  }
  bool Const(ir::Value v, uint64_t* value) const;
  // A constant that fits a sign-extended 32-bit immediate of an instruction of the value's width.
  bool Imm32(ir::Value v, int32_t* imm) const;
  // The memory operand that holds v, if it is in memory.
  bool InMemory(ir::Value v, Mem* mem) const;
  // A register that holds v, locked for the present instruction. Not to be written.
  Reg Use(ir::Value v);
  Xmm UseXmm(ir::Value v);
  // The same for v + displacement, which v need not be in a register for.
  Sum UseSum(ir::Value v, int64_t displacement);
  void Copy(ir::Value v, Reg to);
  void CopyXmm(ir::Value v, Xmm to);

  Reg Temp();  // a scratch register, locked for the present instruction
  // The same, if one is free without moving a value away, or holds one that a register knows anyway.
  std::optional<Reg> FreeTemp();
  // Makes a certain one a scratch register; what it holds moves away, unless it is `done`, an argument of the present
  // instruction that has been copied already, and not needed later.
  void Claim(Reg temp, ir::Value done = ir::kNoValue);
  Xmm TempXmm();
  // The register for the result of the present instruction, which becomes its location: that of the guest register that
  // the next instruction sets to it, or to its extension, if any, or else that of an argument which is not needed
  // later. May be a register of an argument in any case.
  Reg Result();
  // As Result, which is `a` + `step`: other values stay known by their distance from it.
  Reg ResultOfStep(ir::Value a, int32_t step);
  // As Result; `ready` is a locked scratch register to take over where no guest register wants the value.
  Reg ResultOr(Reg ready);
  Xmm ResultXmm();
  // The present result, a single in a vector register, has ones above it in that register's low half, and so is
  // NaN-boxed without more ado.
  void MarkBoxed() { values_[index_].boxed = true; }
  bool Boxed(ir::Value v) const { return values_[v].boxed; }
  // A NaN that the present result is need not be the canonical one.
  void MarkRaw(Nans nans) { SetNans(static_cast<ir::Value>(index_), nans); }
  Nans NansOf(ir::Value v) const;
  // Says that v, or a guest register, has been seen to, where it is now.
  void MarkCanonical(ir::Value v) { SetNans(v, Nans::kCanonical); }
  void MarkCanonicalGuests() { raw_ = {}; }
  const RawGuests& raw_guests() const { return raw_; }
  // The present result, of 32 bits, has zeros above it in its register, and so is zero-extended already.
  void MarkClean() { values_[index_].clean = true; }
  // Makes the vector register that holds v, a single, that of the present result, a double with the same low half:
  // where this is the last use of v, or where v was made in the guest register that is set to the result.
  bool TakeXmm(ir::Value v, Xmm* xmm);
  void SetConst(uint64_t value) { values_[index_].location = {Location::Kind::kConst, 0, 0, value}; }
  // Of what was locked, only `r` is wanted any more.
  void LockOnly(Reg r) { locked_ = static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }
  void Lock(Reg r) { locked_ |= static_cast<uint16_t>(1u << static_cast<unsigned>(r)); }

  void Get(unsigned guest_register);
  void Set(unsigned guest_register, ir::Value v);
  // The same place under another name, where that is possible.
  bool Alias(ir::Value v);
  // The same for the zero extension of v.
  bool AliasExtended(ir::Value v);
  // Puts all values that are needed later on the stack and forgets the others, so that everything may be clobbered.
  void SpillAll();
  // Does the same for values that are the contents of guest registers, which are about to change.
  void SpillGuest();
  // The temps and vector registers that hold values needed after the present instruction.
  uint16_t LiveTemps() const;
  uint16_t LiveXmms() const;
  const GuestRegister& guest(unsigned number) const { return guest_[number]; }
  bool failed() const { return failed_; }

 private:
  struct ValueState {
    Location location;
    uint32_t last_use = 0;
    uint16_t slot = 0;  // the word of the frame that has it, too, if any
    bool boxed = false;
    Nans nans = Nans::kCanonical;  // unless it is the same as a guest register in a vector register
    bool clean = false;
    // The guest register that holds the same, if its version is still this one, or a sum with it, if its position is
    // another one.
    uint16_t home = kNoHome;
    uint32_t home_version = 0;
    uint64_t home_position = 0;
  };
  static constexpr uint16_t kNoHome = 0xffff;
  // What instruction `index` goes by in place of its first argument.
  ir::Value FirstArgument(unsigned index) const {
    const ir::Value argument = block_->code[index].args[0];
    if (groups_ == nullptr) return argument;
    return groups_->GoesByAnother(index) ? HostOf(*groups_->Of(index)) : argument;
  }
  template <typename F>
  void ForEachArgument(unsigned index, F f) const {
    const ir::Value* args = block_->code[index].args;
    if (const ir::Value v = FirstArgument(index); v != ir::kNoValue) f(v);
    if (args[1] != ir::kNoValue) f(args[1]);
    if (args[2] != ir::kNoValue) f(args[2]);
  }
  bool IsArgument(unsigned index, ir::Value v) const;
  bool IsHost(ir::Value v) const { return v >= block_->code.size(); }
  ir::Type TypeOf(ir::Value v) const { return IsHost(v) ? ir::Type::kI64 : block_->code[v].type; }
  bool HasHome(ir::Value v) const {
    const ValueState& s = values_[v];
    return s.home != kNoHome && s.home_version == versions_[s.home] && IsNear(HomeOffset(v));
  }
  // From what its home holds.
  int64_t HomeOffset(ir::Value v) const {
    return static_cast<int64_t>(values_[v].home_position - positions_[values_[v].home]);
  }
  static bool IsNear(int64_t offset) { return offset > -(1 << 20) && offset < 1 << 20; }
  void SetHome(ir::Value v, unsigned guest_register);
  void SetNans(ir::Value v, Nans nans);
  void SetNans(const GuestRegister& guest, Nans nans);
  bool GoHome(ir::Value v);
  bool MoveHome(ir::Value v);
  unsigned Distance(ir::Value v) const;
  Reg Victim() const;
  // Host registers of guest registers, by number, that may hold values where those are idle.
  struct Lendable {
    uint16_t all = 0, lent = 0;
    std::array<uint16_t, 16> guest{};
  };
  bool IsNeeded(unsigned guest_register, bool by_arguments) const;
  unsigned LentUntil(unsigned guest_register, ir::Value v);
  std::optional<unsigned> Lend(const Lendable& lendable, uint16_t locked, ir::Value v);
  std::optional<Reg> LendReg(ir::Value v);
  std::optional<Xmm> LendXmm(ir::Value v);
  bool MayHold(const Lendable& lendable, unsigned r, ir::Value v);
  // A register that v is to have: as Temp and TempXmm, or one that is lent.
  Reg RegFor(ir::Value v);
  Xmm XmmFor(ir::Value v);
  std::optional<Reg> Dying();
  int Destination() const;
  int XmmDestination() const;
  void AliasGuest(ir::Value v, unsigned guest_register);
  void OwnXmm(Xmm xmm, ir::Value v);
  void OwnTemp(Reg temp, ir::Value v);
  void Free(ir::Value v);
  void Release(ir::Value v);
  void FreeSlot(ir::Value v);
  void Evict(Reg temp);
  bool GoToFrame(ir::Value v);
  Mem Spill(ir::Value v);
  // Of a value that is the same as a pinned guest register, or a sum with it.
  Sum SumOf(ir::Value v) const { return {guest_[at(v).index].host, static_cast<int32_t>(at(v).constant)}; }
  void SpillSum(ir::Value v, Sum sum);
  void EvictXmm(Xmm xmm);
  int Slot();
  void Detach(unsigned guest_register);
  bool Slide(unsigned guest_register, int64_t step);
  void OwnCopy(ir::Value v);
  void StoreTo(const GuestRegister& guest, ir::Value v);
  void LoadConst(Reg to, ir::Type type, uint64_t value);

  Emitter& e_;
  const std::vector<GuestRegister>& guest_;
  const bool direct_results_;  // Result may be a pinned register
  const bool known_sums_;
  const bool lends_;
  const uint16_t xmm_mask_;  // those that hold values
  const ir::Block* block_ = nullptr;
  const AccessGroups* groups_ = nullptr;
  unsigned index_ = 0;
  std::vector<ValueState> values_;
  std::array<ir::Value, 16> temp_owner_{};
  std::array<ir::Value, 16> xmm_owner_{};
  uint16_t free_temps_ = kTempMask;
  uint16_t free_xmms_ = 0;
  Lendable regs_, xmms_;
  std::vector<bool> lendable_;  // by guest register
  IdleRegisters idle_;
  uint16_t locked_ = 0, locked_xmm_ = 0;
  std::array<uint64_t, kSpillSlots / 64> slots_{};
  std::vector<ir::Value> aliases_;  // values whose location is kGuest
  std::vector<ir::Value> kept_;     // by KeepUntil
  RawGuests raw_;
  std::vector<uint32_t> versions_;   // of each guest register: how often it was written
  std::vector<uint64_t> positions_;  // what constants were added to it beside that, all together
  bool failed_ = false;
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_REGISTERS_H_
