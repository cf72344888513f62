// Clients of a machine that runs a bare-metal program.
#include "debug/qmp/qmp_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "boards/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

namespace json = llvm::json;
using devices::MemoryBackend;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kHello[] = "testdata/riscv64/hello.elf";        // powers off
constexpr char kEndless[] = "boards/riscv/testdata/echo.elf";  // waits for input
constexpr char kStop[] = "{\"event\":\"STOP\",\"timestamp\":T}";
constexpr char kResume[] = "{\"event\":\"RESUME\",\"timestamp\":T}";
constexpr char kReturn[] = "{\"return\":{}}";

std::string Request(absl::string_view command) { return absl::StrCat("{\"execute\":\"", command, "\"}"); }
std::string Shutdown(const char* guest, absl::string_view reason) {
  return absl::StrCat("{\"data\":{\"guest\":", guest, ",\"reason\":\"", reason,
                      "\"},\"event\":\"SHUTDOWN\",\"timestamp\":T}");
}

std::string Reset() {
  return "{\"data\":{\"guest\":false,\"reason\":\"host-qmp-system-reset\"},\"event\":\"RESET\",\"timestamp\":T}";
}

class QmpServerTest : public ::testing::Test {
 protected:
  ~QmpServerTest() override {
    if (tick_ >= 0) close(tick_);
  }
  void Start(const char* program, bool paused, bool no_reboot = false) {
    boards::MachineConfig config;
    config.kernel = program;
    config.bios = "none";
    config.ram_bytes = 32 << 20;
    config.deterministic = true;
    config.start_paused = paused;
    config.exit_on_reset = no_reboot;
    auto machine = (*boards::FindBoard("virt"))->make(config);
    ASSERT_TRUE(machine.ok()) << machine.status();
    machine_ = *std::move(machine);
    QmpParts parts{*machine_};
    parts.name = "guest one";
    parts.monitor = [](absl::string_view line) { return absl::StrCat("did ", line, "\n"); };
    parts.monitor_json = [](absl::string_view line) { return json::Value(json::Array{std::string(line)}); };
    server_ = std::make_unique<QmpServer>(std::move(parts), [] { return timeval{12, 34}; });
    server_->Serve(client_);
    client_.Type(Request("qmp_capabilities"));
    client_.TakeOutput();
  }
  // Runs the machine to its end; the client sends a line each time that the machine looks at its input.
  std::vector<std::string> Run(std::vector<std::string> requests) {
    tick_ = eventfd(1, 0);
    size_t next = 0;
    machine_->events().Watch(tick_, POLLIN, [&](short) {
      if (next < requests.size()) client_.Type(requests[next++]);
    });
    status_ = machine_->Run().status;
    EXPECT_EQ(next, requests.size()) << "the machine ended early";
    return Lines();
  }
  std::vector<std::string> Lines() {
    std::string text = client_.TakeOutput();
    const std::string stamp = "{\"microseconds\":34,\"seconds\":12}";
    for (size_t at; (at = text.find(stamp)) != std::string::npos;) text.replace(at, stamp.size(), "T");
    return absl::StrSplit(absl::StripSuffix(text, "\r\n"), "\r\n");
  }
  std::string Ask(absl::string_view command, absl::string_view arguments = "{}") {
    client_.TakeOutput();
    client_.Type(absl::StrCat("{\"execute\":\"", command, "\",\"arguments\":", arguments, "}"));
    return absl::StrJoin(Lines(), "\n");
  }

  MemoryBackend client_, second_, third_;
  std::unique_ptr<boards::Machine> machine_;
  std::unique_ptr<QmpServer> server_;
  int tick_ = -1;
  int status_ = -1;
};

