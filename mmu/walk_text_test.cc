#include "mmu/walk_text.h"

#include <gtest/gtest.h>

namespace emu::mmu {
namespace {

WalkLog TwoSteps() {
  WalkLog log;
  log.Add({2, 1, memory::Gpa(0x80000008), 8, 0x20000801, "-------V", StepVerdict::kTable, "points to the next table"});
  log.Add({1, 1023, memory::Gpa(0x3'FFFF'FFFC), 4, 0xFFFF, "DAGUXWRV", StepVerdict::kFault, "misaligned superpage"});
  return log;
}

TEST(WalkText, OneLinePerStep) {
  EXPECT_EQ(WalkText(TwoSteps()),
            "level 2 [   1] 0000000080000008: 0000000020000801 -------V  table: points to the next table\n"
            "level 1 [1023] 00000003fffffffc: 0000ffff DAGUXWRV  fault: misaligned superpage\n");
}

TEST(WalkText, JsonHasTheSame) {
  EXPECT_EQ(WalkJson(TwoSteps()),
            R"([{"level":2,"index":1,"address":"0x80000008","value":"0x0000000020000801","flags":"-------V",)"
            R"("verdict":"table","reason":"points to the next table"},)"
            R"({"level":1,"index":1023,"address":"0x3fffffffc","value":"0x0000ffff","flags":"DAGUXWRV",)"
            R"("verdict":"fault","reason":"misaligned superpage"}])");
}

TEST(WalkText, AChecksStepHasNoEntry) {
  WalkLog log;
  EXPECT_EQ(WalkText(log), "");
  EXPECT_EQ(WalkJson(log), "[]");
  log.Add({-1, 0, {}, 0, 0, "", StepVerdict::kFault, "the address is not sign-extended"});
  EXPECT_EQ(WalkText(log), "fault: the address is not sign-extended\n");
  EXPECT_EQ(WalkJson(log), R"([{"verdict":"fault","reason":"the address is not sign-extended"}])");
}

TEST(WalkText, Names) {
  EXPECT_EQ(PermissionText({true, false, true}), "r-x");
  EXPECT_EQ(PermissionText(Permissions::All()), "rwx");
  EXPECT_EQ(AccessKindName(AccessKind::kExecute), "execute");
  EXPECT_EQ(VerdictName(StepVerdict::kUpdated), "updated");
}

}  // namespace
}  // namespace emu::mmu
