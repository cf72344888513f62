// Random and mutated lines: each gets an answer, and the machine is still there.
#include <random>

#include "debug/monitor/test_monitor.h"

namespace emu::debug {
namespace {

// Lines that mean something; those that write files, trace to them or end the run are left out.
const char* const kLines[] = {
    "info mtree -f", "info mtree -o -D", "info registers",
    "info tlb",      "info mem",         "info cpus",
    "info status",   "info qtree",       "info irq",
    "info jit",      "info roms",        "info chardev",
    "x/4xw $pc",     "x/2i $pc",         "x/s 0x80000000",
    "xp/3ob 0x1000", "print/d 1+2*$a0",  "gva2gpa supervisor",
    "gpa2hva first", "gpa2hpa first",    "explain $sp",
    "explain gpa:0", "watch $pc 4 rx",   "watch gpa:first 8 w",
    "unwatch 1",     "unwatch all",      "log",
    "log int",       "log none",         "help info",
    "step",          "json info jit",    "stop",
    "trace",         "untrace 1",        "info name -json",
};
const char* const kPieces[] = {"info", "-f",    "/",      "0x",  "99999999999999999999",
                               "*",    "(",     ")",      "$",   "gpa:",
                               "json", "-json", "\"",     "'",   "~",
                               "%",    "\n",    "\xff",   "\0x", "-1",
                               "x/i",  "watch", "print ", "sd ", "  "};

class LineMaker {
 public:
  explicit LineMaker(uint64_t seed) : random_(seed) {}
  std::string Next() {
    std::string line = random_() % 8 == 0 ? "" : kLines[random_() % std::size(kLines)];
    for (uint64_t i = random_() % 4; i > 0; --i) Mutate(&line);
    return line;
  }

 private:
  void Mutate(std::string* line) {
    const size_t at = line->empty() ? 0 : random_() % line->size();
    switch (random_() % 4) {
      case 0:
        line->insert(at, kPieces[random_() % std::size(kPieces)]);
        break;
      case 1:
        line->insert(at, 1, static_cast<char>(random_()));
        break;
      case 2:
        line->erase(at, 1 + random_() % 3);
        break;
      default:
        if (!line->empty()) (*line)[at] = static_cast<char>(random_() % 128);
    }
  }
  std::mt19937_64 random_;
};

// `stop` and the like want a machine in some state; a step ends with a pause, which is the next round.
TEST_F(MonitorTest, RandomLines) {
  LineMaker lines(20240601);
  int answers = 0, errors = 0;
  const auto round = [&] {
    for (int i = 0; i < 400; ++i) {
      const std::string line = lines.Next();
      if (line.find("save") != line.npos || line.find("file") != line.npos) continue;
      const std::string text = Do(line);
      Do(absl::StrCat("json ", line));
      EXPECT_TRUE(text.empty() || text.back() == '\n') << line;
      monitor_->Complete(line);
      const absl::StatusOr<llvm::json::Value> json = monitor_->RunJson(line);
      ++(json.ok() ? answers : errors);
    }
    Do("unwatch all");
    Do("log none");
    machine_->control().Pause(boards::PauseReason::kUser);
    Do("step 7");
  };
  Play(std::vector<std::function<void()>>(12, round));
  EXPECT_EQ(pauses(), 13u);
  EXPECT_GT(answers, 1000);
  EXPECT_GT(errors, 1000);
  Do("unwatch all");
  EXPECT_THAT(Do("info status"), ::testing::StartsWith("VM status: "));
}

TEST_F(MonitorTest, LongLines) {
  for (const char c : {'x', ' ', '(', '-', '"', '/', '$', '\0'}) {
    const std::string text = Do(std::string(200000, c));
    EXPECT_TRUE(text.empty() || text.back() == '\n');
    Do(absl::StrCat("print ", std::string(200000, c)));
    Do(absl::StrCat("watch 1 ", std::string(200000, c)));
    monitor_->Complete(std::string(200000, c));
  }
}

}  // namespace
}  // namespace emu::debug
