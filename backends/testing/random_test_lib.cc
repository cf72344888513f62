#include "backends/testing/random_test_lib.h"

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
    block_.pc = 0x1000;
    builder_.Charge(block_.pc);
    for (unsigned n = 0; n < 8; ++n) Read();
    const unsigned insns = 2 + random_.Below(12);
    for (unsigned n = 0; n < insns; ++n) {
      builder_.Insn(block_.pc + 4 * n);
      for (unsigned steps = 1 + random_.Below(10); steps != 0; --steps) Step();
    }
    for (unsigned n = 0; n < 12; ++n) Write();
    builder_.Goto(block_.pc + 4 * insns);
    builder_.Finish();
    return std::move(block_);
  }

 private:
  using Type = ir::Type;
  using Value = ir::Value;
  using Op = ir::Op;

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
  void Memory() {
    const Value at = Add(builder_.Const64(kMemoryBase + random_.Below(kMemorySize + (random_.OneIn(4) ? 64 : 0))));
    const Type t = random_.OneIn(3) ? Type::kF64 : random_.OneIn(3) ? Type::kF32 : Type::kI64;
    const ir::MemOp m{.log2_size = static_cast<uint8_t>(t == Type::kF32 ? 2 : 3), .big_endian = random_.OneIn(4)};
    if (random_.OneIn(2)) return builder_.Store(m, at, Any(t));
    const Value v = Add(builder_.Load(t, m, at));
    if (t == Type::kI64 && random_.OneIn(2)) builder_.Set(random_.Below(10), v);
    if (t == Type::kF32 && random_.OneIn(2)) builder_.Set(kFirstF, Add(builder_.Convert(Op::kFBox, Type::kF64, v)));
    if (t == Type::kF64 && random_.OneIn(2)) builder_.Set(kFirstF + random_.Below(8), v);
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
    switch (random_.Below(13)) {
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
  ir::Block block_;
  ir::Builder builder_;
  std::vector<Value> values_[5];
};

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
  const std::string differences = Differences(reference.Run(reference_block, start), actual.Run(block, start));
  if (differences.empty()) return "";
  return absl::StrCat("seed ", seed, "\n", Print(reference_block, RegisterNames()), "ran as\n",
                      Print(block, RegisterNames()), "from ", Describe(start), "\n", differences);
}

}  // namespace emu::backends::testing
