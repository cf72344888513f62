// Blocks that are joined, retired and forgotten, and room that ends.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "backends/x86_64/backend.h"
#include "translate/ir/parser.h"

namespace emu::backends::x86_64 {
namespace {

using translate::CodeEntry;
using translate::Exit;

class Sink : public translate::CompileSink {
 public:
  uint32_t AddExit(uint64_t pc) override {
    exits.push_back(pc);
    return static_cast<uint32_t>(exits.size() - 1);
  }
  uint32_t AddSite(uint64_t, uint32_t) override { return ++sites; }
  std::vector<uint64_t> exits;
  uint32_t sites = 0;
};

struct State {
  translate::CpuState base;
  uint64_t r = 0;
};
constexpr translate::RegisterInfo kRegisters[] = {{"r", offsetof(State, r), ir::Type::kI64, 0}};

class LinksTest : public ::testing::Test {
 protected:
  LinksTest() {
    state_.base.budget = 1000;
    state_.base.mapping_ids = mapping_ids_.data();
    state_.base.jump_cache = jump_cache_.lines();
    backend_->Attach(state_.base);
  }
  static std::unique_ptr<translate::Backend> Make() {
    Options options;
    options.code_bytes = 16 << 10;
    return *MakeBackend(kRegisters, {}, options);
  }
  absl::StatusOr<CodeEntry> TryCompile(const std::string& text) {
    const absl::StatusOr<ir::Block> block = ir::Parse(text);
    EXPECT_TRUE(block.ok()) << block.status();
    return backend_->Compile(*block, sink_);
  }
  // A block at `pc` that adds one to the register and ends as `end` says.
  static std::string Counter(const std::string& pc, const std::string& end) {
    return "block " + pc + "\ncharge " + pc + "\ninsn " + pc +
           "\n%a = get.i64 r0\n%one = const.i64 1\n%b = add.i64 %a, %one\nset r0, %b\n" + end;
  }
  CodeEntry Compile(const std::string& pc, const std::string& end) { return *TryCompile(Counter(pc, end)); }
  Exit Run(CodeEntry entry) { return backend_->Run(state_.base, entry); }

