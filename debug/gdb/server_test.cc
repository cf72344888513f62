// A client's side of a session, word by word, with a bare-metal program on both backends; and noise.
#include "debug/gdb/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "boards/registry.h"
#include "debug/gdb/hex.h"
#include "debug/gdb/test_line.h"
#include "debug/symbols.h"

namespace emu::debug::gdb {
namespace {

using ::testing::_;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kStopped[] = "T05thread:01;";

class Line : public devices::MemoryBackend {
 public:
  void Open() { SendEvent(devices::CharEvent::kOpened); }
  void Close() { SendEvent(devices::CharEvent::kClosed); }
};

class ServerTest : public ::testing::TestWithParam<boards::Accel> {
 protected:
  void Boot(const char* program, const std::vector<boards::DeviceRequest>& devices = {}) {
    server_.reset();  // of a machine before this one, which it outlives no more than the hub does
    hub_.reset();
    line_.TakeOutput();
    boards::MachineConfig config;
    config.devices = devices;
    config.kernel = program;
    config.bios = "none";
    config.ram_bytes = 32 << 20;
    config.deterministic = true;
    config.start_paused = true;
    config.accel = GetParam();
    auto machine = (*boards::FindBoard("virt"))->make(config);
    ASSERT_TRUE(machine.ok()) << machine.status();
    machine_ = *std::move(machine);
    hub_ = std::make_unique<WatchHub>(machine_->processor().cpu(), machine_->memory());
    server_ = std::make_unique<Server>(ServerParts{
        *machine_, *hub_, line_, [](absl::string_view command) { return absl::StrCat("you said ", command, "\n"); }});
    line_.Open();
  }

  // Calls `turn` again and again on the machine's thread, whether the guest runs or not, until it gives false; then
  // the machine ends.
  int Run(std::function<bool()> turn) {
    const int always = eventfd(1, EFD_CLOEXEC);
    const auto id = machine_->events().Watch(always, POLLIN, [&](short) {
      if (!turn()) machine_->Quit();
    });
    const int status = machine_->Run().status;
    machine_->events().Unwatch(id);
    close(always);
    return status;
  }

  // What is sent, and the reply that is expected. What begins with a '$' or is Ctrl-C is sent as it is.
  struct Exchange {
    std::string sent;
    ::testing::Matcher<const std::string&> reply;
  };
  int Talk(std::vector<Exchange> exchanges) {
    size_t next = 0;
    bool waiting = false;
    std::string stream;
    return Run([&] {
      stream += line_.TakeOutput();
      std::string reply;
      if (waiting && !TakePacket(&stream, &reply)) return true;
      if (waiting) Check(exchanges[next++], reply);
      waiting = next < exchanges.size();
      if (waiting) Send(exchanges[next].sent);
      return waiting;
    });
  }
  static void Check(const Exchange& exchange, const std::string& reply) {
    EXPECT_THAT(reply, exchange.reply) << "to " << exchange.sent;
  }
  void Send(const std::string& text) {
    const bool raw = text[0] == '$' || text[0] == '\x03' || text[0] == '-';
    line_.Type(raw ? text : EncodeRaw(text));
  }

  static constexpr char kHello[] = "testdata/riscv64/hello.elf";
  static constexpr char kDebuggee[] = "testdata/riscv64/debuggee.elf";

