// Runs a guest CPU: finds or makes the translated block for the PC, runs it, joins blocks to each other, drops those
// whose code changes, and hands faults and interrupts to the target.
#ifndef EMU_TRANSLATE_ENGINE_ENGINE_H_
#define EMU_TRANSLATE_ENGINE_ENGINE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "memory/ram_block.h"
#include "translate/engine/backend.h"
#include "translate/engine/chunked_vector.h"
#include "translate/engine/code_map.h"
#include "translate/engine/cpu.h"
#include "translate/engine/first_runs.h"
#include "translate/engine/path_recorder.h"
#include "translate/engine/sleeping_blocks.h"
#include "translate/ir/ir.h"
#include "translate/options/jit_options.h"

namespace emu::translate {

struct EngineOptions {
  uint32_t max_block_insns = 64;
  // Stop exactly at the end of a grant, in the middle of a block if need be. Otherwise at the next block's start.
  bool exact = false;
  // Which blocks run often is learned from where the CPU is each time that so many instructions were executed: a block
  // is hot when it was there so many times.
  int64_t sample_insns = 1 << 16;
  uint32_t hot_samples = 4;
  uint16_t hot_exits = 16;         // an exit of a hot block, too, if it is taken so often in no more than...
  uint64_t hot_exit_insns = 1024;  // ...so many instructions each
  uint32_t settled_samples = 16;   // a hot block is: pages that its slots hold will stay where they are
  bool windows_at_once = false;    // for each slot that misses, whether or not that pays (page_windows.h)
  bool interpret_all = false;      // whatever the target can, not only what runs for the first time
  bool chain = true;               // join blocks; otherwise each is entered from the run loop, whatever `jit` says
  JitOptions jit;
};

// Told of what the engine does, for listings (-d in_asm,op,op_opt,out_asm,int). All empty by default.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  // `guest_code` is in order of its addresses; each piece goes on behind its last instruction for as long as one may
  // be.
  virtual void OnLifted(const ir::Block&, absl::Span<const GuestCode> guest_code) { (void)guest_code; }
  virtual void OnOptimized(const ir::Block&) {}
  // `host_code` is empty where the backend makes none; `marks` tell what it is for.
  virtual void OnCompiled(const ir::Block&, absl::Span<const uint8_t> host_code, absl::Span<const CodeMark> marks) {
    (void)host_code, (void)marks;
  }
  virtual void OnFault(const Cpu&, const MemFault&) {}
  // Before a block is entered from the run loop; every block is, while they are not joined (EngineOptions::chain).
  virtual void OnExecute(const Cpu&, uint32_t insns) { (void)insns; }
};

struct EngineCounters {
  uint64_t blocks = 0;       // translated
  uint64_t insns = 0;        // guest instructions translated
  uint64_t interpreted = 0;  // guest instructions executed without a translation
  uint64_t lookups = 0;      // indirect jumps and other entries that left generated code
  uint64_t links = 0;        // exits joined
  uint64_t invalidated = 0;  // blocks dropped because their code was written
  uint64_t revived = 0;      // of those: in use again, because their code came back
  uint64_t hot = 0;          // blocks made anew because they run often
  uint64_t steps = 0;        // blocks of an instruction, translated to see which way the guest goes
  uint64_t settled = 0;      // of the hot blocks: made anew once more, with fixed slots
  uint64_t careful = 0;      // blocks made for where hot ones are left before an access
  uint64_t refused = 0;      // blocks made of single instructions, as the backend could not make them whole
  uint64_t discards = 0;     // times that everything was dropped because the code cache was full
  uint64_t faults = 0;       // memory faults delivered
};

class Engine final : public CodeOwner, private CompileSink, private memory::WriteObserver {
 public:
  enum class Stop { kBudget, kHalted, kAttention };

  Engine(const Target& target, Backend& backend, EngineOptions options);
  ~Engine() override;

  // Makes the engine the one that runs `cpu`. Before the first Run; one CPU for an engine.
  void Attach(Cpu* cpu);
  // Runs until `insns` more guest instructions have been executed (or a little more, see EngineOptions::exact), the CPU
  // waits for an interrupt, or something asked for attention that the target does not handle by itself.
  Stop Run(int64_t insns);
  // Asks Run to return soon; from device callbacks and helpers.
  void RequestStop();
  // Takes requests back that no Run has seen yet.
  void ClearStop() { stop_requested_ = false; }

