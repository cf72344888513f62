#include "backends/testing/random_test_lib.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "translate/ir/builder.h"
#include "translate/ir/printer.h"
#include "translate/ir/random_program.h"

namespace emu::backends::testing {
namespace {

std::string Describe(const Start& start) {
  std::string out = absl::StrCat("rm=", ir::RoundingName(start.rounding));
  for (unsigned n = 0; n < kRegPc; ++n) {
    absl::StrAppend(&out, " ", Registers()[n].name, "=0x", absl::Hex(start.registers[n]));
  }
  return out;
}

class Crowd {
 public:
  explicit Crowd(uint64_t seed) : random_(seed), builder_(&block_) {}

  ir::Block Make() {
    block_.pc = pc_;
    builder_.Charge(block_.pc);
    for (unsigned n = 0; n < 8; ++n) Read();
    pointer_ = builder_.Const64(kMemoryBase + 512 + random_.Below(kMemorySize - 1024));
    builder_.Set(kPointer, pointer_);
    if (random_.OneIn(2)) pointer_ = builder_.Get(Type::kI64, kPointer);
    const unsigned insns = 2 + random_.Below(12);
    for (unsigned n = 0; n < insns; ++n) {
      Insn();
      for (unsigned steps = 1 + random_.Below(10); steps != 0; --steps) Step();
    }
    for (unsigned n = 0; n < 12; ++n) Write();
    builder_.Goto(random_.OneIn(2) ? pc_ : block_.pc);
    builder_.Finish();
    return std::move(block_);
  }

 private:
  using Type = ir::Type;
  using Value = ir::Value;
  using Op = ir::Op;

