#include "backends/interpreter/program.h"

namespace emu::backends::interpreter {
namespace {

using ir::Instr;
using ir::Op;

// For each `insn`: how many instructions are paid for from there on.
std::vector<uint32_t> CountPaid(const ir::Block& block) {
  std::vector<uint32_t> paid(block.code.size());
  uint32_t count = 0;
  for (size_t i = block.code.size(); i-- > 0;) {
    if (block.code[i].op == Op::kInsn) paid[i] = ++count;
    if (block.code[i].op == Op::kCharge) count = 0;
  }
  return paid;
}

std::vector<uint32_t> FindLabels(const ir::Block& block) {
  std::vector<uint32_t> at(block.label_count);
  for (size_t i = 0; i < block.code.size(); ++i) {
    if (block.code[i].op == Op::kLabel) at[block.code[i].imm] = static_cast<uint32_t>(i);
  }
  return at;
}

// Numbers of sites: one for each guest instruction that needs it.
class Sites {
 public:
  explicit Sites(translate::CompileSink& sink) : sink_(sink) {}
  void Begin(uint64_t pc, uint32_t unexecuted) {
    pc_ = pc;
    unexecuted_ = unexecuted;
    known_ = false;
  }
  uint32_t Get() {
    if (!known_) id_ = sink_.AddSite(pc_, unexecuted_);
    known_ = true;
    return id_;
  }

 private:
  translate::CompileSink& sink_;
  uint64_t pc_ = 0;
  uint32_t unexecuted_ = 0;
  uint32_t id_ = 0;
  bool known_ = false;
};

Step MakeStep(const ir::Block& block, const Instr& i) {
  Step s{.op = i.op,
         .type = i.type,
         .arg_type = ir::Type::kVoid,
         .aux = i.aux,
         .args = {},
         .extra = i.extra,
         .imm = i.imm};
  for (unsigned n = 0; n < 3; ++n) s.args[n] = i.args[n] == ir::kNoValue ? ir::Value{0} : i.args[n];
  if (i.args[0] != ir::kNoValue) s.arg_type = block.code[i.args[0]].type;
  return s;
}

}  // namespace

Program MakeProgram(const ir::Block& block, const Tables& tables, translate::CompileSink& sink) {
  Program program{.pc = block.pc, .steps = {}};
  const std::vector<uint32_t> paid = CountPaid(block), labels = FindLabels(block);
  Sites sites(sink);
  program.steps.reserve(block.code.size());
  for (size_t n = 0; n < block.code.size(); ++n) {
    const Instr& i = block.code[n];
    Step s = MakeStep(block, i);
    if (i.op == Op::kInsn) sites.Begin(i.imm, paid[n]);
    if (i.op == Op::kGet || i.op == Op::kSet) s.offset = tables.registers[i.imm].offset;
    if (i.op == Op::kExitIf || i.op == Op::kGoto) s.id = sink.AddExit(i.imm);
    if (i.op == Op::kLeaveIf) s.id = sink.AddWayOut(i.imm, static_cast<ir::WayOut>(i.extra));
    if (i.op == Op::kBr || i.op == Op::kBrIf) s.id = labels[i.imm];
    if (i.op == Op::kCall || i.op == Op::kRaise) s.helper = tables.helpers[i.imm].fn;
    if (ir::HasEffect(i.op, 'm') || i.op == Op::kRaise) s.id = sites.Get();
    program.steps.push_back(s);
  }
  return program;
}

}  // namespace emu::backends::interpreter