  // Not owned; told in the order in which they came. Neither to be called by an observer.
  void AddObserver(EngineObserver* observer) { observers_.push_back(observer); }
  void RemoveObserver(EngineObserver* observer) { std::erase(observers_, observer); }
  // EngineOptions::chain from now on. Between runs.
  void set_chain(bool on);
  Backend& backend() { return backend_; }
  const EngineCounters& counters() const { return counters_; }
  // Blocks that there are now.
  size_t block_count() const { return code_.size(); }
  // Set when translation failed for a reason that is ours; the CPU cannot go on then.
  const absl::Status& status() const { return status_; }
  void DiscardAll() override;
  void GiveUpSlot(uint32_t slot) override;
  void DropCode(absl::Span<const uint64_t> pcs) override;
  void DropCode(const uint8_t* host, uint64_t length) override;
  // While set, no interrupt is delivered, and Run returns after a memory fault was: for Run(1).
  void set_single_step(bool on) { single_step_ = on; }

  const Site& site(uint32_t number) const override { return sites_[number]; }
  bool HasCode(const uint8_t* host_page) const override { return code_.HasCode(host_page); }
  bool OnWrite(const uint8_t* host, uint64_t length) override;
  uint32_t MappingId(uint64_t page, const uint8_t* host_page) override;
  void Observe(const memory::RamBlock::Ptr& block) override;

 private:
  struct ExitInfo {
    uint64_t pc;
    TranslatedBlock* from;
    TranslatedBlock* to;
    uint32_t next_exit;                     // of the same block
    uint32_t next_incoming, last_incoming;  // of those that are joined to `to`
    std::optional<ir::WayOut> why;          // the block is left, if that is why
  };
  // How often something happened, as far as it was counted.
  struct Times {
    uint16_t count = 0;
    uint64_t since = 0;  // instructions executed at the first
    uint16_t CountAt(uint64_t insns) {
      if (count == 0) since = insns;
      return ++count;
    }
  };
  // A block is left, for one reason.
  struct Leaving {
    Times times;
    bool is_seldom = false;
  };
  using Leavings = std::array<Leaving, ir::kWayOutCount>;
  uint32_t AddExit(uint64_t pc) override;
  uint32_t AddSite(uint64_t pc, uint32_t unexecuted) override;
  bool may_leave() const override { return compiling_->hot && MayLeave(ir::WayOut::kAccess); }
  bool may_index() const override { return MayLeave(ir::WayOut::kTable); }
  uint32_t AddWayOut(uint64_t pc, ir::WayOut why) override;
  bool wants_slots() const override { return compiling_->hot; }
  bool wants_far_slots() const override { return !near_slots_.contains(compiling_->host_pc); }
  uint32_t AddSlot(const SlotUse& use) override;
  bool is_fixed(uint32_t slot) const override { return cpu_->slots().IsFixed(slot); }
  std::vector<CodeMark>* marks() override { return observers_.empty() ? nullptr : &marks_; }
  void OnWatchedWrite(memory::RamBlock& block, uint64_t offset, uint64_t length) override;

