// What is learned is right, and the check that guards the table notices every kind of mistake in it.
#include "backends/x86_64/encoding/learn.h"

#include <functional>

#include "backends/x86_64/encoding/samples.h"
#include "gtest/gtest.h"

namespace emu::backends::x86_64 {
namespace {

class LearnTest : public testing::Test {
 protected:
  Form Learn(const std::string& name) {
    std::optional<Form> form = LearnForm(mc_, *mc_.Opcode(name), &why_);
    EXPECT_TRUE(form) << name << ": " << why_;
    return form.value_or(Form());
  }
  bool Check(const std::string& name, const Form& form) {
    return CheckForm(mc_, *mc_.Opcode(name), form, kAddressPairs, &why_);
  }
  // Whether a form spoiled by `spoil` is rejected, with bytes named.
  bool Rejects(const std::string& name, const std::function<void(Form*)>& spoil) {
    Form form = Learn(name);
    EXPECT_TRUE(Check(name, form)) << name;
    spoil(&form);
    return !Check(name, form) && why_.find("LLVM writes") != std::string::npos;
  }

  McEncoder mc_;
  std::string why_;
};

TEST_F(LearnTest, AddTakesDestinationInRm) {
  Form form = Learn("ADD64rr");
  EXPECT_EQ(form.tail, 0xc001u);  // 01 /r
  EXPECT_EQ(form.tail_bytes, 2);
  EXPECT_EQ(form.rex, 0x48);
  EXPECT_EQ(form.slot[0], kSlotRm);
  EXPECT_EQ(form.slot[1], kSlotReg);
  EXPECT_EQ(form.signature, Signature(Kind::kGpr64, Kind::kGpr64));
}

TEST_F(LearnTest, DigitStaysInTheModRm) { EXPECT_EQ(Learn("SUB32ri8").tail, 0xe883u); }  // 83 /5 ib

TEST_F(LearnTest, OpcodeHoldsRegister) {
  Form form = Learn("MOV64ri");
  EXPECT_EQ(form.tail, 0xb8u);
  EXPECT_EQ(form.imm_bytes, 8);
}

TEST_F(LearnTest, PrefixesAreApart) {
  Form form = Learn("POPCNT16rr");  // 66 F3 0F B8 /r
  EXPECT_EQ(form.prefix_bytes, 2);
  EXPECT_EQ(form.tail_bytes, 3);
}

TEST_F(LearnTest, VexOperands) {
  Form andn = Learn("ANDN64rr");
  EXPECT_EQ(andn.vex, kVex);
  EXPECT_EQ(andn.slot[1], kSlotVvvv);
  EXPECT_EQ(andn.slot[2], kSlotRm);
  Form shlx = Learn("SHLX64rr");
  EXPECT_EQ(shlx.slot[1], kSlotRm);
  EXPECT_EQ(shlx.slot[2], kSlotVvvv);
}

TEST_F(LearnTest, EvexOperands) {
  Form div = Learn("VDIVSDZrrb_Int");  // EVEX.LLIG.F2.0F.W1 5E /r
  EXPECT_EQ(div.vex, kEvex);
  EXPECT_EQ(div.tail, 0xc05e18u);
  EXPECT_EQ(div.cond_shift, 5);
  EXPECT_EQ(div.slot[1], kSlotVvvv);
  EXPECT_EQ(Learn("VCVTTSD2SI64Zrrb_Int").slot[1], kSlotRm);
}

TEST_F(LearnTest, BranchDistance) {
  Form form = Learn("JCC_4");
  EXPECT_EQ(form.imm_bytes, 4);
  EXPECT_EQ(form.cond_shift, 8);
}

TEST_F(LearnTest, CheckNoticesSpoiledForms) {
  EXPECT_TRUE(Rejects("ADD64rr", [](Form* f) { f->tail ^= 2; }));
  EXPECT_TRUE(Rejects("ADD64rr", [](Form* f) { f->rex = 0; }));
  EXPECT_TRUE(Rejects("ADD64rr", [](Form* f) { std::swap(f->slot[0], f->slot[1]); }));
  EXPECT_TRUE(Rejects("ADD16rm", [](Form* f) { f->prefix_bytes = 0; }));
  EXPECT_TRUE(Rejects("MOV8rr", [](Form* f) { f->byte_rex[1] = 0; }));
  EXPECT_TRUE(Rejects("MOV8mr", [](Form* f) { f->byte_rex[0] = 0; }));
  EXPECT_TRUE(Rejects("MOV64ri", [](Form* f) { f->imm_bytes = 4; }));
  EXPECT_TRUE(Rejects("SETCCr", [](Form* f) { f->cond_shift = 0; }));
  EXPECT_TRUE(Rejects("VADDSDrr", [](Form* f) { f->rex |= 0x80; }));
  EXPECT_TRUE(Rejects("VADDSDrr", [](Form* f) { f->prefix = 2; }));
  EXPECT_TRUE(Rejects("VDIVSDZrrb_Int", [](Form* f) { f->vex = kVex; }));
  EXPECT_TRUE(Rejects("VDIVSDZrrb_Int", [](Form* f) { f->cond_shift = 4; }));
}

TEST_F(LearnTest, SaysWhatItCannotLearn) {
  EXPECT_FALSE(LearnForm(mc_, *mc_.Opcode("MOV64rc"), &why_));  // a control register
  EXPECT_NE(why_.find("operand"), std::string::npos);
}

}  // namespace
}  // namespace emu::backends::x86_64
