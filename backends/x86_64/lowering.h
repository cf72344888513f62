// Turns one IR block into host code. Hot code comes first; what is seldom run (TLB misses, NaN repair, unjoined exits)
// follows it, so that the hot path falls through.
#ifndef EMU_BACKENDS_X86_64_LOWERING_H_
#define EMU_BACKENDS_X86_64_LOWERING_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "backends/x86_64/access_groups.h"
#include "backends/x86_64/encoding/emitter.h"
#include "backends/x86_64/encoding/host_features.h"
#include "backends/x86_64/fma_chains.h"
#include "backends/x86_64/folded_loads.h"
#include "backends/x86_64/fp_divisions.h"
#include "backends/x86_64/registers.h"
#include "backends/x86_64/runtime.h"
#include "backends/x86_64/stored_halves.h"
#include "translate/engine/backend.h"
#include "translate/ir/ir.h"
#include "translate/options/jit_options.h"

namespace emu::backends::x86_64 {

// Where a direct exit can be joined to a block. Writing view.
struct ExitPatch {
  uint32_t id;
  uint8_t* jump;             // the 32-bit distance of its branch
  uint8_t* guard = nullptr;  // the 32-bit mapping number that it compares with, if it leaves the page
  const uint8_t* stub;       // running view: where it goes while it is not joined
};

// What lies before each block's code, and begins the room between blocks.
struct BlockHeader {
  uint64_t begins;      // a retired block: what its code began with
  int32_t stale;        // from the entry to where it goes when the block is retired
  uint32_t bytes : 31;  // of code
  uint32_t retired : 1;
};

struct LoweredBlock {
  const uint8_t* entry = nullptr;  // running view
  uint8_t* entry_rw = nullptr;
  const uint8_t* stale = nullptr;  // where the entry goes when the block is retired
};

class Lowering {
 public:
  Lowering(Emitter* emitter, const Runtime* runtime, const std::vector<GuestRegister>* guest,
           absl::Span<const translate::HelperInfo> helpers, const HostFeatures& features,
           const translate::JitOptions& jit)
      : e_(*emitter),
        runtime_(*runtime),
        regs_(emitter, guest, jit),
        helpers_(helpers),
        features_(features),
        jit_(jit) {}

  // Where the slots are that code is to use, running view.
  void set_slots(const uint8_t* slots) { slots_ = slots; }

  // As Backend::Refine.
  void Refine(ir::Block* block, const translate::CompileSink& sink);
  // False: the block has more values alive at once than there is room for.
  bool Lower(const ir::Block& block, translate::CompileSink& sink, std::vector<ExitPatch>* exits, LoweredBlock* result);

 private:
  // Code to emit after the hot code.
  struct Cold {
    enum class Kind : uint8_t {
      kBudget,
      kGuard,
      kLoad,
      kStore,
      kAtomic,
      kFind,
      kExit,
      kLeave,
      kCanonicalNan,
      kFp,
      kUnbox,
      kOldFlags,
      kDivide,
      kFpDivide,
      kEqual,
      kFpClass
    };
    Kind kind;
    uint8_t* from = nullptr;    // the branch to it
    uint8_t* from2 = nullptr;   // a second one
    uint8_t* resume = nullptr;  // where it goes back to, writing view
    unsigned instr = 0;
    Reg address = Reg::rax;              // kLoad, kStore, kFind; kDivide, kFpDivide: the divisor; kFpClass: scratch
    int32_t displacement = 0;            // kLoad, kStore, kFind: from `address`
    Reg entry = Reg::rax;                // kFind: where the addend is expected
    uint64_t pc = 0;                     // kFind: where the block is left for
    translate::BytesWanted wanted = {};  // kFind; `before` where there is no index
    std::optional<Reg> index = {};       // kFind, which is shifted by
    uint8_t log2_scale = 0;
    uint32_t site = 0;
    uint16_t live_temps = 0, live_xmms = 0;
    Location result = {};   // where the result is expected
    Location value = {};    // kStore: where the value is
    Location args[3] = {};  // kFp, kAtomic
    uint32_t refund = 0;    // kExit, kFind
    bool fixed = false;     // kFind: the addend, which the code has, so that `entry` is of no use
    bool boxed = false;     // the result is a single that is to be NaN-boxed
    Xmm xmm = Xmm::xmm0;    // kUnbox, kEqual: the result
    Xmm operands[2] = {};   // kEqual
    // Of products_, kFp of a fused multiply-add: those that its sum is of, but for its own.
    size_t first_product = 0, products = 0;
    RawGuests raw = {};  // vector registers, the guest's but for kCanonicalNan, whose NaNs become canonical here
    // The guest may look at its registers here, of which `guests` were raw when the instruction began.
    void ShowGuests(const RawGuests& guests) {
      if (kind == Kind::kExit || kind == Kind::kLeave || kind == Kind::kLoad || kind == Kind::kStore ||
          kind == Kind::kFind) {
        raw = guests;
      }
    }
  };
  // Where its factors are once more.
  struct Product {
    Location base[2];
    int32_t displacement[2];
  };
  using Value = ir::Value;

