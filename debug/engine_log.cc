#include "debug/engine_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "translate/ir/printer.h"

namespace emu::debug {

EngineLog::EngineLog(boards::GuestLog log, translate::Engine& engine, const translate::Target& target,
                     std::function<std::string()> registers, const AddressNames& names)
    : log_(std::move(log)),
      engine_(engine),
      registers_text_(std::move(registers)),
      names_(names),
      listing_(target, names) {
  for (const translate::RegisterInfo& r : target.registers()) registers_.push_back(r.name);
  for (const translate::HelperInfo& h : target.helpers()) helpers_.push_back(h.name);
  engine_.AddObserver(this);
}

EngineLog::~EngineLog() { engine_.RemoveObserver(this); }

// Guest code waits for its host code if both are wanted.
void EngineLog::OnLifted(const ir::Block& block, absl::Span<const translate::GuestCode> guest_code) {
  if (log_.On(boards::kLogInAsm, block.pc)) {
    if (log_.On(boards::kLogOutAsm)) {
      guest_code_.assign(guest_code.begin(), guest_code.end());
    } else {
      log_.Print(absl::StrCat(listing_.Guest(block, guest_code), "\n"));
    }
  }
  if (log_.On(boards::kLogOp, block.pc)) PrintBlock("intermediate code", block);
}

void EngineLog::OnOptimized(const ir::Block& block) {
  if (log_.On(boards::kLogOpOpt, block.pc)) PrintBlock("intermediate code after its passes", block);
}

void EngineLog::OnCompiled(const ir::Block& block, absl::Span<const uint8_t> host_code,
                           absl::Span<const translate::CodeMark> marks) {
  if (!log_.On(boards::kLogOutAsm, block.pc)) return;
  const std::vector<translate::SharedCode> shared = engine_.backend().Shared();
  std::string text;
  if (log_.On(boards::kLogInAsm)) {
    text = host_code.empty() ? listing_.Guest(block, guest_code_)
                             : listing_.SideBySide(block, guest_code_, host_code, marks, shared);
  } else if (!host_code.empty()) {
    text = listing_.Host(block, host_code, marks, shared);
  }
  if (!text.empty()) log_.Print(absl::StrCat(text, "\n"));
}

void EngineLog::OnExecute(const translate::Cpu& cpu, uint32_t insns) {
  const uint64_t pc = cpu.CurrentPc();
  if (log_.On(boards::kLogExec, pc)) {
    log_.Print(absl::StrFormat("exec 0x%x insns=%d%s\n", pc, insns, InBrackets(names_, pc)));
  }
  if (log_.On(boards::kLogCpu, pc)) log_.Print(absl::StrCat(registers_text_(), "\n"));
}

void EngineLog::PrintBlock(absl::string_view title, const ir::Block& block) {
  log_.Print(absl::StrCat(title, InBrackets(names_, block.pc), ":\n", ir::Print(block, {registers_, helpers_}), "\n"));
}

}  // namespace emu::debug