  void Insn() {
    builder_.Insn(pc_);
    pc_ += 4;
  }
  Value Add(Value v) {
    values_[static_cast<unsigned>(builder_.TypeOf(v))].push_back(v);
    return v;
  }
  Value Any(Type t) {
    std::vector<Value>& pool = values_[static_cast<unsigned>(t)];
    if (pool.empty()) return Add(builder_.Const(t, random_.Below(3) == 0 ? 0 : random_.Next() & 0x7fffffff));
    return pool[random_.Below(static_cast<unsigned>(pool.size()))];
  }
  // Few different ones, so that many values share a register.
  unsigned Register() { return random_.OneIn(2) ? random_.Below(4) : random_.Below(kRegPc); }
  void Read() {
    const unsigned reg = Register();
    Add(builder_.Get(GeneralRegisters()[reg], reg));
  }
  void Write() {
    const unsigned reg = Register();
    builder_.Set(reg, Any(GeneralRegisters()[reg]));
  }
  // A result that goes to a guest register at once.
  void Compute() {
    const unsigned reg = random_.Below(10);
    builder_.Set(reg, Add(Plain(Type::kI64)));
  }
  Value Plain(Type t) {
    static constexpr Op kOps[] = {Op::kAdd, Op::kSub, Op::kMul,    Op::kDivS, Op::kRemU, Op::kMulHighSU,
                                  Op::kAnd, Op::kXor, Op::kAndNot, Op::kShl,  Op::kSar,  Op::kRotR};
    const Value a = Any(t), b = Any(t), c = Any(t);
    switch (random_.Below(8)) {
      case 0:
        return builder_.Select(a, b, c);
      case 1:
        return builder_.SetCc(t, static_cast<ir::Cond>(random_.Below(ir::kCondCount)), a, b);
      case 2:
        return builder_.Unary(random_.OneIn(2) ? Op::kClz : Op::kPopCount, a);
      case 3:
        return builder_.FCmp(t, static_cast<ir::FpCond>(random_.Below(ir::kFpCondCount)), Any(Type::kF64),
                             Any(Type::kF64));
      default:
        return builder_.Binary(kOps[random_.Below(std::size(kOps))], a, b);
    }
  }
  void Float() {
    static constexpr Op kOps[] = {Op::kFAdd, Op::kFMul, Op::kFDiv};
    const Type t = random_.OneIn(2) ? Type::kF32 : Type::kF64;
    const Value a = Any(t), b = Any(t), c = Any(t);
    switch (random_.Below(6)) {
      case 0:
        Add(builder_.Binary(random_.OneIn(2) ? Op::kFMin : Op::kFMax, a, b));
        break;
      case 1:
        Add(builder_.Fp(Op::kFMulAdd, {}, {a, b, c}));
        break;
      case 2:
        Add(builder_.Select(Any(Type::kI32), a, b));
        break;
      case 3:
        Add(builder_.FpConvert(Op::kFToI, Type::kI64, {}, a));
        break;
      case 4:
        Add(builder_.FpConvert(Op::kIToF, t, {}, Any(Type::kI64)));
        break;
      default:
        Add(builder_.Fp(kOps[random_.Below(std::size(kOps))], {}, {a, b}));
        break;
    }
  }
  // Floating-point results that go to a guest register at once, singles in a box; also from the sources they replace.
  void ComputeFloat() {
    static constexpr Op kOps[] = {Op::kFAdd, Op::kFSub, Op::kFMul, Op::kFDiv};
    const unsigned reg = kFirstF + random_.Below(8);
    const Value source = Add(builder_.Get(Type::kF64, kFirstF + random_.Below(8)));
    const bool single = random_.OneIn(2);
    const Value a = single ? Add(builder_.Convert(Op::kFUnbox, Type::kF32, source)) : source;
    const Value b = Any(builder_.TypeOf(a)), c = Any(builder_.TypeOf(a));
    Value v;
    switch (random_.Below(8)) {
      case 0:
        v = builder_.Fp(Op::kFMulAdd, {}, {a, b, c});
        break;
      case 1:
        v = builder_.Fp(Op::kFMulAdd, {}, {b, a, b});
        break;
      case 2:
        v = builder_.Binary(random_.OneIn(2) ? Op::kFMin : Op::kFCopySign, b, a);
        break;
      case 3:
        v = builder_.Unary(random_.OneIn(2) ? Op::kFNeg : Op::kFAbs, a);
        break;
      case 4:
        v = builder_.Select(Any(Type::kI64), b, a);
        break;
      case 5:
        v = builder_.FpConvert(Op::kFCvt, single ? Type::kF64 : Type::kF32, {}, a);
        break;
      default:
        v = builder_.Fp(kOps[random_.Below(std::size(kOps))], {}, {b, a});
        break;
    }
    Add(v);
    builder_.Set(reg, builder_.TypeOf(v) == Type::kF32 ? Add(builder_.Convert(Op::kFBox, Type::kF64, v)) : v);
  }
  // Nothing comes before it in its instruction, which can so be begun anew.
  void Memory() {
    Insn();
    const bool by_pointer = !random_.OneIn(3);
    const Value at =
        by_pointer ? random_.OneIn(3) ? InTable() : pointer_
                   : Add(builder_.Const64(kMemoryBase + random_.Below(kMemorySize + (random_.OneIn(4) ? 64 : 0))));
    const int displacement = by_pointer ? static_cast<int>(random_.Below(300)) - 100 : 0;
    const Type t = random_.OneIn(3) ? Type::kF64 : random_.OneIn(3) ? Type::kF32 : Type::kI64;
    const ir::MemOp m{.log2_size = static_cast<uint8_t>(t == Type::kF32 ? 2 : 3), .big_endian = random_.OneIn(4)};
    if (random_.OneIn(2)) return builder_.Store(m, at, Any(t), displacement);
    const Value v = Add(builder_.Load(t, m, at, displacement));
    if (t == Type::kI64 && random_.OneIn(2)) builder_.Set(random_.Below(10), v);
    if (t == Type::kF32 && random_.OneIn(2)) builder_.Set(kFirstF, Add(builder_.Convert(Op::kFBox, Type::kF64, v)));
    if (t == Type::kF64 && random_.OneIn(2)) builder_.Set(kFirstF + random_.Below(8), v);
  }
  // Anywhere in a table that begins where the pointer is.
  Value InTable() {
    static constexpr uint64_t kMasks[] = {7, 63, 255};
    const Value index = builder_.Binary(Op::kAnd, Any(Type::kI64), builder_.Const64(kMasks[random_.Below(3)]));
    const Value offset = builder_.Binary(Op::kShl, index, builder_.Const64(random_.Below(4)));
    return builder_.Binary(Op::kAdd, random_.OneIn(2) ? index : offset, pointer_);
  }
  // A sum of products of what was stored shortly before: numbers of all kinds, also infinity times zero.
  void Products() {
    const Type t = random_.OneIn(3) ? Type::kF32 : Type::kF64;
    const ir::MemOp m{.log2_size = static_cast<uint8_t>(t == Type::kF32 ? 2 : 3)};
    for (int n = 0; n < 8; ++n) {
      Insn();
      builder_.Store(m, pointer_, Special(t), n * 8);
    }
    Value sum = Special(t);
    for (unsigned rounds = 2 + random_.Below(6); rounds != 0; --rounds) {
      Value factors[2];
      for (Value& v : factors) Insn(), v = builder_.Load(t, m, pointer_, static_cast<int>(random_.Below(8)) * 8);
      const ir::Rounding rounding = random_.OneIn(10) ? ir::Rounding::kTowardZero : ir::Rounding::kDynamic;
      const ir::FpAux aux{rounding, false, random_.OneIn(4), random_.OneIn(4)};
      sum = builder_.Fp(Op::kFMulAdd, aux, {factors[0], factors[1], sum});
      if (t == Type::kF64 && random_.OneIn(2)) builder_.Set(kFirstF + random_.Below(8), sum);
      if (random_.OneIn(12)) Add(factors[0]);
      if (random_.OneIn(12)) Add(sum);
    }
    Add(sum);
  }
  Value Special(Type t) {
    const uint64_t bits = ir::RandomFloat(t, random_.Next());
    return random_.OneIn(3) ? Any(t) : builder_.Const(t, random_.OneIn(3) ? 0 : bits);
  }
  // The pointer's register goes on; accesses still go by what it was, or by what it is.
  void Advance() {
    const Value step = builder_.Const64(static_cast<uint64_t>(random_.Below(64)) - 32);
    const Value next = Add(builder_.Binary(Op::kAdd, pointer_, step));
    builder_.Set(kPointer, next);
    if (random_.OneIn(3)) pointer_ = random_.OneIn(2) ? next : Add(builder_.Get(Type::kI64, kPointer));
  }
  void Convert() {
    switch (random_.Below(4)) {
      case 0:
        Add(builder_.Convert(Op::kTrunc, Type::kI32, Any(Type::kI64)));
        break;
      case 1:
        Add(builder_.Convert(Op::kSExt, Type::kI64, Any(Type::kI32)));
        break;
      case 2:
        Add(builder_.Convert(Op::kBitCast, Type::kF64, Any(Type::kI64)));
        break;
      default:
        Add(builder_.Convert(Op::kBitCast, Type::kI64, Any(Type::kF64)));
        break;
    }
  }
  void Step() {
    switch (random_.Below(17)) {
      case 16:
        return random_.OneIn(4) ? Products() : Memory();
      case 13:
        return Advance();
      case 14:
      case 15:
        return Memory();
      case 10:
      case 11:
      case 12:
        return ComputeFloat();
      case 0:
      case 1:
        return Read();
      case 2:
        return Write();
      case 3:
      case 4:
        return Compute();
      case 5:
        Add(Plain(random_.OneIn(2) ? Type::kI32 : Type::kI64));
        return;
      case 6:
        return Float();
      case 7:
        return Convert();
      case 8:
        return Memory();
      default:
        if (random_.OneIn(3)) Add(builder_.Call(Type::kI64, kMix, {Any(Type::kI64), Any(Type::kI64), Any(Type::kI64)}));
    }
  }

