// emu's monitors as people and programs use them: on a terminal, on sockets, by QMP.
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kPatienceMs = 60'000;  // before something is said to have failed

// A descriptor to read from until something has come.
class Talk {
 public:
  explicit Talk(int fd) : fd_(fd) {}
  ~Talk() { Close(); }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  void Say(const std::string& text) {
    ASSERT_EQ(write(fd_, text.data(), text.size()), static_cast<ssize_t>(text.size())) << strerror(errno);
  }
  // All up to the end of `text`, which is taken.
  std::string Until(const std::string& text) {
    size_t at;
    while ((at = heard_.find(text)) == std::string::npos) {
      if (!Read()) {
        ADD_FAILURE() << "\"" << text << "\" has not come; instead: " << heard_;
        return std::exchange(heard_, "");
      }
    }
    const std::string result = heard_.substr(0, at + text.size());
    heard_.erase(0, result.size());
    return result;
  }
  std::string Rest() {
    while (Read()) {
    }
    return std::exchange(heard_, "");
  }
  // The next answer or event.
  std::string Line() { return Until("\r\n"); }
  std::string Ask(const std::string& request) { return Say(request), Line(); }

 private:
  bool Read() {
    pollfd item = {fd_, POLLIN, 0};
    char buffer[4096];
    if (poll(&item, 1, kPatienceMs) <= 0) return false;
    const ssize_t count = read(fd_, buffer, sizeof(buffer));
    if (count > 0) heard_.append(buffer, static_cast<size_t>(count));
    return count > 0;
  }
  int fd_;
  std::string heard_;
};

// emu with the guest that waits for a 'q' on its serial port.
class Emu {
 public:
  // On a terminal of its own, unless `terminal` is false.
  explicit Emu(const std::string& flags, bool terminal = true, const char* name = "cli/emu") {
    const std::string command =
        absl::StrCat("exec ", name, " -M virt -bios none -kernel boards/riscv/testdata/echo.elf ", flags);
    int fd = -1;
    winsize size = {24, 80, 0, 0};
    pid_ = terminal ? forkpty(&fd, nullptr, nullptr, &size) : fork();
    if (pid_ == 0) {
      if (!terminal) close(0);
      setenv("TERM", "xterm", 1);
      setenv("INPUTRC", "/dev/null", 1);
      execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      _exit(127);
    }
    if (terminal) terminal_ = std::make_unique<Talk>(fd);
  }
  ~Emu() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  Talk& terminal() { return *terminal_; }
  void Signal(int number) { kill(pid_, number); }
  // The exit status.
  int Wait() {
    if (terminal_ != nullptr) terminal_->Rest();
    int status = -1;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  bool Lives() const { return waitpid(pid_, nullptr, WNOHANG) == 0; }

 private:
  pid_t pid_;
  std::unique_ptr<Talk> terminal_;
};

class MonitorTest : public ::testing::Test {
 protected:
  // Short, because the path of a socket must be (unix(7)); removed at the end.
  MonitorTest() { EXPECT_NE(mkdtemp(folder_), nullptr); }
  ~MonitorTest() override {
    for (const std::string& path : sockets_) unlink(path.c_str());
    rmdir(folder_);
  }
  std::string Socket(const std::string& name) {
    sockets_.push_back(absl::StrCat(folder_, "/", name));
    return sockets_.back();
  }
  // Waits for somebody to listen there.
  static int Connect(const std::string& path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    memcpy(address.sun_path, path.c_str(), path.size());
    for (int tries = 0; tries < kPatienceMs / 10; ++tries) {
      const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) return fd;
      close(fd);
      usleep(10'000);
    }
    ADD_FAILURE() << "nobody listens on " << path;
    return -1;
  }