  bool MayLeave(const ir::Block& block) const;
  void FindGroups(const ir::Block& block, const translate::CompileSink& sink);
  void LowerInstr(const ir::Instr& i);
  // Of the instructions that were charged, this one included.
  uint32_t Unexecuted() const { return charged_ - (insn_number_ == 0 ? 0 : insn_number_ - 1); }
  // What follows is for an instruction of the block.
  void Mark(uint32_t instr) {
    if (marks_ != nullptr) [[unlikely]]
      AddMark(instr);
  }
  void AddMark(uint32_t instr);
  // lowering_int.cc
  void Binary(const ir::Instr& i);
  void EmitBinary(const ir::Instr& i, Reg dst, Value a, Value b);
  void AddConstant(const ir::Instr& i, int32_t step);
  void AddOrSub(const ir::Instr& i);
  void Multiply(const ir::Instr& i);
  void MultiplyHigh(const ir::Instr& i);
  Reg WideArguments(const ir::Instr& i);
  void FinishWide(const ir::Instr& i, Reg result);
  void ShiftOrRotate(const ir::Instr& i);
  void AndNot(const ir::Instr& i);
  void Unary(const ir::Instr& i);
  void CountZeros(const ir::Instr& i);
  void Extend(const ir::Instr& i);
  void BitCast(const ir::Instr& i);
  Cond Compare(ir::Cond c, Value a, Value b);
  void SetCc(const ir::Instr& i);
  void Select(const ir::Instr& i);
  Cond NotZero(ir::Value v);
  // lowering_divide.cc
  void Divide(const ir::Instr& i);
  Cond IsOdd(const ir::Instr& i, Reg divisor);
  void HostDivide(const ir::Instr& i, Reg divisor);
  void OddDivide(const ir::Instr& i, Reg divisor);
  void DivideByFp(const ir::Instr& i);
  void FpDivide32(const ir::Instr& i, Reg divisor, Cold* cold);
  void FpQuotient(Op to_double, Reg dividend, Reg divisor);
  void FpDivide64(const ir::Instr& i, Reg divisor, Cold* cold);
  void ColdFpDivide(const Cold& cold);
  // lowering_memory.cc
  void Load(const ir::Instr& i);
  void Store(const ir::Instr& i);
  void ResumeHere(const Cold& cold);
  void LoadFrom(const ir::Instr& i, Mem from, Reg to, Xmm xmm);
  void StoreTo(const ir::Instr& i, Mem to, Reg value, Xmm xmm, std::optional<int32_t> imm);
  Mem FindPage(const ir::Instr& i, bool write, Sum at, Reg entry, Cold* cold);
  Mem PlaceOrLeave(const ir::Instr& i);
  Cold FindOrLeave(uint32_t access, const Sum& at);
  void MakeHost(const Cold& cold, const Sum& at, int32_t from_base);
  void LookEarly(uint32_t access);
  // `tag` is scratch, and so is `table`, which may be missing.
  struct ProbeRegisters {
    Reg address, entry, tag;
    std::optional<Reg> table;
  };
  void Probe(int64_t begin, int64_t end, uint64_t compared, bool write, const ProbeRegisters& r, Cold* cold);
  bool ProbeConstant(uint64_t begin, uint64_t end, uint64_t alignment, bool write, Reg entry, Cold* cold);
  std::optional<uint64_t> KnownBase(const ir::Instr& i, const Sum& at) const;
  struct Bytes {
    int64_t begin, end;                  // from Cold::address
    std::optional<uint64_t> known_base;  // what that is
  };
  void Check(ir::MemOp op, const Bytes& bytes, bool write, Reg entry, Cold* cold);
  void AskSlot(uint32_t slot, int64_t begin, Reg address, Reg entry, Cold* cold);
  void WithSlot(Op op, Reg reg, uint32_t slot, size_t field);
  void Displaced(Reg to, Reg from, int64_t displacement);
  Sum AddressOf(const ir::Instr& i);
  void FindGva(const Cold& cold, const Mem& gva, const Mem& before);
  bool IsSplit(const ir::Instr& i) const;
  void LoadHalves(Xmm to, Mem from);
  void LoadInt(ir::MemOp op, ir::Type type, Reg to, Mem from);
  void StoreInt(ir::MemOp op, Mem to, Reg value);
  void Atomic(const ir::Instr& i);
  void AtomicAlone(const ir::Instr& i);
  void Change(const ir::Instr& i, Mem at, Reg old, Reg operand);
  void AtomicInline(const ir::Instr& i);
  void AtomicLoop(const ir::Instr& i, Mem at, Mem operand);
  void AtomicCall(const ir::Instr& i);
  void Probe();
  void Call(const ir::Instr& i);
  void PutArgument(int slot, Value v);
  void FinishCall(const ir::Instr& i);
  void CallRuntime(const uint8_t* function);
  void StoreSite(uint32_t site);
  uint32_t Site();
  // lowering_fp.cc
  void Fp(const ir::Instr& i);
  void FpOperation(const ir::Instr& i);
  void FpArithmetic(const ir::Instr& i);
  void FpFma(const ir::Instr& i);
  void FoldLoads();
  bool IsFolded(Value v) const { return folded_.By(v) != 0; }
  Mem FoldedFrom(Value load);
  void KeepProducts();
  void NoteProducts(Cold* cold);
  void FpMinMax(const ir::Instr& i);
  void FpCompare(const ir::Instr& i);
  void CallReference(const ir::Instr& i);
  void FpBinary(Op avx, Op sse, Xmm dst, Xmm a, Xmm b);
  void Box(const ir::Instr& i);
  void Unbox(const ir::Instr& i);
  void FpSign(const ir::Instr& i);
  void FpCopySign(const ir::Instr& i);
  void GetFlags(const ir::Instr& i);
  void SetFlags(const ir::Instr& i);
  unsigned PutBack() const;
  void RestoreIfUnordered();
  Cold FpCold(const ir::Instr& i);
  void ColdEqual(const Cold& cold, bool lesser);
  // lowering_convert.cc
  void RoundFirst(Xmm a, bool wide, ir::Rounding rounding, Cold* cold);
  uint8_t* UnlessUnsigned(Reg t, Xmm a, bool from64, bool wide);
  void FpToInt(const ir::Instr& i);
  uint8_t* UnlessExact(Reg t, Reg a, bool from64, const ir::Instr& i);
  void IntToFp(const ir::Instr& i);
  void FpConvert(const ir::Instr& i);
  void FpClass(const ir::Instr& i);
  void FpClassOf(Reg dst, int negative, int positive);
  void ColdFpClass(const Cold& cold);
  // lowering_nans.cc
  void MadeNan(Xmm xmm, ir::Type type);
  void RepairNans(RawGuests raw);
  void SettleNans(const ir::Instr& i);
  void ColdNans(RawGuests raw);
  // lowering_control.cc
  void Charge(const ir::Instr& i);
  void Refund(const ir::Instr& i);
  void GiveBack(uint32_t insns);
  void Guard(const ir::Instr& i);
  void ExitIf(const ir::Instr& i);
  void ExitUnless(const ir::Instr& i);
  void Goto(const ir::Instr& i);
  void GotoInd(const ir::Instr& i);
  void EmitExit(uint64_t pc, uint8_t* from);
  void EmitExit(uint32_t id, uint64_t pc, uint8_t* from);
  bool SamePage(uint64_t pc) const { return (pc ^ block_->pc) >> mmu::kPageBits == 0; }
  void Label(unsigned label);
  void BranchTo(unsigned label, uint8_t* where);
  // lowering_cold.cc
  void EmitCold(const Cold& cold);
  void ColdMemory(const Cold& cold);
  void ColdFind(const Cold& cold);
  void ColdAtomic(const Cold& cold);
  void ColdFp(const Cold& cold);
  void ColdProduct(const Product& product, bool wide);
  void SaveLive(const Cold& cold, bool save);
  void StoreArgument(int slot, const Location& l, ir::Type type);
  void MoveResult(const Cold& cold, ir::Type type);
  void ReachFor(const uint8_t* data);
  void WithConstant(Op op, Xmm dst, Constant c);
  void WithConstant(Op op, Xmm dst, Xmm a, Constant c);

