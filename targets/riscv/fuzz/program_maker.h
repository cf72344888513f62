// Writes the code of one random program (program_image.h): setup, functions, statements.
#ifndef EMU_TARGETS_RISCV_FUZZ_PROGRAM_MAKER_H_
#define EMU_TARGETS_RISCV_FUZZ_PROGRAM_MAKER_H_

#include <cstdint>

#include "targets/riscv/fuzz/program_image.h"
#include "targets/riscv/fuzz/random_insn.h"

namespace emu::riscv {

class ProgramMaker {
 public:
  explicit ProgramMaker(uint64_t seed) : random_(seed) {}
  FuzzProgram Make();

 private:
  using Layout = ProgramLayout;
  // Registers with a use of their own; statements compute in the others (Any).
  enum : uint32_t {
    kRa = 1,
    kSp = 2,
    kData = 3,      // the middle of the first data page
    kTable = 4,     // ProgramLayout::kTables
    kAddress = 9,   // of an access
    kCounter = 18,  // of loops, by depth: three
    kAlias = 21,    // how far the second mapping of RAM is; 0 without one
    kAbsent = 22,   // where nothing is
    kDevice = 23,
  };
  static constexpr unsigned kFunctions = 6, kDepth = 3, kBytes = 0xd00;

  // program_image.cc
  void Tables();
  void PageTables();
  void Main();
  void Function(unsigned number);
  // program_handler.cc
  void Handler();
  // program_statements.cc
  void Body(unsigned count, unsigned depth);
  void Statement(unsigned depth);
  void Loop(unsigned depth);
  void If(unsigned depth);
  void Call();
  void Alu();
  void Compressed();
  void Csr();
  void Fault();
  uint32_t AluInsn();
  // program_memory.cc
  void Memory();
  void Halves();
  void Atomic();
  void Patch();
  void Remap();
  void Device();
  void Address(unsigned align);
  // program_float.cc
  void Float();
  void FloatMemory();
  void FloatControl();
  void QuietComparison();
  uint32_t FloatInsn();

  uint32_t Any();
  uint32_t Pick(uint32_t n) { return static_cast<uint32_t>(random_.Below(n)); }
  void Put64(uint64_t at, uint64_t value);
  void Emit(uint32_t insn);
  void Load(uint32_t rd, uint32_t base, uint32_t offset) { Emit(EncodeI(0x03, 3, rd, base, offset)); }
  void Store(uint32_t value, uint32_t base, uint32_t offset) { Emit(EncodeS(0x23, 3, base, value, offset)); }
  void AddImm(uint32_t rd, uint32_t rs1, uint64_t imm) { Emit(EncodeI(0x13, 0, rd, rs1, static_cast<uint32_t>(imm))); }
  void Csrrw(uint32_t rd, uint32_t csr, uint32_t rs1) { Emit(EncodeCsr(1, rd, rs1, csr)); }
  void ReadCsr(uint32_t rd, uint32_t csr) { Emit(EncodeCsr(2, rd, 0, csr)); }
  // rd = kFuzzRam + offset, wherever the code runs in the first mapping.
  void AddressOf(uint32_t rd, uint64_t offset);
  void Jump(uint32_t rd, uint64_t to);
  // A branch to be: Land makes it lead to where code is written now.
  uint64_t Hole();
  void Land(uint64_t hole, uint32_t f3, uint32_t rs1, uint32_t rs2);
  bool paged() const { return program_.privilege != kMachine; }

  FuzzRandom random_;
  FuzzProgram program_;
  uint64_t at_ = 0;     // offset in RAM where code is written
  uint64_t limit_ = 0;  // where the present function must end
  uint64_t starts_[kFunctions + 1] = {};
  unsigned function_ = 0;
};

}  // namespace emu::riscv

#endif  // EMU_TARGETS_RISCV_FUZZ_PROGRAM_MAKER_H_
