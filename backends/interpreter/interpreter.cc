#include "backends/interpreter/interpreter.h"

#include <immintrin.h>

#include <utility>
#include <vector>

#include "backends/interpreter/program.h"
#include "backends/interpreter/runner.h"
#include "mmu/soft_tlb.h"

namespace emu::backends::interpreter {
namespace {

using translate::CodeEntry;
using translate::CpuState;
using translate::Exit;

class Interpreter final : public translate::Backend {
 public:
  Interpreter(Tables tables, size_t max_steps) : tables_(tables), max_steps_(max_steps) {}

  absl::string_view name() const override { return "interpreter"; }

  absl::StatusOr<CodeEntry> Compile(const ir::Block& block, translate::CompileSink& sink) override {
    if (steps_ + block.code.size() > max_steps_) return absl::ResourceExhaustedError("too many blocks");
    steps_ += block.code.size();
    programs_.push_back(std::make_unique<Program>(MakeProgram(block, tables_, sink)));
    programs_.back()->index = static_cast<uint32_t>(programs_.size());
    return programs_.back().get();
  }

  Exit Run(CpuState& state, CodeEntry entry) override;

  uint64_t JumpTarget(CodeEntry entry) const override { return ToProgram(entry)->index; }
  void Attach(CpuState& state) override {
    values_.push_back(std::make_unique<uint64_t[]>(ir::kMaxInstrs));
    state.backend = values_.back().get();
  }

  void Link(uint32_t exit_id, CodeEntry to, translate::JumpGuard guard) override {
    if (exit_id >= links_.size()) links_.resize(exit_id + 1);
    links_[exit_id] = {ToProgram(to), guard};
  }
  void Unlink(uint32_t exit_id) override {
    if (exit_id < links_.size()) links_[exit_id].to = nullptr;
  }
  void Retire(CodeEntry entry) override { programs_[ToProgram(entry)->index - 1]->retired = true; }
  void Revive(CodeEntry entry) override { programs_[ToProgram(entry)->index - 1]->retired = false; }
  void Reset() override {
    programs_.clear();
    links_.clear();
    steps_ = 0;
  }
  absl::Span<const uint8_t> HostCode(CodeEntry) const override { return {}; }
  translate::CodeUse code_use() const override { return {steps_, max_steps_, "operations"}; }

 private:
  struct Joined {
    const Program* to = nullptr;
    translate::JumpGuard guard;
  };
  static const Program* ToProgram(CodeEntry entry) { return static_cast<const Program*>(entry); }
  const Program* Next(const CpuState& state, const Program& from, Exit exit) const;
  const Program* FollowLink(const CpuState& state, const Program& from, uint32_t exit_id) const;
  const Program* FollowJumpCache(const CpuState& state) const;

  const Tables tables_;
  const size_t max_steps_;
  size_t steps_ = 0;  // of all programs
  std::vector<std::unique_ptr<Program>> programs_;
  std::vector<Joined> links_;                        // by exit
  std::vector<std::unique_ptr<uint64_t[]>> values_;  // one for each CPU
};

// The guest's rounding mode and sticky flags are in MXCSR while its code runs (CpuState::mxcsr).
class GuestFpEnvironment {
 public:
  explicit GuestFpEnvironment(CpuState& state) : state_(state), host_(_mm_getcsr()) { _mm_setcsr(state.mxcsr); }
  ~GuestFpEnvironment() {
    state_.mxcsr = _mm_getcsr();
    _mm_setcsr(host_);
  }
  GuestFpEnvironment(const GuestFpEnvironment&) = delete;
  GuestFpEnvironment& operator=(const GuestFpEnvironment&) = delete;

 private:
  CpuState& state_;
  const uint32_t host_;
};

Exit Interpreter::Run(CpuState& state, CodeEntry entry) {
  const GuestFpEnvironment environment(state);
  const Program* program = ToProgram(entry);
  while (true) {
    if (program->retired) {
      state.pc = program->pc;
      return {Exit::Kind::kStale};
    }
    const Exit exit = RunProgram(*program, state, static_cast<uint64_t*>(state.backend));
    program = Next(state, *program, exit);
    if (program == nullptr) return exit;
  }
}

const Program* Interpreter::Next(const CpuState& state, const Program& from, Exit exit) const {
  if (exit.kind == Exit::Kind::kJump) return FollowLink(state, from, exit.id);
  return exit.kind == Exit::Kind::kLookup ? FollowJumpCache(state) : nullptr;
}

const Program* Interpreter::FollowLink(const CpuState& state, const Program& from, uint32_t exit_id) const {
  if (exit_id >= links_.size()) return nullptr;
  const Joined& link = links_[exit_id];
  const bool leaves_page = ((state.pc ^ from.pc) & mmu::kPageMask) != 0;
  if (leaves_page && link.to != nullptr && state.mapping_ids[link.guard.slot] != link.guard.mapping_id) return nullptr;
  return link.to;
}

const Program* Interpreter::FollowJumpCache(const CpuState& state) const {
  if (state.jump_cache == nullptr) return nullptr;
  const translate::JumpEntry& e = translate::JumpLine(state.jump_cache, state.pc);
  return e.pc == state.pc ? programs_[e.code - 1].get() : nullptr;
}

}  // namespace

std::unique_ptr<translate::Backend> MakeInterpreter(absl::Span<const translate::RegisterInfo> registers,
                                                    absl::Span<const translate::HelperInfo> helpers, size_t max_steps) {
  return std::make_unique<Interpreter>(Tables{registers, helpers}, max_steps);
}

}  // namespace emu::backends::interpreter
