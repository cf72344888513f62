// The compiler against the reference interpreter: random programs and the .ir files, with all that it does for speed,
// with nothing of it, and with half of it, drawn at random.
#include "backends/x86_64/backend.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "backends/interpreter/interpreter.h"
#include "backends/testing/ir_file.h"
#include "backends/testing/machine.h"
#include "backends/testing/random_test_lib.h"
#include "translate/ir/passes.h"
#include "translate/ir/verifier.h"
#include "translate/options/draw_jit_options.h"

namespace emu::backends::x86_64 {
namespace {

using testing::Machine;

using translate::JitOptions;

std::unique_ptr<translate::Backend> Make(const JitOptions& jit) {
  Options options;
  options.code_bytes = 4 << 20;
  options.jit = jit;
  auto backend = MakeBackend(testing::Registers(), testing::Helpers(), options);
  EXPECT_TRUE(backend.ok()) << backend.status();
  return *std::move(backend);
}

class BackendTest : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<translate::Backend> backend_ = Make(GetParam() ? JitOptions() : JitOptions::None());
};

TEST_P(BackendTest, IrFiles) {
  Machine machine(*backend_);
  unsigned files = 0;
  for (const auto& file : std::filesystem::directory_iterator("testdata/ir")) {
    if (file.path().extension() != ".ir") continue;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const testing::IrFileResult result = testing::RunIrFile(machine, text.str());
    EXPECT_GT(result.runs, 0u) << file.path();
    for (const std::string& failure : result.failures) ADD_FAILURE() << file.path() << ": " << failure;
    ++files;
  }
  EXPECT_GE(files, 4u);
}

constexpr uint64_t kPerDraw = 32;

// EMU_RANDOM_PROGRAMS=N in the environment (bazel test --test_env) makes it a long run.
uint64_t ProgramCount() {
  const char* const wanted = std::getenv("EMU_RANDOM_PROGRAMS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 6000;
}

// `make` gives the block of a seed.
void CompareMany(translate::Backend& backend, ir::Block (*make)(uint64_t), bool may_leave) {
  const uint64_t programs = ProgramCount();
  const auto interpreter = interpreter::MakeInterpreter(testing::Registers(), testing::Helpers());
  Machine reference(*interpreter), actual(backend, may_leave);
  for (uint64_t seed = 1; seed <= programs && !::testing::Test::HasFailure(); ++seed) {
    const ir::Block block = make(seed);
    ASSERT_TRUE(ir::Verify(block, testing::VerifyTable()).ok()) << ir::Verify(block, testing::VerifyTable());
    EXPECT_EQ(testing::CompareRuns(reference, block, actual, block, seed), "");
    ir::Block optimized = block;
    ir::Optimize(&optimized);
    EXPECT_EQ(testing::CompareRuns(reference, block, actual, optimized, seed), "");
  }
}

TEST_P(BackendTest, RandomPrograms) { CompareMany(*backend_, testing::RandomBlock, false); }
TEST_P(BackendTest, CrowdedPrograms) { CompareMany(*backend_, testing::CrowdedBlock, true); }

INSTANTIATE_TEST_SUITE_P(Host, BackendTest, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "Everything" : "Nothing"; });

// EMU_RANDOM_SEED=N begins with the draw of that number: a failure names it.
TEST(DrawnOptionsTest, RandomPrograms) {
  const char* const first = std::getenv("EMU_RANDOM_SEED");
  const uint64_t begin = first != nullptr ? std::strtoull(first, nullptr, 10) : 0;
  const auto interpreter = interpreter::MakeInterpreter(testing::Registers(), testing::Helpers());
  Machine reference(*interpreter);
  for (uint64_t draw = begin; draw < begin + ProgramCount() / kPerDraw && !::testing::Test::HasFailure(); ++draw) {
    const JitOptions jit = translate::DrawJitOptions(draw);
    SCOPED_TRACE(absl::StrCat("EMU_RANDOM_SEED=", draw, ": -jit-opt ", JitOptionsText(jit)));
    const auto backend = Make(jit);
    Machine plain(*backend), leaving(*backend, true);
    for (uint64_t seed = draw * kPerDraw; seed < (draw + 1) * kPerDraw && !::testing::Test::HasFailure(); ++seed) {
      const bool crowded = seed % 2 != 0;
      const ir::Block block = crowded ? testing::CrowdedBlock(seed) : testing::RandomBlock(seed);
      ir::Block optimized = block;
      ir::Optimize(&optimized, jit);
      EXPECT_EQ(testing::CompareRuns(reference, block, crowded ? leaving : plain, optimized, seed), "");
    }
  }
}

}  // namespace
}  // namespace emu::backends::x86_64