  std::unique_ptr<translate::Backend> backend_ = Make();
  std::vector<uint32_t> mapping_ids_ = std::vector<uint32_t>(translate::kMappingEntries);
  translate::JumpCache jump_cache_;
  State state_;
  Sink sink_;
};

TEST_F(LinksTest, UnjoinedExitsComeBackWithTheirNumber) {
  const Exit exit = Run(Compile("0x1000", "goto 0x2000"));
  EXPECT_EQ(exit.kind, Exit::Kind::kJump);
  EXPECT_EQ(exit.id, 0u);
  EXPECT_EQ(state_.r, 1u);
}

TEST_F(LinksTest, JoinedBlocksRunUntilTheBudgetEnds) {
  const CodeEntry a = Compile("0x1000", "goto 0x1004"), b = Compile("0x1004", "goto 0x1000");
  backend_->Link(0, b, {});
  backend_->Link(1, a, {});
  state_.base.budget = 25;
  EXPECT_EQ(Run(a).kind, Exit::Kind::kBudget);
  EXPECT_EQ(state_.r, 25u);
  EXPECT_EQ(state_.base.pc, 0x1004u);
  EXPECT_EQ(state_.base.budget, 0);
  backend_->Unlink(1);
  state_.base.budget = 25;
  EXPECT_EQ(Run(a).id, 1u);
  EXPECT_EQ(state_.r, 27u);
  backend_->Link(1, b, {});  // to another place than before
  state_.base.budget = 10;
  EXPECT_EQ(Run(a).kind, Exit::Kind::kBudget);
  EXPECT_EQ(state_.base.pc, 0x1004u);
}

TEST_F(LinksTest, SideExitsAreJoinedToo) {
  const std::string compare = "%z = const.i64 100\nexitif ltu %b, %z -> ";
  const CodeEntry near = Compile("0x1000", compare + "0x1000\ngoto 0x2000");
  const uint32_t side = sink_.exits[0] == 0x1000 ? 0 : 1;
  backend_->Link(side, near, {});
  EXPECT_EQ(Run(near).id, 1 - side);
  EXPECT_EQ(state_.r, 100u);
  EXPECT_EQ(state_.base.budget, 900);
  // With instructions to give back, to another page.
  const CodeEntry far = Compile("0x5000", compare + "0x6000\ninsn 0x5004\ngoto 0x7000");
  state_.r = 0;
  const Exit exit = Run(far);
  EXPECT_EQ(sink_.exits[exit.id], 0x6000u);
  EXPECT_EQ(state_.base.budget, 899);
  mapping_ids_[6] = 5;
  backend_->Link(exit.id, far, {.slot = 6, .mapping_id = 5});
  EXPECT_EQ(sink_.exits[Run(far).id], 0x7000u);
  EXPECT_EQ(state_.r, 100u);
}

TEST_F(LinksTest, JoinsToAnotherPageHoldWhileItIsMapped) {
  const CodeEntry from = Compile("0x1000", "goto 0x2000"), to = Compile("0x2000", "goto 0x3000");
  backend_->Link(0, to, {.slot = 2, .mapping_id = 7});
  EXPECT_EQ(Run(from).id, 0u) << "not mapped";
  mapping_ids_[2] = 7;
  EXPECT_EQ(Run(from).id, 1u);
  mapping_ids_[2] = 8;
  EXPECT_EQ(Run(from).id, 0u);
  backend_->Unlink(0);
  mapping_ids_[2] = 7;
  EXPECT_EQ(Run(from).id, 0u);
}

TEST_F(LinksTest, RetiredBlocksAreStale) {
  const CodeEntry from = Compile("0x1000", "goto 0x1004"), to = Compile("0x1004", "goto 0x1008");
  backend_->Link(0, to, {});
  backend_->Retire(to);
  EXPECT_EQ(Run(from).kind, Exit::Kind::kStale);
  EXPECT_EQ(state_.base.pc, 0x1004u);
  EXPECT_EQ(state_.r, 1u);
  EXPECT_EQ(state_.base.budget, 999) << "nothing is charged for it";
  EXPECT_EQ(Run(to).kind, Exit::Kind::kStale);
}

// Blocks of every kind of beginning: charges of both sizes, guards.
TEST_F(LinksTest, AnyBlockCanBeRetired) {
  std::string insns;
  for (int n = 0; n < 200; ++n) insns += "insn 0x1000\n";
  const std::vector<std::string> texts = {"block 0x1000\ncharge 0x1000\n" + insns + "goto 0x1000",
                                          "block 0x1000\nguard 0x2000 id=3\ncharge 0x1000\ninsn 0x1000\ngoto 0x1000",
                                          "block 0x1000\ncharge 0x1000\ninsn 0x1000\ngoto 0x1000"};
  for (const std::string& text : texts) {
    const CodeEntry entry = *TryCompile(text);
    backend_->Retire(entry);
    EXPECT_EQ(Run(entry).kind, Exit::Kind::kStale);
    EXPECT_EQ(state_.base.pc, 0x1000u);
    EXPECT_EQ(state_.base.budget, 1000);
  }
}

TEST_F(LinksTest, RetiredBlocksAreRevived) {
  const CodeEntry from = Compile("0x1000", "goto 0x1004"), to = Compile("0x1004", "goto 0x1008");
  const std::vector<uint8_t> code(backend_->HostCode(to).begin(), backend_->HostCode(to).end());
  backend_->Link(0, to, {});
  for (int n = 0; n < 3; ++n) {
    backend_->Retire(to);
    EXPECT_EQ(Run(from).kind, Exit::Kind::kStale);
    backend_->Revive(to);
    EXPECT_EQ(std::vector<uint8_t>(backend_->HostCode(to).begin(), backend_->HostCode(to).end()), code);
    const Exit exit = Run(from);
    EXPECT_EQ(exit.kind, Exit::Kind::kJump);
    EXPECT_EQ(exit.id, 1u);
  }
}

TEST_F(LinksTest, IndirectJumpsProbeTheJumpCache) {
  const CodeEntry from =
      *TryCompile("block 0x1000\ncharge 0x1000\ninsn 0x1000\n%p = const.i64 0x12345678abc0\ngotoind %p");
  const CodeEntry to = Compile("0x12345678abc0", "goto 0x5000");
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
  EXPECT_EQ(state_.base.pc, 0x12345678abc0u);
  jump_cache_.Put(0x12345678abc0, backend_->JumpTarget(to));
  EXPECT_EQ(Run(from).kind, Exit::Kind::kJump);
  EXPECT_EQ(state_.r, 1u);
  translate::JumpEntry& line = jump_cache_.lines()[translate::JumpCacheIndex(0x12345678abc0)];
  line.pc ^= uint64_t{1} << 40;
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
  line.pc ^= uint64_t{1} << 40;
  jump_cache_.Clear();
  EXPECT_EQ(Run(from).kind, Exit::Kind::kLookup);
}

TEST_F(LinksTest, AFullCacheIsEmptiedByReset) {
  unsigned compiled = 0;
  absl::StatusOr<CodeEntry> entry;
  const std::string text = Counter("0x1000", "goto 0x2000");
  while ((entry = TryCompile(text)).ok()) ++compiled;
  EXPECT_TRUE(absl::IsResourceExhausted(entry.status())) << entry.status();
  EXPECT_GT(compiled, 50u);
  EXPECT_TRUE(absl::IsResourceExhausted(TryCompile(text).status())) << "again";
  for (int round = 0; round < 3; ++round) {
    backend_->Reset();
    sink_.exits.clear();
    unsigned again = 0;
    CodeEntry last = nullptr;
    while ((entry = TryCompile(text)).ok()) ++again, last = *entry;
    EXPECT_EQ(again, compiled);
    state_.r = 0;
    EXPECT_EQ(Run(last).id, compiled - 1);
    EXPECT_EQ(state_.r, 1u);
  }
}

// Every size of what is left: an overflow is seen wherever in the block it comes.
TEST_F(LinksTest, OverflowsAreSeenAnywhereInABlock) {
  const std::string text =
      "block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%v = load.i64 [%a]\n%q = divs.i64 %v, %a\nset r0, "
      "%q\n"
      "label L0\ncharge 0x1004\ninsn 0x1004\n%c = get.i64 r0\n%f = itof.f64 %c\n%g = fma.f64 %f, %f, %f\n"
      "%i = ftoi.i64 %g\nbrif ne %c, %i -> L0\nexitif eq %c, %i -> 0x2000\ngoto 0x3000";
  const std::string padding = Counter("0x1000", "goto 0x1000");
  for (int first = 0; first < 12; ++first) {
    backend_->Reset();
    sink_.exits.clear();
    for (int n = 0; n < first; ++n) ASSERT_TRUE(TryCompile(padding).ok());
    absl::StatusOr<CodeEntry> entry;
    while ((entry = TryCompile(text)).ok()) continue;
    EXPECT_TRUE(absl::IsResourceExhausted(entry.status())) << entry.status();
  }
}

TEST_F(LinksTest, HostCodeIsOfTheBlock) {
  const CodeEntry a = Compile("0x1000", "goto 0x1004"), b = Compile("0x1004", "goto 0x1000");
  EXPECT_EQ(backend_->HostCode(a).data(), a);
  EXPECT_GT(backend_->HostCode(a).size(), 10u);
  EXPECT_LE(backend_->HostCode(a).data() + backend_->HostCode(a).size(), b);
  backend_->Retire(a);
  EXPECT_TRUE(backend_->HostCode(a).empty());
}

TEST_F(LinksTest, TooManyValuesAtOnceAreRefused) {
  std::string text = "block 0x1000\ncharge 0x1000\ninsn 0x1000\n%a = get.i64 r0\n%b = not.i64 %a\n";
  for (int n = 0; n < 600; ++n) text += absl::StrCat("%v", n, " = mul.i64 %a, %b\n");
  for (int n = 0; n < 600; ++n) text += absl::StrCat("set r0, %v", n, "\n");
  Options options;
  options.code_bytes = 1 << 20;
  backend_ = *MakeBackend(kRegisters, {}, options);
  EXPECT_TRUE(absl::IsInternal(TryCompile(text + "goto 0x1004").status()));
  EXPECT_TRUE(TryCompile(Counter("0x1000", "goto 0x2000")).ok()) << "the next block is fine";
}

}  // namespace
}  // namespace emu::backends::x86_64
