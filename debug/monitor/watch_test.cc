// Watches and traces that are set while the guest runs.
#include <fstream>

#include "debug/monitor/test_monitor.h"

namespace emu::debug {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class WatchTest : public MonitorTest, public ::testing::WithParamInterface<boards::Accel> {
 protected:
  WatchTest() : MonitorTest("virt", GetParam()) {}
  std::string Hva(uint64_t gpa) {
    const auto* const host = machine_->memory().Find(memory::Gpa(gpa))->HostAt(memory::Gpa(gpa));
    return absl::StrCat("0x", absl::Hex(reinterpret_cast<uint64_t>(host)));
  }
};

TEST_P(WatchTest, TellsOfEachAccess) {
  Play({[&] {
    EXPECT_EQ(Do("watch"), "nothing is watched\n");
    EXPECT_EQ(Do("watch 0x40001010"), "watch 1: gva 0x40001010-0x40001017 rw, 0 hits\n");
    Do("cont");
  }});
  const std::string hva = Hva(0x80005010), hva4 = Hva(0x80005014);
  EXPECT_EQ(TakeLines(), absl::StrCat("watch 1: pc=0x800000fa (store) write gva=0x40001010 gpa=0x80005010 hva=", hva,
                                      " size=8 value=0x1122334455667788 insn=74\n"
                                      "watch 1: pc=0x800000fc (load) read gva=0x40001014 gpa=0x80005014 hva=",
                                      hva4,
                                      " size=4 value=0x11223344 insn=75\n"
                                      "watch 1: pc=0x80000102 (atomic) atomic gva=0x40001010 gpa=0x80005010 hva=",
                                      hva, " size=8 value=0x22446688aaccef10 was=0x1122334455667788 insn=77\n"));
  EXPECT_EQ(pauses(), 1u);
  EXPECT_EQ(Do("watch"), "1: gva 0x40001010-0x40001017 rw, 3 hits\n");
}

TEST_P(WatchTest, ByPhysicalAddressToo) {
  Play({[&] {
    Do("watch gpa:second 4 w");    // the second part of the crossing store
    Do("watch gpa:0x10000000 8");  // a device
    Do("watch gpa:first+16 1 r");  // reads and atomics
    Do("json watch gpa:first+20 1 w");
    Do("cont");
  }});
  const std::string lines = TakeLines();
  EXPECT_THAT(lines,
              HasSubstr("watch 1: pc=0x8000010c (crossing) write gva=0x40001ffc gpa=0x80005ffc,0x80004000 hva="));
  EXPECT_THAT(lines,
              HasSubstr("(device) read gva=0x10000005 gpa=0x10000005 region=serial+0x5 (LSR) size=1 value=0x60 "));
  EXPECT_THAT(lines, HasSubstr("watch 3: pc=0x80000102 (atomic) atomic"));
  EXPECT_THAT(lines, Not(HasSubstr("watch 3: pc=0x800000fa")));
  EXPECT_THAT(lines, HasSubstr("\"symbol\":\"store\",\"value\":\"0x1122334455667788\",\"watch\":4}\n"));
}

TEST_P(WatchTest, StopsWhereItIsTold) {
  Play({[&] {
          Do("watch 0x40001010 8 r stop");
          Do("watch load 1 x");  // tells, and does not stop
          Do("cont");
        },
        [&] {
          EXPECT_EQ(Do("info status"), "VM status: paused (watchpoint)\n");
          EXPECT_EQ(Do("print $a2"), "0x11223344\n");  // the load is made
          EXPECT_THAT(TakeLines(), AllOf(HasSubstr("watch 1: pc=0x800000fc (load) read"),
                                         HasSubstr("watch 2: pc=0x800000fc (load) fetch")));
          EXPECT_EQ(*(*Json("watch").getArray("watches"))[0].getAsObject()->getBoolean("stop"), true);
          EXPECT_EQ(Do("unwatch 1"), "");
          RunTo("crossing");
        },
        [&] {
          EXPECT_EQ(Do("info status"), "VM status: paused (breakpoint)\n");
          EXPECT_EQ(TakeLines().find("watch 1"), std::string::npos);
          Do("unwatch all");
          EXPECT_EQ(Do("watch"), "nothing is watched\n");
          Do("cont");
        }});
  EXPECT_EQ(pauses(), 3u);
  EXPECT_EQ(TakeLines(), "");
}

// Of the MMU: entries of page tables lie at physical addresses.
TEST_P(WatchTest, PageWalks) {
  Play({[&] {
    Do("watch gpa:pages+8 8 r");
    Do("cont");
  }});
  EXPECT_THAT(TakeLines(),
              MatchesRegex("watch 1: pc=0x800000fa \\(store\\) walk-read gva=0x40001010 gpa=0x80003008 .*\n"));
}

TEST_P(WatchTest, ErrorsSayWhat) {
  EXPECT_THAT(Do("watch 0x40001010 0"), HasSubstr("watch: a size of 0"));
  EXPECT_THAT(Do("watch 0x40001010 8 q"), HasSubstr("unexpected word \"q\""));
  EXPECT_THAT(Do("watch 0x40001010 bogus"), HasSubstr("unknown symbol \"bogus\""));
  EXPECT_THAT(Do("watch gpa:"), HasSubstr("unexpected end"));
  EXPECT_EQ(Do("unwatch 7"), "there is no watch 7; `watch` lists those that there are\n");
  EXPECT_THAT(Do("unwatch x"), HasSubstr("\"x\" is no number of a watch"));
  EXPECT_THAT(Do("unwatch"), HasSubstr("expected 1 words, got 0"));
  EXPECT_THAT(Do("trace bogus"), HasSubstr("bogus"));
  EXPECT_THAT(Do("untrace 3"), HasSubstr("3"));
  EXPECT_EQ(Do("watch"), "nothing is watched\n");
}

TEST_P(WatchTest, Traces) {
  const std::string path = ::testing::TempDir() + "/monitor_trace";
  Play({[&] { RunTo("store"); },
        [&] {
          EXPECT_EQ(*Json(absl::StrCat("trace mem,gva=0x40001000..0x40001fff,file=", path)).getInteger("id"), 1);
          RunTo("crossing");
        },
        [&] {
          EXPECT_EQ((*Json("trace").getArray("traces"))[0].getAsObject()->getInteger("records"), 3);
          EXPECT_EQ(Do("untrace all"), "");
        }});
  std::ifstream file(path);
  int records = 0;
  for (std::string line; std::getline(file, line);) records += line.find("0x0000000080000") != line.npos ? 1 : 0;
  EXPECT_EQ(records, 3);
  remove(path.c_str());
}

INSTANTIATE_TEST_SUITE_P(Backends, WatchTest, ::testing::Values(boards::Accel::kJit, boards::Accel::kInterp),
                         [](const auto& info) { return info.param == boards::Accel::kJit ? "Jit" : "Interpreter"; });

}  // namespace
}  // namespace emu::debug
