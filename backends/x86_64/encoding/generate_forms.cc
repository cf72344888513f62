// Build-time program: learns every form of forms.def from LLVM MC, checks each against MC on many operands, and prints
// form_table.h. Any disagreement fails the build.
#include <cstdio>

#include "backends/x86_64/encoding/learn.h"
#include "backends/x86_64/encoding/mc_encoder.h"
#include "backends/x86_64/encoding/op.h"
#include "backends/x86_64/encoding/samples.h"

namespace emu::backends::x86_64 {
namespace {

// Every pair of registers and every address shape several times over, for each form.
constexpr int kSamples = 4 * kAddressPairs;

constexpr char kTop[] =
    "// Written by generate_forms from what LLVM MC encodes.\n"
    "#ifndef EMU_BACKENDS_X86_64_ENCODING_FORM_TABLE_H_\n"
    "#define EMU_BACKENDS_X86_64_ENCODING_FORM_TABLE_H_\n\n"
    "#include \"backends/x86_64/encoding/form.h\"\n\n"
    "namespace emu::backends::x86_64 {\n\n"
    "// In the order of Op.\n"
    "inline constexpr Form kForms[] = {\n";

void PrintForm(const char* name, const Form& f) {
  std::printf("    {0x%08x, 0x%04x, 0x%04x, %d, 0x%02x, %d, %d, ", f.tail, f.prefix, f.signature, f.prefix_bytes, f.rex,
              f.tail_bytes, f.field_shift);
  std::printf("%d, %d, %d, {%d, %d, %d}, ", f.cond_shift, f.imm_bytes, f.vex, f.slot[0], f.slot[1], f.slot[2]);
  std::printf("{%d, %d, %d}},  // %s\n", f.byte_rex[0], f.byte_rex[1], f.byte_rex[2], name);
}

// Learns, checks and prints one form; false after saying what is wrong.
bool Generate(const McEncoder& mc, const char* name) {
  std::string why = "LLVM has no such opcode";
  std::optional<unsigned> opcode = mc.Opcode(name);
  std::optional<Form> form;
  if (opcode) form = LearnForm(mc, *opcode, &why);
  if (!form || !CheckForm(mc, *opcode, *form, kSamples, &why)) {
    std::fprintf(stderr, "forms.def: %s: %s\n", name, why.c_str());
    return false;
  }
  PrintForm(name, *form);
  return true;
}

void PrintNops(const McEncoder& mc) {
  std::printf("};\n\n// The instruction of n + 1 bytes that does nothing.\n");
  std::printf("inline constexpr unsigned char kNops[][16] = {\n");
  for (int n = 1; n < 16; ++n) {
    std::vector<uint8_t> bytes = mc.Nop(n);
    if (bytes.empty()) break;
    std::printf("    {");
    for (size_t i = 0; i < bytes.size(); ++i) std::printf("%s0x%02x", i == 0 ? "" : ", ", bytes[i]);
    std::printf("},\n");
  }
  std::printf("};\n\n");
}

int Run() {
  McEncoder mc;
  std::fputs(kTop, stdout);
  int wrong = 0;
  for (const char* name : kOpNames) wrong += Generate(mc, name) ? 0 : 1;
  PrintNops(mc);
  std::printf("}  // namespace emu::backends::x86_64\n\n#endif  // EMU_BACKENDS_X86_64_ENCODING_FORM_TABLE_H_\n");
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace emu::backends::x86_64

int main() { return emu::backends::x86_64::Run(); }
