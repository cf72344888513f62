// Keys on a terminal in memory.
#include "debug/terminal/edited_console.h"

#include <stdlib.h>

#include <memory>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "debug/terminal/plain_console.h"
#include "devices/char_mux.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace emu::debug {
namespace {

using ::testing::HasSubstr;

class Terminal : public devices::MemoryBackend {
 public:
  bool IsTerminal() const override { return true; }
};

class EditedConsoleTest : public ::testing::Test {
 protected:
  // The user's own keys and terminal would make a difference.
  static void SetUpTestSuite() {
    setenv("INPUTRC", "/dev/null", 1);
    setenv("TERM", "xterm", 1);
  }
  ConsoleParts Parts(devices::CharBackend& backend) {
    ConsoleParts parts{backend};
    parts.banner = "welcome";
    parts.prompt = "(emu) ";
    parts.execute = [this](absl::string_view line) {
      lines_ += absl::StrCat("[", line, "]");
      return absl::StrCat("did ", line, "\n");
    };
    parts.complete = [this](absl::string_view line) {
      asked_ = std::string(line);
      return absl::StartsWith(line, "info ") ? std::vector<std::string>{"mem", "mtree", "registers"}
                                             : std::vector<std::string>{"info", "quit"};
    };
    parts.ended = [this] { return ended_; };
    parts.screen_size = [] { return std::make_pair(24, 80); };
    return parts;
  }
  // The lines that `keys` gave.
  std::string Lines(absl::string_view keys) {
    lines_.clear();
    terminal_.Type(keys);
    return lines_;
  }

