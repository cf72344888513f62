// The monitor's lines: how commands are found, what they say of a machine, and how they are completed.
#include "debug/monitor/monitor.h"

#include <unistd.h>

#include <fstream>
#include <iterator>

#include "debug/monitor/test_monitor.h"
#include "memory/mtree.h"

namespace emu::debug {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(MonitorTest, NamesAndHelp) {
  EXPECT_EQ(Do(""), "");
  EXPECT_EQ(Do("  \t "), "");
  EXPECT_THAT(Do("bogus 1"), StartsWith("unknown command: 'bogus'; "));
  EXPECT_THAT(Do("info bogus"), StartsWith("unknown command: 'info bogus'; "));
  EXPECT_THAT(Do("info"), StartsWith("unknown command: 'info'; "));
  EXPECT_THAT(Do("/x 1"), StartsWith("unknown command: '/x 1'; "));
  EXPECT_THAT(Do("stop now"), HasSubstr("stop: unexpected word \"now\"\nusage: stop|s  -- "));
  EXPECT_THAT(Do("stop/x"), HasSubstr("stop: takes no format"));
  EXPECT_THAT(Do("info mtree -z"), HasSubstr("unknown option \"-z\"; expected -f, -d, -o, -D"));
  EXPECT_THAT(Do("memsave 0 1 \"x"), HasSubstr("a double quote is not closed"));
  EXPECT_THAT(Do("help x"), StartsWith("x/FMT ADDRESS  -- "));
  EXPECT_THAT(Do("? info"), AllOf(HasSubstr("info tlb"), Not(HasSubstr("gva2gpa"))));
  EXPECT_THAT(Do("help"), AllOf(HasSubstr("\nexplain "), HasSubstr("\ninfo mtree [-f]")));
  EXPECT_THAT(Do("help me"), HasSubstr("unknown command: 'me'"));
}

TEST_F(MonitorTest, JsonIsAskedForInThreeWays) {
  EXPECT_EQ(Do("json info version"), Do("info version -json"));
  EXPECT_THAT(Do("json info version"), MatchesRegex("\\{\"version\":\"[0-9.]+\"\\}\n"));
  EXPECT_EQ(Json("info version").getString("version")->str() + "\n", Do("info version"));
  EXPECT_THAT(Do("json bogus"), StartsWith("{\"error\":\"unknown command: 'bogus'"));
  EXPECT_FALSE(monitor_->RunJson("bogus").ok());
  EXPECT_FALSE(monitor_->Run("bogus").ok());
  EXPECT_EQ(Do("json"), "{}\n");
}

TEST_F(MonitorTest, Completes) {
  EXPECT_THAT(monitor_->Complete("gpa2"), ElementsAre("gpa2hpa", "gpa2hva"));
  EXPECT_THAT(monitor_->Complete("info mt"), ElementsAre("mtree"));
  EXPECT_THAT(monitor_->Complete("info "), AllOf(Contains("tlb"), Contains("registers")));
  EXPECT_THAT(monitor_->Complete(""), AllOf(Contains("info"), Contains("x"), Contains("json"), Contains("p")));
  EXPECT_THAT(monitor_->Complete("x/4i $mepc"), ElementsAre("$mepc"));
  EXPECT_THAT(monitor_->Complete("gva2gpa superv"), ElementsAre("supervisor"));
  EXPECT_THAT(monitor_->Complete("json info st"), ElementsAre("status"));
  EXPECT_THAT(monitor_->Complete("help info m"), ElementsAre("mem", "mtree"));
  EXPECT_THAT(monitor_->Complete("help unw"), ElementsAre("unwatch"));
  EXPECT_THAT(monitor_->Complete("log gu"), ElementsAre("guest_errors"));
  EXPECT_THAT(monitor_->Complete("bogus "), ElementsAre());
}

TEST_F(MonitorTest, Tree) {
  const auto spaces = machine_->address_spaces();
  EXPECT_EQ(Do("info mtree"), memory::FormatTrees(spaces));
  EXPECT_EQ(Do("info mtree -f"), memory::FormatFlatViews(spaces));
  EXPECT_EQ(Do("info mtree -f -d"), memory::FormatFlatViews(spaces, {.dispatch = true}));
  EXPECT_EQ(Do("info mtree -o -D"), memory::FormatTrees(spaces, {.owners = true, .disabled = true}));
  EXPECT_FALSE(Json("info mtree").getArray("regions")->empty());
  EXPECT_FALSE(Json("info mtree -f").getArray("views")->empty());
}

TEST_F(MonitorTest, DevicesAndInterrupts) {
  const std::string tree = Do("info qtree");
  EXPECT_THAT(tree, StartsWith("bus: main-system-bus\n  type System\n"));
  EXPECT_THAT(tree, HasSubstr("  dev: serial-mm, id \"\"\n    gpio-out \"sysbus-irq\" 1\n    irq 10\n"
                              "    mmio 0000000010000000/0000000000000008\n"));
  const std::string irqs = Do("info irq");
  EXPECT_THAT(irqs, HasSubstr("\n    10  serial-mm@10000000               0        0        0         0\n"));
  EXPECT_THAT(irqs, HasSubstr("\n     5  supervisor timer  "));
  // Every device that says so has a region there.
  for (const boards::DeviceInfo& d : machine_->devices()) {
    if (d.size == 0) continue;
    const memory::FlatRange* range = machine_->memory().Find(memory::Gpa(d.base));
    ASSERT_NE(range, nullptr) << d.type;
    EXPECT_TRUE(range->Contains(memory::Gpa(d.base))) << d.type;
  }
  EXPECT_EQ(Json("info qtree").getArray("devices")->size(), machine_->devices().size());
  EXPECT_EQ(Json("info irq").getArray("controllers")->size(), 2u);
}

TEST_F(MonitorTest, StatesOfTheRun) {
  EXPECT_EQ(Play({
                [&] {
                  EXPECT_EQ(Do("info status"), "VM status: paused (prelaunch)\n");
                  EXPECT_THAT(Do("info cpus"),
                              MatchesRegex("\\* CPU #0: pc=0x0000000000001000 machine thread_id=.*\n"));
                  EXPECT_EQ(Do("step"), "");
                  EXPECT_EQ(Do("info status"), "VM status: running\n");
                  EXPECT_THAT(Do("step"), HasSubstr("the guest is running"));
                },
                [&] {
                  EXPECT_EQ(Do("info status"), "VM status: paused (step)\n");
                  EXPECT_EQ(Json("info status").getInteger("insns"), 1);
                  EXPECT_THAT(Do("step 0"), HasSubstr("expected 1 or more"));
                  Do("step 2*2");
                },
                [&] {
                  EXPECT_EQ(Json("info status").getInteger("insns"), 5);
                  EXPECT_THAT(Do("system_powerdown"), HasSubstr("no power button"));
                  EXPECT_EQ(Do("cont"), "");
                },
            }),
            0);
  EXPECT_EQ(pauses(), 3u);  // the guest ended
}

TEST_F(MonitorTest, ResetAndQuit) {
  bool again = false;
  Play({
      [&] { RunTo("supervisor"); },
      [&] {
        EXPECT_THAT(Do("info cpus"), HasSubstr("(supervisor) supervisor"));
        Do("system_reset");
        Do("cont");
      },
      [&] {
        again = true;
        EXPECT_EQ(Do("quit"), "");
      },
  });
  EXPECT_TRUE(again);
  EXPECT_EQ(pauses(), 3u);
}

TEST_F(MonitorTest, Registers) {
  Play({[&] { RunTo("load"); },
        [&] {
          EXPECT_THAT(Do("info registers"),
                      AllOf(StartsWith("\nCPU#0\n pc       00000000800000"), HasSubstr("x10/a0   0000000040001000")));
          const llvm::json::Object json = Json("info registers");
          const auto* registers = (*json.getArray("cpus"))[0].getAsObject()->getObject("registers");
          EXPECT_EQ(*registers->getString("a1"), "0x1122334455667788");
          EXPECT_EQ(Do("print $a0+1"), "0x40001001\n");
          EXPECT_THAT(Do("p $a99"), HasSubstr("unknown register \"$a99\""));
        }});
}

TEST_F(MonitorTest, LogItems) {
  EXPECT_EQ(Do("log"), "nothing is logged\n");
  EXPECT_EQ(Do("log int,mmu"), "");
  EXPECT_EQ(Do("log"), "int,mmu\n");
  EXPECT_EQ(log_->items(), boards::kLogInt | boards::kLogMmu);
  EXPECT_THAT(Do("log foo"), HasSubstr("unknown item \"foo\""));
  EXPECT_THAT(Do("log help"), HasSubstr("in_asm"));
  Do("log none");
  EXPECT_EQ(log_->items(), 0u);
}

TEST_F(MonitorTest, OddsAndEnds) {
  EXPECT_EQ(Do("info name"), "guest\n");
  EXPECT_THAT(Do("info roms"), HasSubstr("mem=ram name=\"kernel debug/monitor/testdata/mapped.elf\"\n"));
  EXPECT_THAT(Do("info roms"), StartsWith("addr=0000000000001000 size=0x000058 mem=rom name=\"reset vector\"\n"));
  EXPECT_EQ(Json("info roms").getArray("roms")->size(), 4u);
  EXPECT_EQ(Do("info chardev"), "");
  EXPECT_EQ(Json("info chardev").getArray("chardevs")->size(), 0u);
  EXPECT_THAT(Do("info jit"), AllOf(HasSubstr("of 67108864 bytes"), HasSubstr("\nblock exits joined  ")));
  EXPECT_EQ(Json("info jit").getInteger("blocks"), 0);
}

class SpikeMonitorTest : public MonitorTest {
 protected:
  SpikeMonitorTest() : MonitorTest("spike", boards::Accel::kInterp) {}
};

TEST_F(SpikeMonitorTest, AnotherBoard) {
  Play({[&] {
    EXPECT_THAT(Do("info qtree"), HasSubstr("  dev: riscv.htif.uart, id \"\"\n    mmio 0000000001000000/"));
    EXPECT_THAT(Do("info jit"), HasSubstr("operations ("));
    EXPECT_THAT(Do("xp/2xw 0x1000"), MatchesRegex("0000000000001000: 0x[0-9a-f]{8} 0x[0-9a-f]{8}\n"));
  }});
}

}  // namespace
}  // namespace emu::debug
