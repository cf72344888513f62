#include "devices/irq_line.h"

#include <gtest/gtest.h>

#include <vector>

namespace emu::devices {
namespace {

TEST(IrqLineTest, SinkHearsTheLevelOfNowAndThenChangesOnly) {
  IrqLine line("uart");
  line.Raise();
  std::vector<bool> heard;
  line.Connect([&heard](bool level) { heard.push_back(level); });
  line.Raise();
  line.Lower();
  line.Lower();
  EXPECT_EQ(heard, (std::vector<bool>{true, false}));
  EXPECT_FALSE(line.level());
  EXPECT_EQ(line.name(), "uart");
}

TEST(OrGateTest, IsHighWhileAnyInputIs) {
  OrGate gate("gate", 3);
  gate.input(0).Raise();
  gate.input(2).Raise();
  gate.input(0).Lower();
  EXPECT_TRUE(gate.output().level());
  gate.input(2).Lower();
  EXPECT_FALSE(gate.output().level());
  EXPECT_EQ(gate.input(1).name(), "gate.1");
}

}  // namespace
}  // namespace emu::devices