TEST_F(QmpServerTest, StopContAndQuit) {
  Start(kEndless, false);
  EXPECT_THAT(
      Run({Request("query-status"), Request("stop"), Request("query-status"), Request("stop"), Request("cont"),
           Request("query-status"), Request("cont"), Request("quit")}),
      ElementsAre("{\"return\":{\"running\":true,\"singlestep\":false,\"status\":\"running\"}}", kStop, kReturn,
                  "{\"return\":{\"running\":false,\"singlestep\":false,\"status\":\"paused\"}}", kReturn, kResume,
                  kReturn, "{\"return\":{\"running\":true,\"singlestep\":false,\"status\":\"running\"}}", kReturn,
                  kReturn, Shutdown("false", "host-qmp-quit")));
  EXPECT_EQ(status_, 0);
}

// Each request finds what the one before it wanted.
TEST_F(QmpServerTest, ManyRequestsAtOnce) {
  Start(kEndless, false);
  EXPECT_THAT(
      Run({Request("stop") + Request("query-status") + Request("system_reset") + Request("cont") + Request("stop") +
           Request("quit")}),
      ElementsAre(kStop, kReturn, "{\"return\":{\"running\":false,\"singlestep\":false,\"status\":\"paused\"}}",
                  Reset(), kReturn, kResume, kReturn, kStop, kReturn, kReturn, Shutdown("false", "host-qmp-quit")));
}

TEST_F(QmpServerTest, AStopTakenBackAtOnceIsSeenToo) {
  Start(kEndless, false);
  server_->commands().Add("hurry", [this] {
    machine_->control().Pause(boards::PauseReason::kUser);
    machine_->control().Resume();
    return absl::OkStatus();
  });
  EXPECT_THAT(Run({Request("hurry"), Request("quit")}),
              ElementsAre(kStop, kResume, kReturn, kReturn, Shutdown("false", "host-qmp-quit")));
}

TEST_F(QmpServerTest, AnAnswerThatWaitsForWhatNeverComes) {
  Start(kEndless, false);
  server_->commands().Add("end", [this] {
    machine_->control().Pause(boards::PauseReason::kUser);
    machine_->Interrupt();
    return absl::OkStatus();
  });
  EXPECT_THAT(Run({Request("end")}), ElementsAre(kReturn, Shutdown("false", "host-signal")));
}

TEST_F(QmpServerTest, BeforeTheStart) {
  Start(kHello, true);
  EXPECT_THAT(Ask("query-status"), HasSubstr("\"prelaunch\""));
  const auto lines = Run({Request("system_reset"), Request("query-status"), Request("cont")});
  EXPECT_THAT(lines, ElementsAre(Reset(), kReturn,
                                 "{\"return\":{\"running\":false,\"singlestep\":false,\"status\":\"prelaunch\"}}",
                                 kResume, kReturn, Shutdown("true", "guest-shutdown")));
}

TEST_F(QmpServerTest, AResetThatEndsTheRun) {
  Start(kEndless, false, /*no_reboot=*/true);
  EXPECT_THAT(Run({Request("system_reset")}), ElementsAre(kReturn, Shutdown("false", "host-qmp-system-reset")));
}

TEST_F(QmpServerTest, StoppedByADebugger) {
  Start(kEndless, true);
  machine_->control().Resume();
  machine_->control().Pause(boards::PauseReason::kBreakpoint);
  EXPECT_THAT(Ask("query-status"), HasSubstr("\"debug\""));
}

TEST_F(QmpServerTest, EventsReachEveryClientThatHasNegotiated) {
  Start(kHello, false);
  server_->Serve(second_);
  server_->Serve(third_, /*pretty=*/true);
  second_.Type(Request("qmp_capabilities"));
  second_.TakeOutput();
  third_.TakeOutput();
  EXPECT_THAT(Run({}), ElementsAre(Shutdown("true", "guest-shutdown")));
  EXPECT_THAT(second_.output(), HasSubstr("SHUTDOWN"));
  EXPECT_EQ(third_.output(), "");
}

