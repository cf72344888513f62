#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "backends/interpreter/interpreter.h"
#include "backends/testing/ir_file.h"

namespace emu::backends::interpreter {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(IrFilesTest, EveryFileGivesWhatItSays) {
  const std::unique_ptr<translate::Backend> backend = MakeInterpreter(testing::Registers(), testing::Helpers());
  testing::Machine machine(*backend);
  unsigned files = 0;
  for (const auto& file : std::filesystem::directory_iterator("testdata/ir")) {
    if (file.path().extension() != ".ir") continue;
    const testing::IrFileResult result = testing::RunIrFile(machine, ReadFile(file.path()));
    EXPECT_GT(result.runs, 0u) << file.path();
    for (const std::string& failure : result.failures) ADD_FAILURE() << file.path() << ": " << failure;
    ++files;
  }
  EXPECT_GE(files, 4u);
}

TEST(IrFilesTest, WrongExpectationsAreReported) {
  const std::unique_ptr<translate::Backend> backend = MakeInterpreter(testing::Registers(), testing::Helpers());
  testing::Machine machine(*backend);
  constexpr char kBlock[] = "\nblock 0x1000\ncharge 0x1000\ninsn 0x1000\ngoto 0x1004\n";
  for (const char* out : {"r0=1", "exit=fault", "pc=0", "flags=nv", "r99=0", "@0x10000=1", "budget=1000"}) {
    const std::string text = std::string("; test: t\n; in:\n; out: ") + out + kBlock;
    EXPECT_EQ(testing::RunIrFile(machine, text).failures.size(), 2u) << out;
  }
  EXPECT_EQ(testing::RunIrFile(machine, "; test: t\n; in:\nblok").failures.size(), 1u);
}

}  // namespace
}  // namespace emu::backends::interpreter
