// Decoding against LLVM's disassembler, another reading of the same manual: for random words both must agree whether
// they are an instruction and on its name. EMU_DECODE_WORDS in the environment says how many words of each class.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "targets/riscv/isa/decode.h"

namespace emu::riscv {
namespace {

constexpr char kFeatures[] =
    "+m,+a,+f,+d,+c,+zicsr,+zifencei,+zicntr,+zba,+zbb,+zbs,+zicbom,+zicboz,+zicbop,+zihintpause,+svinval";

class LlvmDisassembler {
 public:
  explicit LlvmDisassembler(unsigned xlen) {
    LLVMInitializeRISCVTargetInfo();
    LLVMInitializeRISCVTargetMC();
    LLVMInitializeRISCVDisassembler();
    const std::string triple = xlen == 32 ? "riscv32" : "riscv64";
    std::string error;
    const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
    registers_.reset(target->createMCRegInfo(triple));
    asm_info_.reset(target->createMCAsmInfo(*registers_, triple, llvm::MCTargetOptions()));
    instructions_.reset(target->createMCInstrInfo());
    subtarget_.reset(target->createMCSubtargetInfo(triple, "", kFeatures));
    context_ =
        std::make_unique<llvm::MCContext>(llvm::Triple(triple), asm_info_.get(), registers_.get(), subtarget_.get());
    disassembler_.reset(target->createMCDisassembler(*subtarget_, *context_));
  }

  // LLVM's name of the instruction ("C_ADDI_HINT_IMM_ZERO"), empty if it is none.
  std::string Name(uint32_t word, unsigned length) const {
    const uint8_t bytes[4] = {static_cast<uint8_t>(word), static_cast<uint8_t>(word >> 8),
                              static_cast<uint8_t>(word >> 16), static_cast<uint8_t>(word >> 24)};
    llvm::MCInst inst;
    uint64_t size = 0;
    const auto status =
        disassembler_->getInstruction(inst, size, llvm::ArrayRef<uint8_t>(bytes, length), 0, llvm::nulls());
    if (status == llvm::MCDisassembler::Fail || size != length) return "";
    return instructions_->getName(inst.getOpcode()).str();
  }

 private:
  std::unique_ptr<llvm::MCRegisterInfo> registers_;
  std::unique_ptr<llvm::MCAsmInfo> asm_info_;
  std::unique_ptr<llvm::MCInstrInfo> instructions_;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget_;
  std::unique_ptr<llvm::MCContext> context_;
  std::unique_ptr<llvm::MCDisassembler> disassembler_;
};

// LLVM's name in the manual's spelling.
std::string Normalize(std::string name) {
  for (absl::string_view suffix : {"_HINT", "_AQ_RL", "_AQ", "_RL"}) {
    const size_t at = name.find(std::string(suffix));
    if (at != std::string::npos) name.resize(at);
  }
  static const auto* const kOther = new std::map<std::string, std::string>{
      {"C_SRLI64", "C_SRLI"}, {"C_SRAI64", "C_SRAI"},    {"C_SLLI64", "C_SLLI"},   {"REV8_RV64", "REV8"},
      {"REV8_RV32", "REV8"},  {"ZEXT_H_RV64", "ZEXT_H"}, {"ZEXT_H_RV32", "ZEXT_H"}};
  if (auto it = kOther->find(name); it != kOther->end()) name = it->second;
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"_", "."}}));
}

// Where both may differ: words of `mask` and `match` that are `ours` to us and `llvms` to LLVM ("": illegal, "*": any).
struct Difference {
  uint32_t mask, match;
  uint8_t xlen;  // 0: both
  const char* ours;
  const char* llvms;
  const char* reason;
};
constexpr Difference kDifferences[] = {
    {0x707f, 0x000f, 0, "fence", "", "reserved fm, rs1 and rd are ignored (\"Memory Ordering Instructions\")"},
    {0x707f, 0x100f, 0, "fence.i", "", "imm, rs1 and rd are ignored (\"Zifencei\")"},
    {0xffffffff, 0x0100000f, 0, "pause", "fence", "LLVM knows it as an alias of FENCE only"},
    {0xfe007fff, 0x26000073, 0, "", "hinval.vvma", "needs the hypervisor extension too, which LLVM does not ask for"},
    {0xfe007fff, 0x66000073, 0, "", "hinval.gvma", "as above"},
    {0xffff, 0x0000, 0, "", "c.unimp", "LLVM has a name for the illegal instruction of all zeros"},
    {0xf07f, 0x6001, 0, "", "c.lui", "an immediate of zero is reserved (\"Integer Constant-Generation Instructions\")"},
    {0x0200307f, 0x02001013, 32, "", "*", "shift amounts above 31 are reserved on RV32; LLVM takes them"},
    {0xf003, 0x1002, 32, "", "c.slli", "as above, for custom extensions"},
    {0xf803, 0x9001, 32, "", "*", "as above: c.srli and c.srai"},
};

