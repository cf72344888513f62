#include "devices/char_mux.h"

#include <gtest/gtest.h>

#include <string>

namespace emu::devices {
namespace {

class CharMuxTest : public testing::Test {
 protected:
  CharMuxTest() {
    Listen(console_, console_got_);
    Listen(monitor_, monitor_got_);
    mux_.SetQuit([this] { ++quits_; });
  }
  void Listen(CharBackend* port, std::string& got) {
    CharFrontend frontend;
    frontend.can_receive = [this] { return room_; };
    frontend.receive = [&got](absl::string_view bytes) { got.append(bytes.data(), bytes.size()); };
    frontend.event = [&got](CharEvent event) { got += event == CharEvent::kBreak ? "<break>" : ""; };
    port->SetFrontend(std::move(frontend));
  }

  MemoryBackend* terminal_ = new MemoryBackend;
  CharMux mux_{std::unique_ptr<CharBackend>(terminal_)};
  CharBackend* console_ = mux_.AddPort();
  CharBackend* monitor_ = mux_.AddPort();
  std::string console_got_, monitor_got_;
  size_t room_ = 100;
  int quits_ = 0;
};

TEST_F(CharMuxTest, EscapesAreTakenOutOfTheInput) {
  terminal_->Type(
      "ab\x01"
      "acd\x01"
      "b\x01");
  terminal_->Type(
      "\x01"
      "e\x01x");
  EXPECT_EQ(console_got_,
            "ab\x01"
            "cd<break>\x01"
            "e");
  EXPECT_EQ(quits_, 1);
}

TEST_F(CharMuxTest, FocusMovesAndOutputIsMixed) {
  terminal_->Type(
      "one\x01"
      "ctwo\x01"
      "Cthree");
  EXPECT_EQ(console_got_, "onethree");
  EXPECT_EQ(monitor_got_, "two");
  console_->Write("C");
  monitor_->Write("M");
  EXPECT_EQ(terminal_->output(), "CM");
}

TEST_F(CharMuxTest, PortsAreToldOfTheFocus) {
  std::string told;
  CharFrontend frontend;
  frontend.event = [&](CharEvent event) {
    told += event == CharEvent::kFocusIn ? "in " : event == CharEvent::kFocusOut ? "out " : "? ";
  };
  monitor_->SetFrontend(std::move(frontend));
  EXPECT_TRUE(console_->HasFocus());
  EXPECT_FALSE(monitor_->HasFocus());
  terminal_->Type(
      "\x01"
      "c");
  EXPECT_EQ(told, "in ");
  EXPECT_TRUE(monitor_->HasFocus());
  EXPECT_FALSE(console_->HasFocus());
  terminal_->Type(
      "\x01"
      "c");
  EXPECT_EQ(told, "in out ");
}

TEST_F(CharMuxTest, HelpNamesTheKeys) {
  terminal_->Type("\x01h");
  EXPECT_EQ(terminal_->output(), CharMux::HelpText());
  EXPECT_NE(terminal_->output().find("Ctrl-A X"), std::string::npos);
}

TEST_F(CharMuxTest, AHungGuestCanBeQuit) {
  room_ = 0;
  terminal_->Type("anybody there?\x01x");
  EXPECT_EQ(quits_, 1);
  room_ = 100;
  console_->AcceptInput();
  EXPECT_EQ(console_got_, "anybody there?");
}

TEST_F(CharMuxTest, AFullPortHoldsTheTerminalBackAndLosesNothing) {
  room_ = 0;
  const std::string much(100 << 10, 'x');
  terminal_->Type(much);
  EXPECT_GT(terminal_->pending(), 0u);
  room_ = much.size();
  console_->AcceptInput();
  EXPECT_EQ(console_got_, much);
  EXPECT_EQ(terminal_->pending(), 0u);
}

}  // namespace
}  // namespace emu::devices
