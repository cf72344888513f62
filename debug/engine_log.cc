#include "debug/engine_log.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "debug/disassembler.h"
#include "translate/ir/printer.h"

namespace emu::debug {
namespace {

using boards::GuestLog;

class EngineLog final : public translate::EngineObserver {
 public:
  EngineLog(const GuestLog& log, const translate::Target& target) : log_(log), target_(target) {
    for (const translate::RegisterInfo& r : target.registers()) registers_.push_back(r.name);
    for (const translate::HelperInfo& h : target.helpers()) helpers_.push_back(h.name);
  }

  void OnLifted(const ir::Block& block, const uint8_t* bytes, uint32_t size) override {
    if (log_.On(boards::kLogInAsm)) {
      Disassemble(guest_, target_.name(), "guest code", absl::MakeConstSpan(bytes, size), block.pc, LastInsn(block));
    }
    if (log_.On(boards::kLogOp)) PrintBlock("intermediate code", block);
  }
  void OnOptimized(const ir::Block& block) override {
    if (log_.On(boards::kLogOpOpt)) PrintBlock("intermediate code after its passes", block);
  }
  void OnCompiled(const ir::Block& block, absl::Span<const uint8_t> host_code,
                  absl::Span<const translate::CodeMark>) override {
    if (!log_.On(boards::kLogOutAsm)) return;
    Disassemble(host_, "x86_64", absl::StrFormat("host code of 0x%x", block.pc), host_code,
                reinterpret_cast<uint64_t>(host_code.data()), ~uint64_t{0});
  }
  void OnExecute(const translate::Cpu& cpu, uint32_t insns) override {
    if (!log_.On(boards::kLogExec)) return;
    log_.Print(absl::StrFormat("exec 0x%x insns=%d\n", const_cast<translate::Cpu&>(cpu).state().pc, insns));
  }

 private:
  static uint64_t LastInsn(const ir::Block& block) {
    uint64_t last = block.pc;
    for (const ir::Instr& i : block.code) {
      if (i.op == ir::Op::kInsn) last = i.imm;
    }
    return last;
  }

  void PrintBlock(absl::string_view title, const ir::Block& block) {
    log_.Print(absl::StrCat(title, ":\n", ir::Print(block, {registers_, helpers_}), "\n"));
  }

  // Disassemblers are made when the first block wants them: that takes longer than to start everything else.
  void Disassemble(std::unique_ptr<Disassembler>& by, absl::string_view triple, absl::string_view title,
                   absl::Span<const uint8_t> code, uint64_t pc, uint64_t last) {
    if (by == nullptr) by = Disassembler::Make(triple);
    if (by != nullptr) log_.Print(absl::StrCat(title, ":\n", by->Print(code, pc, last), "\n"));
  }

  const GuestLog log_;
  const translate::Target& target_;
  std::vector<absl::string_view> registers_, helpers_;
  std::unique_ptr<Disassembler> guest_, host_;
};

}  // namespace

std::unique_ptr<translate::EngineObserver> MakeEngineLog(const GuestLog& log, boards::Processor& processor) {
  if (!log.On(boards::kLogEngine)) return nullptr;
  auto observer = std::make_unique<EngineLog>(log, processor.cpu().target());
  processor.engine().AddObserver(observer.get());
  return observer;
}

}  // namespace emu::debug