TEST_F(QmpServerTest, Queries) {
  Start(kHello, true);
  EXPECT_THAT(Ask("query-version"), HasSubstr("\"qemu\":{\"major\":"));
  EXPECT_EQ(Ask("query-name"), "{\"return\":{\"name\":\"guest one\"}}");
  EXPECT_EQ(Ask("query-kvm"), "{\"return\":{\"enabled\":false,\"present\":false}}");
  EXPECT_EQ(Ask("query-target"), "{\"return\":{\"arch\":\"riscv64\"}}");
  EXPECT_EQ(Ask("query-memory-size-summary"), "{\"return\":{\"base-memory\":33554432}}");
  EXPECT_EQ(Ask("query-chardev"), "{\"return\":[]}");
  EXPECT_THAT(Ask("query-cpus-fast"), HasSubstr("\"cpu-index\":0,\"props\":{\"core-id\":0},\"qom-path\":"));
  EXPECT_THAT(Ask("query-cpus-fast"), HasSubstr("\"target\":\"riscv64\""));
  EXPECT_THAT(Ask("query-machines"), HasSubstr("\"alias\":\"virt\""));
  EXPECT_THAT(Ask("query-commands"), HasSubstr("{\"name\":\"system_reset\"}"));
}

TEST_F(QmpServerTest, Monitor) {
  Start(kHello, true);
  EXPECT_EQ(Ask("human-monitor-command", "{\"command-line\":\"info x\"}"), "{\"return\":\"did info x\\r\\n\"}");
  EXPECT_EQ(Ask("human-monitor-command", "{\"command-line\":\"\",\"cpu-index\":0}"), "{\"return\":\"did \\r\\n\"}");
  EXPECT_THAT(Ask("human-monitor-command", "{\"command-line\":\"\",\"cpu-index\":1}"), HasSubstr("no CPU 1, only 0"));
  EXPECT_EQ(Ask("x-monitor-json", "{\"command-line\":\"info x\"}"), "{\"return\":[\"info x\"]}");
}

TEST_F(QmpServerTest, PowerButton) {
  Start(kHello, true);
  if (machine_->PowerButton()) {
    EXPECT_EQ(Ask("system_powerdown"), absl::StrCat("{\"event\":\"POWERDOWN\",\"timestamp\":T}\n", kReturn));
  } else {
    EXPECT_THAT(Ask("system_powerdown"), HasSubstr("no power button"));
  }
}

TEST_F(QmpServerTest, MemoryToAFile) {
  Start(kHello, true);
  const std::string path = ::testing::TempDir() + "/saved";
  const std::vector<uint8_t> wanted = {'a', 'b', 'c', 'd'};
  ASSERT_EQ(machine_->memory().Write(memory::Gpa(0x80020000), wanted), memory::MemStatus::kOk);
  const auto arguments = [&](const std::string& at, int size) {
    return absl::StrCat("{\"val\":", at, ",\"size\":", size, ",\"filename\":\"", path, "\"}");
  };
  EXPECT_EQ(Ask("pmemsave", arguments("2147614720", 70000)), kReturn);
  std::ifstream file(path);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes.substr(0, 5), std::string("abcd\0", 5));
  EXPECT_EQ(bytes.size(), 70000u);
  EXPECT_THAT(Ask("pmemsave", arguments("64", 4)), HasSubstr("not all of 0x40 to 0x43 can be read"));
  EXPECT_THAT(Ask("pmemsave", arguments("18446744073709551612", 4)), HasSubstr("0xfffffffffffffffc"));
  EXPECT_THAT(Ask("pmemsave", arguments("-4", 8)), HasSubstr("0xfffffffffffffffc"));
  EXPECT_THAT(Ask("pmemsave", arguments("0", -1)), HasSubstr("-1 is negative"));
  EXPECT_THAT(Ask("pmemsave", "{\"val\":0,\"size\":1,\"filename\":\"/nonexistent/x\"}"), HasSubstr("/nonexistent/x"));
  // Addresses are physical in machine mode.
  EXPECT_EQ(Ask("memsave", arguments("2147614720", 4)), kReturn);
  EXPECT_THAT(Ask("memsave", arguments("0", 1)), HasSubstr("memsave: "));
  EXPECT_THAT(Ask("memsave", R"({"val":0,"size":1,"filename":"x","cpu-index":1})"), HasSubstr("no CPU 1"));
}

}  // namespace
}  // namespace emu::debug