  bool MayLeave(ir::WayOut why) const;
  unsigned Ask();
  uint64_t RegisterNow(uint64_t number) const;
  TranslatedBlock* Find(uint64_t pc, uint32_t max_insns);
  TranslatedBlock* FindAt(uint64_t pc, const uint8_t* host_pc, uint32_t max_insns);
  TranslatedBlock* Translate(uint64_t pc, const uint8_t* host_pc, uint32_t max_insns);
  bool MayInterpret(const uint8_t* host_pc);
  TranslatedBlock* Interpret(uint64_t pc, const uint8_t* host_pc);
  Interpreted InterpretAtMost(int64_t most, uint64_t pc, const uint8_t* host_pc);
  void TellExecute(const TranslatedBlock& block);
  TranslatedBlock* Revive(uint64_t pc, const uint8_t* host_pc);
  TranslatedBlock* Add(TranslatedBlock* block);
  bool Lift(uint64_t pc, const uint8_t* host_pc, uint32_t max_insns, TranslatedBlock* block);
  const uint8_t* PageAt(uint64_t page, TranslatedBlock* block);
  void NoteRewrite(const TranslatedBlock& block, const uint8_t* host_page);
  bool IsRewritten(const uint8_t* host_page) const;
  void FindExtent(bool follows_path, TranslatedBlock* block);
  void AddGuards(const TranslatedBlock& block);
  void NumberGuards(const TranslatedBlock& block);
  void AddProbes();
  void TellLifted(const TranslatedBlock& block);
  absl::Status Compile(TranslatedBlock** block);
  TranslatedBlock* Refuse(TranslatedBlock* block, const absl::Status& why);
  TranslatedBlock* FindUnguarded(uint64_t pc, const uint8_t* host_pc);
  bool IsKept(uint64_t page) const;
  const uint8_t* Kept(uint64_t page) const;
  bool Sample(TranslatedBlock* block);
  bool Heat(TranslatedBlock* block, bool at_exit);
  bool Settle(TranslatedBlock* block);
  void Record();
  void Step(uint64_t pc, const uint8_t* host_pc);
  void MakeHot(Path path);
  absl::Span<const uint64_t> PathOf(const TranslatedBlock& block);
  // Whether the further pages of a block are where they were when it was made.
  enum class Pages { kHold, kUnknown, kOthers };
  Pages LookAtPages(const TranslatedBlock& block);
  bool MissesPages(TranslatedBlock* block);
  Stop RunGrant();
  // Runs from a block until something comes up; gives the block where to go on, if that is known.
  TranslatedBlock* RunBlock(const TranslatedBlock& block);
  TranslatedBlock* Lookup();
  TranslatedBlock* Link(uint32_t exit_id);
  void FillJumpCache(const TranslatedBlock& block);
  void Join(uint32_t exit_id, TranslatedBlock* to);
  void Part(uint32_t exit_id);
  void Separate(TranslatedBlock* block);
  void Drop(TranslatedBlock* block);
  void Forget(TranslatedBlock* block);
  void DeliverFault();
  void LimitMappings();
  bool CountExit(uint32_t exit_id, TranslatedBlock** to);
  bool CountLeaving(TranslatedBlock* block, ir::WayOut why);
  static bool MayJoin(const TranslatedBlock& from, const TranslatedBlock& to);

  const Target& target_;
  Backend& backend_;
  const EngineOptions options_;
  Cpu* cpu_ = nullptr;
  bool chain_;
  std::vector<EngineObserver*> observers_;
  std::vector<CodeMark> marks_;  // of the block that was compiled last
  EngineCounters counters_;
  absl::Status status_;
  CodeMap code_;
  SleepingBlocks sleeping_;
  FirstRuns first_runs_;
  ChunkedVector<Site> sites_;
  ChunkedVector<ExitInfo> exits_;
  absl::flat_hash_map<uint32_t, Times> exit_uses_;          // of hot blocks, for others; by number
  absl::flat_hash_map<const uint8_t*, Times> page_misses_;  // of hot blocks, by their beginning
  // How often a page's code was written over while a hot block of several pages had it.
  absl::flat_hash_map<const uint8_t*, uint32_t> rewritten_;
  ChunkedVector<Leavings> leavings_;  // of hot blocks that were left, by TranslatedBlock::leavings
  std::vector<TranslatedBlock*> taken_;
  std::vector<const uint8_t*> new_pages_;
  absl::flat_hash_map<std::pair<uint64_t, const uint8_t*>, uint32_t> mapping_ids_;
  uint32_t next_mapping_id_ = 1;  // numbers are not used again
  TranslatedBlock* compiling_ = nullptr;
  ir::Block scratch_;
  std::vector<memory::RamBlock::Ptr> observed_;
  PathRecorder recorder_;
  // By where the code of hot blocks begins; `pcs` are relative to that.
  absl::flat_hash_map<const uint8_t*, Path> hot_;
  std::vector<uint64_t> path_;                   // of the block in the making
  absl::flat_hash_set<const uint8_t*> refused_;  // blocks that the backend cannot make whole, by their beginning
  // Hot ones that would be left too often, for each reason.
  absl::flat_hash_set<const uint8_t*> stays_[ir::kWayOutCount];
  absl::flat_hash_set<const uint8_t*> near_slots_;  // those of them whose slots miss less when they are for fewer bytes
  absl::flat_hash_set<const uint8_t*> no_slot_;     // instructions in them that do better without a slot
  absl::flat_hash_map<const uint8_t*, bool> fixed_;  // those that have a fixed slot; false: that was not good
  absl::flat_hash_set<const uint8_t*> whole_loops_;  // those that ask whether all of their rounds are to be run
  std::vector<TranslatedBlock*> slot_blocks_;        // by slot
  const TranslatedBlock* told_ = nullptr;            // observers know already that it runs next
  bool ran_out_ = false;                             // the block that ran last left because of the budget
  bool stop_requested_ = false;
  bool single_step_ = false;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_ENGINE_H_
