// Every form, written by the Emitter with many operands, is what LLVM's disassembler reads back.
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "backends/x86_64/encoding/any_form.h"
#include "backends/x86_64/encoding/emitter.h"
#include "backends/x86_64/encoding/mc_encoder.h"
#include "backends/x86_64/encoding/samples.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::backends::x86_64 {
namespace {

std::vector<uint8_t> Emit(Op op, const Operands& operands) {
  uint8_t buffer[2 * kEncodeSlack];
  Emitter emitter(buffer, buffer + sizeof(buffer));
  EXPECT_TRUE(EmitAny(&emitter, op, operands)) << OpName(op);
  return std::vector<uint8_t>(buffer, emitter.rw());
}

// The disassembler spells out the sizes of string operations' implied addresses.
std::string WithoutSizes(std::string text) {
  for (absl::string_view size : {"byte ptr ", "qword ptr "}) {
    text = absl::StrReplaceAll(text, {{size, ""}});
  }
  return text;
}

// The texts that mean these operands: the disassembler gives 16- and 32-bit immediates unsigned, others signed.
std::vector<std::string> Texts(const McEncoder& mc, Op op, unsigned opcode, Operands operands) {
  std::vector<std::string> texts = {mc.Print(opcode, operands)};
  int bits = 8 * FormOf(op).imm_bytes;
  if (bits == 0 || bits == 64) return texts;
  operands.imm &= (int64_t{1} << bits) - 1;
  texts.push_back(mc.Print(opcode, operands));
  return texts;
}

class FormsTest : public testing::TestWithParam<int> {
 protected:
  static const McEncoder& Mc() {
    static const McEncoder* mc = new McEncoder();
    return *mc;
  }
};

TEST_P(FormsTest, DisassemblesToItself) {
  // A tenth of the forms per test.
  for (int i = GetParam(); i < kOpCount; i += 10) {
    Op op = static_cast<Op>(i);
    std::optional<unsigned> opcode = Mc().Opcode(OpName(op));
    ASSERT_TRUE(opcode);
    Samples samples(static_cast<uint64_t>(i) + 1000000);
    for (int n = 0; n < kAddressPairs; ++n) {
      Operands operands = samples.Next(n, FormOf(op).imm_bytes);
      std::string text = Mc().Disassemble(Emit(op, operands));
      if (text.rfind("rep ", 0) == 0) text = WithoutSizes(text);
      ASSERT_THAT(Texts(Mc(), op, *opcode, operands), testing::Contains(text)) << OpName(op);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tenths, FormsTest, testing::Range(0, 10));

}  // namespace
}  // namespace emu::backends::x86_64
