#include "backends/x86_64/encoding/mc_encoder.h"

#include <map>
#include <sstream>

#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCFixup.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

namespace emu::backends::x86_64 {
namespace {

constexpr char kTriple[] = "x86_64-unknown-linux-gnu";
// Extensions that the disassembler must know; the encoder writes anything.
constexpr char kFeatures[] =
    "+sse4.2,+avx2,+fma,+bmi,+bmi2,+lzcnt,+popcnt,+movbe,+adx,+aes,+pclmul,+cx16,+prfchw,+crc32,+sahf,+avx512f";

// MCInstrDesc operand types of X86 (llvm/lib/Target/X86/MCTargetDesc/X86BaseInfo.h, not installed): after the common
// ones come rounding control and condition code.
constexpr unsigned kTypeRounding = llvm::MCOI::OPERAND_FIRST_TARGET;
constexpr unsigned kTypeCond = kTypeRounding + 1;

constexpr const char* kNames64[] = {"RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
                                    "R8",  "R9",  "R10", "R11", "R12", "R13", "R14", "R15"};
constexpr const char* kNames32[] = {"EAX", "ECX", "EDX",  "EBX",  "ESP",  "EBP",  "ESI",  "EDI",
                                    "R8D", "R9D", "R10D", "R11D", "R12D", "R13D", "R14D", "R15D"};
constexpr const char* kNames16[] = {"AX",  "CX",  "DX",   "BX",   "SP",   "BP",   "SI",   "DI",
                                    "R8W", "R9W", "R10W", "R11W", "R12W", "R13W", "R14W", "R15W"};
constexpr const char* kNames8[] = {"AL",  "CL",  "DL",   "BL",   "SPL",  "BPL",  "SIL",  "DIL",
                                   "R8B", "R9B", "R10B", "R11B", "R12B", "R13B", "R14B", "R15B"};

std::string RegName(Kind kind, uint8_t number) {
  switch (kind) {
    case Kind::kGpr8:
      return kNames8[number];
    case Kind::kGpr16:
      return kNames16[number];
    case Kind::kGpr32:
      return kNames32[number];
    case Kind::kGpr64:
      return kNames64[number];
    case Kind::kYmm:
      return "YMM" + std::to_string(number);
    default:
      return "XMM" + std::to_string(number);
  }
}

Kind KindOfClass(llvm::StringRef name) {
  if (name == "GR8") return Kind::kGpr8;
  if (name == "GR16") return Kind::kGpr16;
  if (name == "GR32" || name == "GR32orGR64") return Kind::kGpr32;
  if (name == "GR64") return Kind::kGpr64;
  if (name == "VR128" || name == "VR128X" || name == "FR32" || name == "FR64") return Kind::kXmm;
  if (name == "VR256") return Kind::kYmm;
  return Kind::kNone;
}

bool Tied(const llvm::MCInstrDesc& desc, unsigned operand) {
  return desc.getOperandConstraint(operand, llvm::MCOI::TIED_TO) >= 0;
}

}  // namespace

struct McEncoder::Parts {
  llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> asm_info;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCCodeEmitter> emitter;
  std::unique_ptr<llvm::MCAsmBackend> backend;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
  std::map<std::string, unsigned> opcodes;
  std::map<std::string, unsigned> register_numbers;

  explicit Parts(const llvm::Target& target);

  unsigned Register(Kind kind, uint8_t number) const { return register_numbers.at(RegName(kind, number)); }
  bool StartsMem(const llvm::MCInstrDesc& desc, unsigned operand) const;
  Kind OperandKind(const llvm::MCInstrDesc& desc, unsigned operand) const;
  void AddMem(const Mem& mem, llvm::MCInst* inst) const;
};

McEncoder::Parts::Parts(const llvm::Target& target)
    : registers(target.createMCRegInfo(kTriple)),
      asm_info(target.createMCAsmInfo(*registers, kTriple, options)),
      instructions(target.createMCInstrInfo()),
      subtarget(target.createMCSubtargetInfo(kTriple, "", kFeatures)),
      context(
          std::make_unique<llvm::MCContext>(llvm::Triple(kTriple), asm_info.get(), registers.get(), subtarget.get())),
      emitter(target.createMCCodeEmitter(*instructions, *context)),
      backend(target.createMCAsmBackend(*subtarget, *registers, options)),
      disassembler(target.createMCDisassembler(*subtarget, *context)),
      printer(target.createMCInstPrinter(llvm::Triple(kTriple), 1, *asm_info, *instructions, *registers)) {
  for (unsigned i = 0; i < instructions->getNumOpcodes(); ++i) opcodes[instructions->getName(i).str()] = i;
  for (unsigned i = 1; i < registers->getNumRegs(); ++i) register_numbers[registers->getName(i)] = i;
}

// An address is five operands of which the last is a segment (LEA's are not marked as memory).
bool McEncoder::Parts::StartsMem(const llvm::MCInstrDesc& desc, unsigned operand) const {
  if (operand + 4 >= desc.getNumOperands()) return false;
  const llvm::MCOperandInfo& last = desc.operands()[operand + 4];
  return last.RegClass >= 0 && !last.isLookupPtrRegClass() &&
         llvm::StringRef(registers->getRegClassName(&registers->getRegClass(last.RegClass))) == "SEGMENT_REG";
}

Kind McEncoder::Parts::OperandKind(const llvm::MCInstrDesc& desc, unsigned operand) const {
  if (StartsMem(desc, operand)) return Kind::kMem;
  const llvm::MCOperandInfo& info = desc.operands()[operand];
  switch (info.OperandType) {
    case llvm::MCOI::OPERAND_IMMEDIATE:
      return Kind::kImm;
    case llvm::MCOI::OPERAND_PCREL:
      return Kind::kRel;
    case llvm::MCOI::OPERAND_REGISTER:
      return KindOfClass(registers->getRegClassName(&registers->getRegClass(info.RegClass)));
    default:
      if (info.OperandType == kTypeRounding) return Kind::kRounding;
      return info.OperandType == kTypeCond ? Kind::kCond : Kind::kNone;
  }
}

// LLVM's five operands of an address: base, scale, index, displacement, segment.
void McEncoder::Parts::AddMem(const Mem& mem, llvm::MCInst* inst) const {
  unsigned base = mem.base == Mem::kRip      ? register_numbers.at("RIP")
                  : mem.base == Mem::kNoBase ? 0
                                             : Register(Kind::kGpr64, static_cast<uint8_t>(mem.base));
  inst->addOperand(llvm::MCOperand::createReg(base));
  inst->addOperand(llvm::MCOperand::createImm(mem.scale));
  unsigned index = mem.index < 0 ? 0 : Register(Kind::kGpr64, static_cast<uint8_t>(mem.index));
  inst->addOperand(llvm::MCOperand::createReg(index));
  inst->addOperand(llvm::MCOperand::createImm(mem.disp));
  inst->addOperand(llvm::MCOperand::createReg(0));
}

McEncoder::McEncoder() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86Disassembler();
  std::string error;
  parts_ = std::make_unique<Parts>(*llvm::TargetRegistry::lookupTarget(kTriple, error));
}