  Terminal terminal_;
  std::string lines_, asked_;
  bool ended_ = false;
};

TEST_F(EditedConsoleTest, EchoesAndAnswers) {
  EditedConsole console(Parts(terminal_));
  EXPECT_EQ(terminal_.TakeOutput(), "welcome\n(emu) ");
  EXPECT_EQ(Lines("inf"), "");
  EXPECT_EQ(terminal_.TakeOutput(), "inf");
  EXPECT_EQ(Lines("o x\r"), "[info x]");
  EXPECT_EQ(terminal_.TakeOutput(), "o x\ndid info x\n(emu) ");
}

TEST_F(EditedConsoleTest, Editing) {
  EditedConsole console(Parts(terminal_));
  EXPECT_EQ(Lines("bc\x01"
                  "a\x05"
                  "d\r"),
            "[abcd]");  // Ctrl-A, Ctrl-E
  EXPECT_EQ(Lines("abx\x7f"
                  "c\x1b[D\x1b[DX\r"),
            "[aXbc]");                                    // backspace, cursor left
  EXPECT_EQ(Lines("one two\x17three\r"), "[one three]");  // Ctrl-W
  EXPECT_EQ(Lines("x\x04\x01\x04y\r"), "[y]");            // Ctrl-D deletes
  EXPECT_EQ(Lines("abandoned\x03kept\r"), "[kept]");      // Ctrl-C
  EXPECT_EQ(Lines("\xc3\xa9\x7fz\r").back(), ']');
}

// As they come through a slow line.
TEST_F(EditedConsoleTest, KeysInPieces) {
  EditedConsole console(Parts(terminal_));
  for (const char* piece : {"a", "c", "\x1b", "[", "D", "b", "\r"}) terminal_.Type(piece);
  EXPECT_EQ(lines_, "[abc]");
}

TEST_F(EditedConsoleTest, History) {
  EditedConsole console(Parts(terminal_));
  EXPECT_EQ(Lines("first\rsecond\rsecond\r"), "[first][second][second]");
  EXPECT_EQ(Lines("\x1b[A\x1b[A\r"), "[first]") << "the same line twice is kept once";
  EXPECT_EQ(Lines("fi\x12\r"), "[first]") << "Ctrl-R searches what begins so";
}

TEST_F(EditedConsoleTest, Completion) {
  EditedConsole console(Parts(terminal_));
  EXPECT_EQ(Lines("in\t\r"), "[info ]");
  EXPECT_EQ(Lines("info r\t\r"), "[info registers ]");
  EXPECT_EQ(asked_, "info r");
  terminal_.TakeOutput();
  EXPECT_EQ(Lines("info m\t\t\t"), "");
  EXPECT_THAT(terminal_.TakeOutput(), HasSubstr("mem    mtree"));
  EXPECT_EQ(Lines("e\t\r"), "[info mem ]");
  EXPECT_EQ(Lines("zz\t\r"), "[zz]") << "no file names";
}

TEST_F(EditedConsoleTest, WhatTerminalsPutAroundPastedTextIsLeftOut) {
  EditedConsole console(Parts(terminal_));
  EXPECT_EQ(Lines("\x1b[200~" + std::string(64, 'x') + "\x1b[201~\r"), "[" + std::string(64, 'x') + "]");
}

TEST_F(EditedConsoleTest, CtrlDOnAnEmptyLineDoesNothing) {
  EditedConsole console(Parts(terminal_));
  EXPECT_EQ(Lines("\x04\x04x\r"), "[x]");
}

TEST_F(EditedConsoleTest, LinesByThemselvesLeaveWhatIsTyped) {
  EditedConsole console(Parts(terminal_));
  terminal_.Type("half");
  terminal_.TakeOutput();
  console.Print("a hit");
  const std::string output = terminal_.TakeOutput();
  EXPECT_THAT(output, HasSubstr("a hit\n"));
  EXPECT_EQ(output.substr(output.find("a hit\n") + 6), "(emu) half");
  EXPECT_EQ(Lines("way\r"), "[halfway]");
}

TEST_F(EditedConsoleTest, TheEnd) {
  EditedConsole console(Parts(terminal_));
  ended_ = true;
  EXPECT_EQ(Lines("quit\rmore\r"), "[quit]");
  EXPECT_THAT(terminal_.TakeOutput(), testing::EndsWith("did quit\n"));
}

TEST_F(EditedConsoleTest, BesideASerialPort) {
  auto* terminal = new Terminal;
  devices::CharMux mux{std::unique_ptr<devices::CharBackend>(terminal)};
  std::string serial;
  devices::CharFrontend frontend;
  frontend.can_receive = [] { return size_t{100}; };
  frontend.receive = [&](absl::string_view bytes) { serial.append(bytes.data(), bytes.size()); };
  mux.AddPort()->SetFrontend(std::move(frontend));
  EditedConsole console(Parts(*mux.AddPort()));
  EXPECT_EQ(terminal->TakeOutput(), "");
  terminal->Type(
      "one\x01"
      "ctwo\r");
  EXPECT_EQ(terminal->TakeOutput(), "\nwelcome\n(emu) two\ndid two\n(emu) ");
  terminal->Type(
      "thr\x01"
      "cserial\x01"
      "cee\r");
  EXPECT_EQ(lines_, "[two][three]") << "a line that has begun waits";
  EXPECT_EQ(serial, "oneserial");
}

TEST_F(EditedConsoleTest, OneTerminalIsEdited) {
  Terminal second;
  {
    const std::unique_ptr<Console> edited = MakeConsole(Parts(terminal_));
    EXPECT_NE(dynamic_cast<EditedConsole*>(edited.get()), nullptr);
    const std::unique_ptr<Console> plain = MakeConsole(Parts(second));
    EXPECT_NE(dynamic_cast<PlainConsole*>(plain.get()), nullptr);
  }
  const std::unique_ptr<Console> again = MakeConsole(Parts(second));
  EXPECT_NE(dynamic_cast<EditedConsole*>(again.get()), nullptr);
  devices::MemoryBackend pipe;
  EXPECT_NE(dynamic_cast<PlainConsole*>(MakeConsole(Parts(pipe)).get()), nullptr);
}

// Whatever is typed, Ctrl-G and Ctrl-C lead back to an empty line.
TEST_F(EditedConsoleTest, Fuzz) {
  EditedConsole console(Parts(terminal_));
  std::mt19937 random(11);
  static constexpr absl::string_view kLikely = "\x1b[A\x1b[200~\t\t\x12\x16\x18\x13\x1f\x14\x19\x1by\x1b<0123~;\x7f";
  for (int round = 0; round < 3000; ++round) {
    std::string keys;
    for (size_t count = random() % 30; count > 0; --count) {
      if (random() % 2 == 0) {
        const size_t from = random() % kLikely.size();
        absl::StrAppend(&keys, kLikely.substr(from, 1 + random() % 4));
      } else {
        keys.push_back(static_cast<char>(random()));
      }
    }
    terminal_.Type(keys);
    terminal_.Type("\x07\x07\x03\x03");
    ASSERT_EQ(Lines("sane\r"), "[sane]") << round << ": " << keys;
    terminal_.TakeOutput();
  }
}

}  // namespace
}  // namespace emu::debug