  ir::Random random_;
  static constexpr unsigned kPointer = 8;
  uint64_t pc_ = 0x1000;
  Value pointer_ = ir::kNoValue;
  ir::Block block_;
  ir::Builder builder_;
  std::vector<Value> values_[5];
};

// What the block, which has no branches within, does up to its instruction number `insns`, at `pc`.
ir::Block Beginning(const ir::Block& block, uint64_t insns, uint64_t pc) {
  ir::Block part = block;
  const auto is_the_one = [&](const ir::Instr& i) { return i.op == ir::Op::kInsn && insns-- == 0; };
  const auto end = std::find_if(part.code.begin(), part.code.end(), is_the_one);
  if (end == part.code.end() || end->imm != pc) return {};
  part.code.erase(end, part.code.end());
  part.code.push_back({.op = ir::Op::kGoto, .imm = pc});
  return part;
}

// What is expected of a run that ended as `actual`: where that left for another block, the state in between.
Outcome Expected(Machine& reference, const ir::Block& block, const Start& start, const Outcome& actual) {
  if (actual.exit != "left") return reference.Run(block, start);
  const ir::Block part = Beginning(block, static_cast<uint64_t>(start.budget - actual.budget), actual.pc);
  if (part.code.empty()) return {.exit = "an instruction of the block", .registers = {}, .memory = {}};
  Outcome expected = reference.Run(part, start);
  if (expected.exit == "jump") expected.exit = "left";
  expected.budget = actual.budget;
  return expected;
}

}  // namespace

ir::Block CrowdedBlock(uint64_t seed) { return Crowd(seed).Make(); }

ir::Block RandomBlock(uint64_t seed) {
  static constexpr unsigned kCallable[] = {kMix, kTrap};
  ir::RandomOptions options{.registers = GeneralRegisters(), .helpers = kCallable};
  options.memory_base = kMemoryBase;
  options.memory_size = kMemorySize;
  options.floating_point = seed % 4 != 0;
  options.insns = 4 + seed % 24;
  return ir::RandomProgram(seed, options);
}

std::string CompareRuns(Machine& reference, const ir::Block& reference_block, Machine& actual, const ir::Block& block,
                        uint64_t seed) {
  const Start start = RandomStart(seed ^ 0x5eed);
  const Outcome outcome = actual.Run(block, start);
  const std::string differences = Differences(Expected(reference, reference_block, start, outcome), outcome);
  if (differences.empty()) return "";
  return absl::StrCat("seed ", seed, "\n", Print(reference_block, RegisterNames()), "ran as\n",
                      Print(block, RegisterNames()), "from ", Describe(start), "\n", differences);
}

}  // namespace emu::backends::testing