McEncoder::~McEncoder() = default;

std::optional<unsigned> McEncoder::Opcode(const std::string& name) const {
  auto found = parts_->opcodes.find(name);
  if (found == parts_->opcodes.end()) return std::nullopt;
  return found->second;
}

std::optional<std::vector<Kind>> McEncoder::Kinds(unsigned opcode, std::string* why) const {
  const llvm::MCInstrDesc& desc = parts_->instructions->get(opcode);
  std::vector<Kind> kinds;
  for (unsigned i = 0; i < desc.getNumOperands(); ++i) {
    if (Tied(desc, i)) continue;
    Kind kind = parts_->OperandKind(desc, i);
    if (kind == Kind::kNone) {
      *why = "operand " + std::to_string(i) + " is of a kind that the emitter does not know";
      return std::nullopt;
    }
    kinds.push_back(kind);
    if (kind == Kind::kMem) i += 4;
  }
  return kinds;
}

llvm::MCInst McEncoder::Build(unsigned opcode, const Operands& operands) const {
  const llvm::MCInstrDesc& desc = parts_->instructions->get(opcode);
  llvm::MCInst inst;
  inst.setOpcode(opcode);
  int ordinal = 0;
  for (unsigned i = 0; i < desc.getNumOperands(); ++i) {
    if (Tied(desc, i)) {
      inst.addOperand(inst.getOperand(desc.getOperandConstraint(i, llvm::MCOI::TIED_TO)));
      continue;
    }
    Kind kind = parts_->OperandKind(desc, i);
    if (kind == Kind::kMem) {
      parts_->AddMem(operands.mem, &inst);
      i += 4;
    } else if (kind == Kind::kImm || kind == Kind::kRel) {
      inst.addOperand(llvm::MCOperand::createImm(operands.imm));
    } else if (kind == Kind::kCond) {
      inst.addOperand(llvm::MCOperand::createImm(operands.cond));
    } else if (kind == Kind::kRounding) {
      inst.addOperand(llvm::MCOperand::createImm(operands.rounding));
    } else {
      inst.addOperand(llvm::MCOperand::createReg(parts_->Register(kind, operands.regs[ordinal++])));
    }
  }
  return inst;
}

McEncoder::Bytes McEncoder::Encode(unsigned opcode, const Operands& operands) const {
  llvm::SmallVector<char, 32> out;
  llvm::SmallVector<llvm::MCFixup, 2> fixups;
  parts_->emitter->encodeInstruction(Build(opcode, operands), out, fixups, *parts_->subtarget);
  Bytes result;
  result.bytes.assign(out.begin(), out.end());
  if (!fixups.empty()) result.rel_bytes = static_cast<int>(out.size() - fixups[0].getOffset());
  return result;
}

std::vector<uint8_t> McEncoder::Nop(int count) const {
  if (count > static_cast<int>(parts_->backend->getMaximumNopSize(*parts_->subtarget))) return {};
  std::string text;
  llvm::raw_string_ostream stream(text);
  parts_->backend->writeNopData(stream, count, parts_->subtarget.get());
  stream.flush();
  return std::vector<uint8_t>(text.begin(), text.end());
}

// With single spaces between words.
std::string McEncoder::Text(const llvm::MCInst& inst) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  parts_->printer->printInst(&inst, 0, "", *parts_->subtarget, stream);
  stream.flush();
  std::istringstream words(text);
  std::string result;
  for (std::string word; words >> word;) result += (result.empty() ? "" : " ") + word;
  return result;
}

std::string McEncoder::Print(unsigned opcode, const Operands& operands) const { return Text(Build(opcode, operands)); }

std::string McEncoder::Disassemble(const std::vector<uint8_t>& bytes) const {
  llvm::ArrayRef<uint8_t> rest = bytes;
  llvm::MCInst inst;
  uint64_t size = 0;
  auto next = [&] {
    auto status = parts_->disassembler->getInstruction(inst, size, rest, 0, llvm::nulls());
    return status == llvm::MCDisassembler::Success ? Text(inst) : "";
  };
  std::string text = next();
  // LLVM takes a lock in front for an instruction of its own.
  if (text == "lock" && size < rest.size()) {
    rest = rest.drop_front(size);
    text += " " + next();
  }
  return size == rest.size() ? text : "";
}

}  // namespace emu::backends::x86_64