  char folder_[32] = "/tmp/emuXXXXXX";
  std::vector<std::string> sockets_;
};

constexpr char kCapabilities[] = "{\"execute\":\"qmp_capabilities\"}";
constexpr char kOk[] = "{\"return\":{}}\r\n";

TEST_F(MonitorTest, SerialPortAndMonitorShareTheTerminal) {
  Emu emu("-nographic");
  Talk& t = emu.terminal();
  t.Say(
      "\x01"
      "c");
  t.Until("monitor - 'help' lists the commands\r\n(emu) ");
  t.Say("info stat\t\r");
  EXPECT_THAT(t.Until("(emu) "), HasSubstr("info status \r\nVM status: running\r\n"));
  t.Say("\x1b[A\r");  // the same again
  EXPECT_THAT(t.Until("(emu) "), HasSubstr("VM status: running\r\n"));
  t.Say(
      "\x01"
      "cHAL\x01"
      "c");
  t.Until("IBM");
  t.Say("\rqueit\x1b[D\x1b[D\x7f\r");  // corrected to quit
  EXPECT_EQ(emu.Wait(), 0);
}

TEST_F(MonitorTest, TheTerminalIsTheMonitors) {
  Emu emu("-monitor stdio");
  emu.terminal().Until("(emu) ");
  emu.terminal().Say("info chardev\r");
  EXPECT_THAT(emu.terminal().Until("(emu) "), HasSubstr("filename=stdio"));
  emu.terminal().Say("\x04stop\r");  // Ctrl-D ends nothing
  emu.terminal().Until("stop\r\n(emu) ");
  emu.terminal().Say("\x03");  // Ctrl-C does
  EXPECT_EQ(emu.Wait(), 0);
}

TEST_F(MonitorTest, ThePromptUnderTheOtherName) {
  const std::string name = Socket("qemu-system-riscv64");
  char here[4096];
  ASSERT_NE(getcwd(here, sizeof(here)), nullptr);
  ASSERT_EQ(symlink(absl::StrCat(here, "/cli/emu").c_str(), name.c_str()), 0);
  Emu emu("-monitor stdio", true, name.c_str());
  emu.terminal().Until("(qemu) ");
  emu.terminal().Say("q\r");
  EXPECT_EQ(emu.Wait(), 0);
}

TEST_F(MonitorTest, LinesOnASocket) {
  const std::string path = Socket("mon");
  Emu emu("-display none -serial null -monitor unix:" + path, false);
  for (int round = 0; round < 2; ++round) {
    Talk t(Connect(path));
    t.Until("commands\r\n(emu) ");
    t.Say("info status\nno such thing\n");
    EXPECT_EQ(t.Until("(emu) "), "VM status: running\r\n(emu) ");
    EXPECT_THAT(t.Until("(emu) "), HasSubstr("unknown command"));
  }
  Talk t(Connect(path));
  t.Say("quit\n");
  EXPECT_THAT(t.Rest(), Not(HasSubstr("(emu) (emu)")));
  EXPECT_EQ(emu.Wait(), 0);
}

TEST_F(MonitorTest, SeveralOfAllKinds) {
  const std::string one = Socket("1"), two = Socket("2"), three = Socket("3");
  Emu emu(absl::StrCat("-serial null -qmp unix:", one, ",server=on,wait=off -chardev socket,id=c,path=", two,
                       ",server=on,wait=off -mon chardev=c,mode=control -chardev socket,id=r,path=", three,
                       ",server=on,wait=off -mon r -name guest=g,process=x"),
          false);
  Talk first(Connect(one)), second(Connect(two)), third(Connect(three));
  for (Talk* t : {&first, &second}) {
    EXPECT_THAT(t->Line(), HasSubstr("\"QMP\""));
    EXPECT_EQ(t->Ask(kCapabilities), kOk);
  }
  EXPECT_EQ(first.Ask("{\"execute\":\"query-name\"}"), "{\"return\":{\"name\":\"g\"}}\r\n");
  third.Until("(emu) ");
  third.Say("stop\n");
  EXPECT_THAT(first.Line(), HasSubstr("\"STOP\""));
  EXPECT_THAT(second.Line(), HasSubstr("\"STOP\""));
  second.Say("{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"info status\"}}");
  EXPECT_EQ(second.Line(), "{\"return\":\"VM status: paused\\r\\n\"}\r\n");
  second.Say("{\"execute\":\"x-monitor-json\",\"arguments\":{\"command-line\":\"info status\"}}");
  EXPECT_THAT(second.Line(), HasSubstr("{\"return\":{\""));
  emu.Signal(SIGTERM);
  EXPECT_THAT(first.Line(), HasSubstr("{\"guest\":false,\"reason\":\"host-signal\"}"));
  EXPECT_THAT(second.Line(), HasSubstr("\"SHUTDOWN\""));
  EXPECT_EQ(emu.Wait(), 0);
}

// The exchange of "QMP protocol specification", section "QMP Examples", twice.
TEST_F(MonitorTest, QmpAgainAndAgain) {
  const std::string path = Socket("qmp");
  Emu emu(absl::StrCat("-serial null -qmp unix:", path, ",server=on,wait=off"), false);
  for (int round = 0; round < 2; ++round) {
    Talk t(Connect(path));
    EXPECT_THAT(t.Line(), HasSubstr("\"capabilities\":[]"));
    EXPECT_EQ(t.Ask("{ \"execute\": \"qmp_capabilities\" }"), kOk);
    EXPECT_THAT(t.Ask("{ \"execute\": \"stop\" }"), HasSubstr("\"STOP\""));
    EXPECT_EQ(t.Line(), kOk);
    EXPECT_EQ(t.Ask("{ \"execute\": \"query-kvm\", \"id\": \"example\" }"),
              "{\"id\":\"example\",\"return\":{\"enabled\":false,\"present\":false}}\r\n");
    EXPECT_THAT(t.Ask("{ \"execute\": }"), HasSubstr("GenericError"));
    EXPECT_THAT(t.Ask("{ \"execute\": \"cont\" }"), HasSubstr("\"RESUME\""));
    EXPECT_EQ(t.Line(), kOk);
  }
  Talk t(Connect(path));
  t.Line();
  t.Ask(kCapabilities);
  t.Say("{\"execute\":\"quit\"}");
  EXPECT_THAT(t.Rest(), AllOf(HasSubstr(kOk), HasSubstr("\"reason\":\"host-qmp-quit\"")));
  EXPECT_EQ(emu.Wait(), 0);
}

// Nobody listens to what is said to him; and if somebody does, emu is the one who connects.
TEST_F(MonitorTest, WhoeverListens) {
  const std::string path = Socket("qmp");
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path, path.c_str(), path.size());
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(listen(listener, 1), 0);
  Emu emu("-serial null -qmp unix:" + path, false);
  Talk t(accept(listener, nullptr, nullptr));
  EXPECT_THAT(t.Line(), HasSubstr("\"QMP\""));
  t.Ask(kCapabilities);
  EXPECT_EQ(t.Ask("{\"execute\":\"quit\"}"), kOk);
  EXPECT_EQ(emu.Wait(), 0);
  close(listener);
}