bool Expected(uint32_t word, uint8_t xlen, const std::string& ours, const std::string& llvms) {
  return std::any_of(std::begin(kDifferences), std::end(kDifferences), [&](const Difference& d) {
    return (word & d.mask) == d.match && (d.xlen == 0 || d.xlen == xlen) && ours == d.ours &&
           (llvms == d.llvms || std::string("*") == d.llvms);
  });
}

class Comparison {
 public:
  explicit Comparison(uint8_t xlen) : isa_(IsaConfig::Full(xlen)), llvm_(xlen) {}

  void Compare(uint32_t word) {
    Decoded d;
    const bool valid = Decode(word, isa_, &d);
    const std::string ours = valid ? std::string(LineOf(d.id).mnemonic) : "";
    const std::string llvm = llvm_.Name(word, InsnLength(word));
    const std::string theirs = Normalize(llvm);
    valid_ += valid;
    if (ours == theirs || Expected(word, isa_.xlen, ours, theirs)) return;
    if (++differences_ <= 20) {
      ADD_FAILURE() << absl::StreamFormat("RV%d %08x: we say '%s', LLVM says '%s'", isa_.xlen, word, ours, llvm);
    }
  }
  uint64_t valid() const { return valid_; }
  uint64_t differences() const { return differences_; }
  const IsaConfig& isa() const { return isa_; }

 private:
  IsaConfig isa_;
  LlvmDisassembler llvm_;
  uint64_t valid_ = 0;
  uint64_t differences_ = 0;
};

uint64_t WordsPerClass() {
  const char* text = std::getenv("EMU_DECODE_WORDS");
  uint64_t words = 200000;
  if (text != nullptr && !absl::SimpleAtoi(text, &words)) ADD_FAILURE() << "EMU_DECODE_WORDS: " << text;
  return words;
}

// The major opcodes, bits 6:2, that make up a class.
struct Class {
  const char* name;
  std::vector<uint8_t> opcodes;
};
const Class kClasses[] = {
    {"load", {0x00}},
    {"load-fp", {0x01}},
    {"misc-mem", {0x03}},
    {"op-imm", {0x04}},
    {"auipc-lui", {0x05, 0x0d}},
    {"op-imm-32", {0x06}},
    {"store", {0x08}},
    {"store-fp", {0x09}},
    {"amo", {0x0b}},
    {"op", {0x0c}},
    {"op-32", {0x0e}},
    {"fma", {0x10, 0x11, 0x12, 0x13}},
    {"op-fp", {0x14}},
    {"branch", {0x18}},
    {"jump", {0x19, 0x1b}},
    {"system", {0x1c}},
    {"unused", {0x02, 0x07, 0x0a, 0x0f, 0x15, 0x16, 0x17, 0x1a, 0x1d, 0x1e, 0x1f}},
};

// Half of the words are entirely random. The others are a line's with up to two bits flipped, so that they lie near the
// border.
class Words {
 public:
  explicit Words(const Class& c) : class_(c) {
    for (const DecodeLine& line : DecodeLines()) {
      if (line.length == 4 && Has(line.match >> 2 & 31)) lines_.push_back(&line);
    }
  }
  uint32_t Next() {
    const auto random = static_cast<uint32_t>(rng_());
    uint32_t word = random;
    if (!lines_.empty() && rng_() % 2 == 0) {
      const DecodeLine& line = *lines_[rng_() % lines_.size()];
      word = line.match | (random & ~line.mask);
      for (uint64_t flips = rng_() % 3; flips > 0; --flips) word ^= 1u << rng_() % 32;
    }
    return Has(word >> 2 & 31) ? word | 3 : (word & ~0x7fu) | class_.opcodes[rng_() % class_.opcodes.size()] << 2 | 3;
  }

 private:
  bool Has(unsigned opcode) const {
    return std::find(class_.opcodes.begin(), class_.opcodes.end(), opcode) != class_.opcodes.end();
  }
  const Class& class_;
  std::vector<const DecodeLine*> lines_;
  std::mt19937_64 rng_{20240601};
};

TEST(DecodeLlvm, FullWords) {
  const uint64_t count = WordsPerClass();
  for (uint8_t xlen : {64, 32}) {
    Comparison comparison(xlen);
    for (const Class& c : kClasses) {
      const uint64_t before = comparison.valid();
      Words words(c);
      for (uint64_t i = 0; i < (xlen == 64 ? count : count / 4); ++i) comparison.Compare(words.Next());
      const bool some = comparison.valid() != before;
      EXPECT_EQ(some, std::string(c.name) != "unused" && (xlen == 64 || (c.opcodes[0] != 0x06 && c.opcodes[0] != 0x0e)))
          << c.name;
    }
    EXPECT_EQ(comparison.differences(), 0u);
  }
}

TEST(DecodeLlvm, AllCompressedWords) {
  for (uint8_t xlen : {64, 32}) {
    Comparison comparison(xlen);
    for (uint32_t word = 0; word < 0x10000; ++word) {
      if ((word & 3) != 3) comparison.Compare(word);
    }
    EXPECT_EQ(comparison.differences(), 0u);
    EXPECT_GT(comparison.valid(), 40000u);
  }
}

}  // namespace
}  // namespace emu::riscv
