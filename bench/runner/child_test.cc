#include "bench/runner/child.h"

#include "gtest/gtest.h"

namespace emu::bench {
namespace {

constexpr int kSeconds = 60;

std::unique_ptr<Child> Started(const std::string& command) {
  absl::StatusOr<std::unique_ptr<Child>> child = Child::Start(command);
  EXPECT_TRUE(child.ok()) << child.status();
  return *std::move(child);
}

std::string Line(Child* child) {
  const absl::StatusOr<std::optional<std::string>> line = child->NextLine(kSeconds);
  if (!line.ok()) return line.status().ToString();
  return line->value_or("the end");
}

TEST(Child, LinesThenTheEnd) {
  const std::unique_ptr<Child> child = Started("printf 'one\\r\\ntwo\\nno newline'");
  EXPECT_EQ(Line(child.get()), "one");
  EXPECT_EQ(Line(child.get()), "two");
  EXPECT_EQ(Line(child.get()), "the end");
  EXPECT_TRUE(child->Finish().ok());
}

TEST(Child, GoesOnWhenTold) {
  const std::unique_ptr<Child> child = Started("sh -c 'echo asleep; read -r line; echo \"awake$line\"'");
  EXPECT_EQ(Line(child.get()), "asleep");
  EXPECT_GE(child->ReadSettled().cost, 0);
  child->SendNewline();
  EXPECT_EQ(Line(child.get()), "awake");
}

TEST(Child, HowItEnded) {
  const auto end = [](const std::string& command) {
    const std::unique_ptr<Child> child = Started(command);
    EXPECT_EQ(Line(child.get()), "the end");
    return std::string(child->Finish().message());
  };
  EXPECT_EQ(end("sh -c 'exit 3'"), "it ended with status 3");
  EXPECT_EQ(end("sh -c 'kill -9 $$'"), "signal 9 ended it");
  EXPECT_EQ(end("/no/such/program 2>/dev/null"), "it ended with status 127");
}

TEST(Child, SilenceIsAnError) {
  const std::unique_ptr<Child> child = Started("sleep 1000");
  const absl::StatusOr<std::optional<std::string>> line = child->NextLine(0);
  EXPECT_EQ(line.status().message(), "nothing was printed for 0 s");
}

}  // namespace
}  // namespace emu::bench