  bool Wide(const ir::Instr& i) const { return ir::TypeBits(i.type) == 64; }
  ir::Type TypeOf(Value v) const { return block_->code[v].type; }

  Emitter& e_;
  const Runtime& runtime_;
  Registers regs_;
  AccessGroups groups_;
  FmaChains chains_;
  FoldedLoads folded_;
  FpDivisions fp_divisions_;
  StoredHalves stored_halves_;
  absl::Span<const translate::HelperInfo> helpers_;
  const HostFeatures& features_;
  const translate::JitOptions& jit_;
  const ir::Block* block_ = nullptr;
  ir::Block refined_;
  translate::CompileSink* sink_ = nullptr;
  std::vector<ExitPatch>* exits_ = nullptr;
  std::vector<translate::CodeMark>* marks_ = nullptr;
  const uint8_t* slots_ = nullptr;
  bool leaves_ = false;             // the present block, where an access is not as expected
  bool wants_slots_ = false;        // it does so too
  const uint8_t* begin_ = nullptr;  // of the block's code
  unsigned index_ = 0;
  ir::Value compared_ = ir::kNoValue;  // the flags still say whether this is zero: it is not under compared_as_
  Cond compared_as_ = Cond::ne;
  unsigned put_back_ = 0;   // the instruction that gives the flags, as they were last read, back; 0 after it
  bool made_nans_ = false;  // some may have to be seen to
  std::vector<Cold> cold_;
  std::vector<Product> products_;
  struct LabelState {
    uint8_t* bound = nullptr;  // writing view
    std::vector<uint8_t*> waiting;
  };
  std::vector<LabelState> labels_;
  uint64_t insn_pc_ = 0;      // of the guest instruction in the making
  uint32_t charged_ = 0;      // instructions charged together with it
  uint32_t insn_number_ = 0;  // how many of them began
  uint32_t site_ = 0;         // of the instruction, 0 if none was made
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_LOWERING_H_
