// The compiler against the reference interpreter: random programs and the .ir files, with all host features and with
// none.
#include "backends/x86_64/backend.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "backends/interpreter/interpreter.h"
#include "backends/testing/ir_file.h"
#include "backends/testing/machine.h"
#include "backends/testing/random_test_lib.h"
#include "translate/ir/passes.h"
#include "translate/ir/verifier.h"

namespace emu::backends::x86_64 {
namespace {

using testing::Machine;

std::unique_ptr<translate::Backend> Make(const HostFeatures& features) {
  Options options;
  options.code_bytes = 4 << 20;
  options.features = features;
  auto backend = MakeBackend(testing::Registers(), testing::Helpers(), options);
  EXPECT_TRUE(backend.ok()) << backend.status();
  return *std::move(backend);
}

class BackendTest : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<translate::Backend> backend_ = Make(GetParam() ? Host() : HostFeatures());
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

// `make` gives the block of a seed. EMU_RANDOM_PROGRAMS=N in the environment (bazel test --test_env) makes it a long
// run.
void CompareMany(translate::Backend& backend, ir::Block (*make)(uint64_t)) {
  const char* wanted = std::getenv("EMU_RANDOM_PROGRAMS");
  const uint64_t programs = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 6000;
  const auto interpreter = interpreter::MakeInterpreter(testing::Registers(), testing::Helpers());
  Machine reference(*interpreter), actual(backend);
  for (uint64_t seed = 1; seed <= programs && !::testing::Test::HasFailure(); ++seed) {
    const ir::Block block = make(seed);
    ASSERT_TRUE(ir::Verify(block, testing::VerifyTable()).ok()) << ir::Verify(block, testing::VerifyTable());
    EXPECT_EQ(testing::CompareRuns(reference, block, actual, block, seed), "");
    ir::Block optimized = block;
    ir::Optimize(&optimized);
    EXPECT_EQ(testing::CompareRuns(reference, block, actual, optimized, seed), "");
  }
}

TEST_P(BackendTest, RandomPrograms) { CompareMany(*backend_, testing::RandomBlock); }
TEST_P(BackendTest, CrowdedPrograms) { CompareMany(*backend_, testing::CrowdedBlock); }

INSTANTIATE_TEST_SUITE_P(Host, BackendTest, ::testing::Bool(),
                         [](const auto& p) { return p.param ? "AllFeatures" : "NoFeatures"; });

}  // namespace
}  // namespace emu::backends::x86_64
