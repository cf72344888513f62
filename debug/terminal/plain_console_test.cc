#include "debug/terminal/plain_console.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "devices/char_mux.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using devices::MemoryBackend;

class Peer : public MemoryBackend {
 public:
  void Come() { SendEvent(devices::CharEvent::kOpened); }
  void Go() { SendEvent(devices::CharEvent::kClosed); }
  size_t queued() const override { return queued_; }
  size_t queued_ = 0;
};

class PlainConsoleTest : public ::testing::Test {
 protected:
  ConsoleParts Parts(devices::CharBackend& backend, bool crlf) {
    ConsoleParts parts{backend};
    parts.banner = "welcome";
    parts.prompt = "> ";
    parts.execute = [this](absl::string_view line) {
      lines_ += absl::StrCat("[", line, "]");
      return line.empty() ? "" : absl::StrCat("did ", line, "\n");
    };
    parts.ended = [this] { return ended_; };
    parts.crlf = crlf;
    return parts;
  }
  Peer peer_;
  std::string lines_;
  bool ended_ = false;
};

TEST_F(PlainConsoleTest, AnswersLinesWithoutEcho) {
  PlainConsole console(Parts(peer_, false));
  EXPECT_EQ(peer_.TakeOutput(), "welcome\n> ");
  peer_.Type("info a\ninfo");
  EXPECT_EQ(peer_.TakeOutput(), "did info a\n> ");
  peer_.Type(" b\r\n\nc\rd\r");
  EXPECT_EQ(lines_, "[info a][info b][][c][d]");
}

TEST_F(PlainConsoleTest, LinesEndAsTerminalsWantThem) {
  PlainConsole console(Parts(peer_, true));
  peer_.Type("x\n");
  console.Print("by itself");
  EXPECT_EQ(peer_.TakeOutput(), "welcome\r\n> did x\r\n> by itself\r\n");
}

TEST_F(PlainConsoleTest, EachPeerIsWelcomed) {
  PlainConsole console(Parts(peer_, false));
  peer_.Type("half");
  peer_.Go();
  peer_.TakeOutput();
  peer_.Come();
  peer_.Type("whole\n");
  EXPECT_EQ(peer_.TakeOutput(), "welcome\n> did whole\n> ");
}

TEST_F(PlainConsoleTest, LongLinesAreRefused) {
  PlainConsole console(Parts(peer_, false));
  peer_.Type(std::string(PlainConsole::kMaxLine, 'x') + "\n");
  EXPECT_EQ(lines_.size(), PlainConsole::kMaxLine + 2);
  peer_.TakeOutput();
  peer_.Type(std::string(10 * PlainConsole::kMaxLine, 'x') + "\nshort\n");
  EXPECT_EQ(peer_.TakeOutput(), "a line of more than 65536 characters is no command\n> did short\n> ");
}

TEST_F(PlainConsoleTest, WhoDoesNotReadIsNotListenedTo) {
  PlainConsole console(Parts(peer_, false));
  peer_.queued_ = PlainConsole::kMaxQueued;
  peer_.TakeOutput();
  peer_.Type("x\n");
  console.Print("by itself");
  EXPECT_EQ(peer_.TakeOutput(), "");
  peer_.queued_ = 0;
  peer_.AcceptInput();
  EXPECT_EQ(peer_.TakeOutput(), "did x\n> ");
}

TEST_F(PlainConsoleTest, TheLastAnswerHasNoPrompt) {
  PlainConsole console(Parts(peer_, false));
  peer_.TakeOutput();
  ended_ = true;
  peer_.Type("x\n");
  EXPECT_EQ(peer_.TakeOutput(), "");
}

TEST_F(PlainConsoleTest, BesideASerialPort) {
  auto* terminal = new MemoryBackend;
  devices::CharMux mux{std::unique_ptr<devices::CharBackend>(terminal)};
  mux.AddPort();
  PlainConsole console(Parts(*mux.AddPort(), false));
  EXPECT_EQ(terminal->TakeOutput(), "");
  terminal->Type(
      "\x01"
      "cone\n");
  EXPECT_EQ(terminal->TakeOutput(), "welcome\n> did one\n> ");
  terminal->Type(
      "\x01"
      "cserial\n\x01"
      "ctwo\n");
  EXPECT_EQ(terminal->TakeOutput(), "\n\n> did two\n> ");
}

}  // namespace
}  // namespace emu::debug
