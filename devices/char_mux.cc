#include "devices/char_mux.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace emu::devices {
namespace {

// Bytes kept for a guest that does not read. So much is taken from the terminal even then, in order that a hung guest
// can still be quit; beyond it the host's own buffers fill.
constexpr size_t kPortLimit = 64 << 10;

constexpr absl::string_view kHelp =
    "\r\n"
    "Ctrl-A H    this help\r\n"
    "Ctrl-A X    quit the emulator\r\n"
    "Ctrl-A C    switch between the console and the monitor\r\n"
    "Ctrl-A B    send a break (magic SysRq)\r\n"
    "Ctrl-A A    send Ctrl-A\r\n";

}  // namespace

class CharMux::Port : public CharBackend {
 public:
  explicit Port(CharMux* mux) : mux_(mux) {}
  void Write(absl::string_view bytes) override { mux_->terminal_->Write(bytes); }
  bool IsTerminal() const override { return mux_->terminal_->IsTerminal(); }
  bool HasFocus() const override {
    return mux_->focus_ < mux_->ports_.size() && mux_->ports_[mux_->focus_].get() == this;
  }
  size_t queued() const override { return mux_->terminal_->queued(); }
  void Give(absl::string_view bytes) { Offer(bytes); }
  void Tell(CharEvent event) { SendEvent(event); }

 private:
  void InputDrained() override { mux_->terminal_->AcceptInput(); }
  CharMux* mux_;
};

CharMux::CharMux(std::unique_ptr<CharBackend> terminal) : terminal_(std::move(terminal)) {
  CharFrontend frontend;
  frontend.can_receive = [this] { return CanReceive(); };
  frontend.receive = [this](absl::string_view bytes) { Receive(bytes); };
  frontend.event = [this](CharEvent event) {
    if (focus_ < ports_.size()) ports_[focus_]->Tell(event);
  };
  terminal_->SetFrontend(std::move(frontend));
}

CharMux::~CharMux() { terminal_->SetFrontend({}); }

CharBackend* CharMux::AddPort() {
  ports_.push_back(std::make_unique<Port>(this));
  return ports_.back().get();
}

absl::string_view CharMux::HelpText() { return kHelp; }

void CharMux::SetFocus(size_t port) {
  if (port >= ports_.size() || port == focus_) return;
  ports_[focus_]->Tell(CharEvent::kFocusOut);
  focus_ = port;
  ports_[focus_]->Tell(CharEvent::kFocusIn);
  if (focus_hook_) focus_hook_(focus_);
}

size_t CharMux::CanReceive() const {
  if (focus_ >= ports_.size()) return 0;
  const size_t pending = ports_[focus_]->pending();
  return pending >= kPortLimit ? 0 : kPortLimit - pending;
}

void CharMux::Receive(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(escaped_, false)) {
      Command(bytes.front());
      bytes.remove_prefix(1);
      continue;
    }
    const size_t plain = std::min(bytes.find(kEscape), bytes.size());
    if (plain > 0) Forward(bytes.substr(0, plain));
    bytes.remove_prefix(plain);
    escaped_ = !bytes.empty();
    if (escaped_) bytes.remove_prefix(1);
  }
}

void CharMux::Forward(absl::string_view bytes) { ports_[focus_]->Give(bytes); }

void CharMux::Command(char key) {
  switch (std::tolower(static_cast<unsigned char>(key))) {
    case kEscape:
    case 'a':
      return Forward(absl::string_view(&kEscape, 1));
    case 'b':
      return ports_[focus_]->Tell(CharEvent::kBreak);
    case 'c':
      return SetFocus((focus_ + 1) % ports_.size());
    case 'h':
    case '?':
      return terminal_->Write(kHelp);
    case 'x':
      if (quit_) quit_();
      return;
    default:
      return;
  }
}

}  // namespace emu::devices