std::string Garbage(std::mt19937& random) {
  static constexpr absl::string_view kLikely = "{}[]\"',:\\ \n\r\x01\xff{\"execute\":\"query-status\"}";
  std::string text;
  for (size_t count = random() % 200; count > 0; --count) {
    text.push_back(random() % 2 == 0 ? kLikely[random() % kLikely.size()] : static_cast<char>(random()));
  }
  return text;
}

TEST_F(MonitorTest, GarbageOnSockets) {
  const std::string qmp = Socket("qmp"), mon = Socket("mon");
  Emu emu(absl::StrCat("-serial null -qmp unix:", qmp, " -monitor unix:", mon), false);
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    Talk control(Connect(qmp)), lines(Connect(mon));
    control.Line();
    control.Ask(kCapabilities);
    for (int i = 0; i < 20; ++i) {
      control.Say(Garbage(random) + "\xff{\"execute\":\"query-kvm\",\"id\":\"sane\"}");
      EXPECT_THAT(control.Until("\"id\":\"sane\""), HasSubstr("error"));
      control.Line();
      std::string text = Garbage(random);
      std::replace(text.begin(), text.end(), 'q', 'Q');  // "q" alone would be a command that works
      lines.Say(text + "\ninfo name\n");
    }
    control.Say("{\"execute\":");  // and gone
  }
  Talk control(Connect(qmp));
  control.Line();
  control.Ask(kCapabilities);
  control.Say(std::string(300'000, '[') + "\n{\"execute\":\"query-kvm\",\"id\":\"sane\"}");
  control.Until("\"id\":\"sane\"");
  EXPECT_TRUE(emu.Lives());
}

}  // namespace
}  // namespace emu::cli