  Line line_;
  std::unique_ptr<boards::Machine> machine_;
  std::unique_ptr<WatchHub> hub_;
  std::unique_ptr<Server> server_;
};

TEST_P(ServerTest, ASession) {
  Boot(kHello);
  EXPECT_EQ(Talk({
                {"qSupported:multiprocess+;swbreak+;hwbreak+", HasSubstr("PacketSize=4000;qXfer:features:read+")},
                {"vMustReplyEmpty", ""},
                {"?", kStopped},
                {"qXfer:features:read:target.xml:0,40", StartsWith("m<?xml")},
                {"qXfer:features:read:target.xml:100000,40", "l"},
                {"qXfer:features:read:other.xml:0,40", "E00"},
                {"qC", "QC01"},
                {"qAttached", "1"},
                {"qfThreadInfo", "m01"},
                {"qsThreadInfo", "l"},
                {"Hg0", "OK"},
                {"Hc-1", "OK"},
                {"Hg2", "E22"},
                {"T1", "OK"},
                {"T2", "E22"},
                {"p20", "0010000000000000"},
                {"g", ::testing::SizeIs(2 * (33 * 8 + 32 * 8 + 3 * 4))},
                {"P5=8877665544332211", "OK"},
                {"p5", "8877665544332211"},
                {"P0=0100000000000000", HasSubstr("E.register zero")},
                {"pfff1", "E22"},
                {"m80000000,4", "17150000"},
                {"m0,4", "E14"},
                {"M80000100,2:a5b6", "OK"},
                {"X80000102,3:\x01}\x03}]", "OK"},
                {"m80000100,5", "a5b601237d"},
                {"x80000100,5", ::testing::Eq("b\xa5\xb6\x01#}")},
                {"M0,1:00", "E14"},
                {"qRcmd,6869", absl::StrCat("O", TextToHex("you said hi\n"))},
            }),
            0);
}

TEST_P(ServerTest, BreakpointsAndSteps) {
  Boot(kHello);
  Talk({
      {"Z0,80000000,4", "OK"},
      {"vCont;c", "T05thread:01;swbreak:;"},
      {"p20", "0000008000000000"},
      {"z0,80000000,4", "OK"},
      {"s", kStopped},
      {"vCont;s:1;c", kStopped},
      {"p20", "0800008000000000"},
      {"vCont;r80000008,80000012:1", kStopped},
      {"p20", "1200008000000000"},
      {"Z1,8000000c,2", "OK"},
      {"c", "T05thread:01;hwbreak:;"},
      {"c80000000", "T05thread:01;hwbreak:;"},
      {"S05;80000000", kStopped},
      {"p20", "0400008000000000"},
      {"z1,8000000c,2", "OK"},
      {"vCont;C05:1", "W00"},
  });
}

// gdb takes RISC-V to stop before the access, and steps over it without the watchpoint.
TEST_P(ServerTest, Watchpoints) {
  Boot(kHello);
  const uint64_t text = 0x80001000;
  Talk({
      {absl::StrCat("Z3,", absl::Hex(text), ",2"), "OK"},
      {"c", absl::StrCat("T05thread:01;rwatch:", absl::Hex(text), ";")},
      {"p20", "0c00008000000000"},
      {"pc", "2810000000000000"},
      {"s", kStopped},
      {"pc", "4800000000000000"},
      {"c", absl::StrCat("T05thread:01;rwatch:", absl::Hex(text + 1), ";")},
      {absl::StrCat("z3,", absl::Hex(text), ",2"), "OK"},
      {"Z2,80001000,10", "OK"},
      {"Z4,80001002,1", "OK"},
      {"c", absl::StrCat("T05thread:01;awatch:", absl::Hex(text + 2), ";")},
      {"z4,80001002,1", "OK"},
      {"Z2,10000000,1", "OK"},
      {"c", "T05thread:01;watch:10000000;"},
      {"c", "T05thread:01;watch:10000000;"},
      {"z2,10000000,1", "OK"},
      {"c", "W00"},
  });
}

// The used ring's index, the buffer that virtio-rng fills, and its descriptor.
TEST_P(ServerTest, WatchpointsSeeDevices) {
  Boot("testdata/riscv64/dma.elf", {{"virtio-rng-device", {}}});
  const SymbolTable symbols = *SymbolTable::Load("testdata/riscv64/dma.elf");
  const uint64_t rings = symbols.FindByName("rings")->address, buffer = symbols.FindByName("buffer")->address;
  const std::string inside = absl::StrCat(absl::Hex(buffer + 0x1004));
  const std::string descriptor = absl::StrCat(absl::Hex(rings + 4));
  Talk({
      {absl::StrCat("Z3,", inside, ",4"), "OK"},
      {absl::StrCat("Z2,", inside, ",4"), "OK"},
      {"c", absl::StrCat("T05thread:01;watch:", inside, ";")},
      {absl::StrCat("z2,", inside, ",4"), "OK"},
      {absl::StrCat("z3,", inside, ",4"), "OK"},
      {"c", "W00"},
  });
  Boot("testdata/riscv64/dma.elf", {{"virtio-rng-device", {}}});
  Talk({
      {absl::StrCat("Z2,", descriptor, ",1"), "OK"},
      {"c", absl::StrCat("T05thread:01;watch:", descriptor, ";")},  // by the program
      {"s", kStopped},
      {absl::StrCat("z2,", descriptor, ",1"), "OK"},
      {absl::StrCat("Z3,", descriptor, ",1"), "OK"},
      {"c", absl::StrCat("T05thread:01;rwatch:", descriptor, ";")},  // by the device
      {absl::StrCat("z3,", descriptor, ",1"), "OK"},
      {"c", "W00"},
  });
}

TEST_P(ServerTest, ManyStopsAreTakenOutAndPutInWithoutLosingCode) {
  Boot(kDebuggee);
  std::vector<Exchange> talk;
  for (int i = 0; i < 500; ++i) {
    talk.push_back({absl::StrCat("Z0,", absl::Hex(0x80100000 + 4 * i), ",4"), "OK"});
    talk.push_back({absl::StrCat("Z2,", absl::Hex(0x80100000 + 4 * i), ",4"), "OK"});
  }
  talk.push_back({"Z0,80000000,4", "OK"});
  talk.push_back({"c", "T05thread:01;swbreak:;"});
  for (int i = 0; i < 20; ++i) {
    talk.push_back({"z0,80000000,4", "OK"});
    talk.push_back({"s", kStopped});
    talk.push_back({"Z0,80000000,4", "OK"});
    talk.push_back({"s80000000", kStopped});
  }
  Talk(std::move(talk));
  EXPECT_EQ(machine_->processor().engine().counters().discards, 0u);
}

TEST_P(ServerTest, Settings) {
  Boot(kHello);
  Talk({
      {"qqemu.sstepbits", "ENABLE=1,NOIRQ=2,NOTIMER=4"},
      {"qqemu.sstep", "0x7"},
      {"Qqemu.sstep=0x1", "OK"},
      {"qqemu.sstep", "0x1"},
      {"Qqemu.sstep=0", "E22"},
      {"Qqemu.sstep=8", "E22"},
      {"s", kStopped},
      {"qqemu.PhyMemMode", "0"},
      {"Qqemu.PhyMemMode:1", "OK"},
      {"qqemu.PhyMemMode", "1"},
      {"Qqemu.PhyMemMode:", "E22"},
      {"vCont?", "vCont;c;C;s;S;t;r"},
      {"qSupported:error-message+", HasSubstr("error-message+")},
      {"m0,4", "E.no memory there"},
      {"?", kStopped},
      {"m0,4", "E.no memory there"},
  });
}

TEST_P(ServerTest, AcknowledgementsAndTheirEnd) {
  Boot(kHello);
  std::string seen;
  int turn = 0;
  Run([&] {
    static const char* const kSent[] = {"$qC#b4", "+", "$qC#00", "$qC#b4", "-", "$QStartNoAckMode#b0", "$qC#b4", "-"};
    line_.Type(kSent[turn]);
    seen += line_.TakeOutput() + " ";
    return ++turn < 8;
  });
  EXPECT_EQ(seen, "+$QC01#f5  - +$QC01#f5 $QC01#f5 +$OK#9a $QC01#f5  ");
}

TEST_P(ServerTest, InterruptAttachDetach) {
  Boot(kDebuggee);
  machine_->control().Resume();
  line_.Open();
  int turn = 0;
  bool ran = false;
  EXPECT_TRUE(machine_->control().paused());
  Run([&] {
    std::string output = line_.TakeOutput(), reply;
    switch (turn++) {
      case 0:
        return Send("Z0,80000000,4"), true;
      case 1:
        return Send("D;1"), true;
      case 2:
        EXPECT_FALSE(machine_->control().paused());
        return line_.Close(), line_.Open(), true;
      case 3:
        EXPECT_TRUE(machine_->control().paused());
        return Send("c"), true;
      case 4:
        ran = !machine_->control().paused() && output == "+";
        return Send("\x03"), true;
      case 5:
        return --turn, absl::StrContains(output, "$T02thread:01;#") ? turn = 6, true : true;
      default:
        EXPECT_TRUE(machine_->control().paused());
        return line_.Close(), false;
    }
  });
  EXPECT_TRUE(ran);
}

TEST_P(ServerTest, TheGuestsEndIsTold) {
  Boot("testdata/riscv64/exit_code.elf");
  EXPECT_EQ(Talk({{"c", "W2a"}}), 42);
}

TEST_P(ServerTest, TheUsersEndIsTold) {
  Boot(kDebuggee);
  int turn = 0;
  Run([&] {
    if (turn++ == 0) Send("c");
    return turn < 4;
  });
  EXPECT_THAT(line_.output(), HasSubstr("$X0f#"));
}

TEST_P(ServerTest, KillEndsTheMachine) {
  Boot(kDebuggee);
  EXPECT_EQ(Talk({{"vKill;1", "OK"}}), 0);
}

std::string Mutated(std::string packet, std::mt19937& random) {
  for (unsigned changes = random() % 4; changes > 0 && !packet.empty(); --changes) {
    const size_t at = random() % packet.size();
    switch (random() % 4) {
      case 0:
        packet[at] = static_cast<char>(random());
        break;
      case 1:
        packet.erase(at, random() % 5);
        break;
      case 2:
        packet.insert(at, packet.substr(random() % packet.size()));
        break;
      default:
        packet.insert(at, absl::StrCat(absl::Hex(random())));
    }
  }
  return packet;
}

// Each gets an answer or makes the guest run, and the server goes on.
TEST_P(ServerTest, NoiseIsAnswered) {
  Boot(kDebuggee);
  static constexpr const char* kSeeds[] = {"qSupported:a+;error-message+",
                                           "?",
                                           "g",
                                           "G00",
                                           "p20",
                                           "P5=0000000000000000",
                                           "m80000000,100",
                                           "M80100000,4:00000000",
                                           "X80100000,4:abcd",
                                           "x80000000,40",
                                           "Z0,80000100,4",
                                           "z0,80000100,4",
                                           "Z2,80003000,8",
                                           "Z3,80003000,ffffffff",
                                           "Z4,0,1",
                                           "z2,80003000,8",
                                           "c",
                                           "s",
                                           "C05;80000000",
                                           "S05",
                                           "vCont;c",
                                           "vCont;s:1;c",
                                           "vCont;r80000000,80000100:1",
                                           "vCont;t",
                                           "vCont?",
                                           "Hg1",
                                           "T1",
                                           "D",
                                           "qRcmd,00ff",
                                           "qXfer:features:read:target.xml:0,fff",
                                           "qqemu.sstep",
                                           "Qqemu.sstep=7",
                                           "Qqemu.PhyMemMode:1",
                                           "qThreadExtraInfo,1",
                                           "qC",
                                           "!",
                                           "vAttach;1"};
  std::mt19937 random(3);
  int turn = 0;
  Run([&] {
    std::string packet = Mutated(kSeeds[random() % std::size(kSeeds)], random);
    if (absl::StartsWith(packet, "k") || absl::StartsWith(packet, "vKill")) packet = "g";
    line_.Type(random() % 8 == 0 ? packet : EncodePacket(packet));
    if (random() % 8 == 0) line_.Type("\x03");
    // While the guest runs, turns are rare.
    if (random() % 16 != 0) machine_->control().Pause(boards::PauseReason::kUser);
    if (random() % 500 == 0) line_.Close(), line_.Open();
    return ++turn < 3000;
  });
  line_.TakeOutput();
  line_.Type("#00\x03");
  Send("qC");
  EXPECT_THAT(line_.output(), HasSubstr("$QC01#f5"));
}

INSTANTIATE_TEST_SUITE_P(Accels, ServerTest, ::testing::Values(boards::Accel::kJit, boards::Accel::kInterp),
                         [](const auto& info) { return info.param == boards::Accel::kJit ? "Jit" : "Interp"; });

}  // namespace
}  // namespace emu::debug::gdb
