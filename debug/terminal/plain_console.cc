#include "debug/terminal/plain_console.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace emu::debug {

using devices::CharEvent;

PlainConsole::PlainConsole(ConsoleParts parts) : parts_(std::move(parts)) {
  if (parts_.backend.HasFocus()) Begin();
  devices::CharFrontend frontend;
  frontend.can_receive = [this]() -> size_t { return parts_.backend.queued() < kMaxQueued ? 4096 : 0; };
  frontend.receive = [this](absl::string_view bytes) { Receive(bytes); };
  frontend.event = [this](CharEvent event) { OnEvent(event); };
  parts_.backend.SetFrontend(std::move(frontend));
}

PlainConsole::~PlainConsole() { parts_.backend.SetFrontend({}); }

void PlainConsole::Begin() {
  begun_ = true;
  Write(absl::StrCat(parts_.banner, "\n", parts_.prompt));
}

void PlainConsole::OnEvent(CharEvent event) {
  switch (event) {
    case CharEvent::kOpened:
      return Begin();
    case CharEvent::kClosed:
      line_.clear();
      after_cr_ = too_long_ = false;
      return;
    case CharEvent::kFocusIn:
      return begun_ ? Write(absl::StrCat("\n", parts_.prompt)) : Begin();
    case CharEvent::kFocusOut:
      return Write("\n");
    case CharEvent::kBreak:
      return;
  }
}

void PlainConsole::Receive(absl::string_view bytes) {
  for (const char c : bytes) Take(c);
}

// A line ends with CR, LF or both; terminals send CR.
void PlainConsole::Take(char c) {
  const bool after_cr = std::exchange(after_cr_, c == '\r');
  if (c == '\n' && after_cr) return;
  if (c == '\n' || c == '\r') return TakeLine();
  too_long_ |= line_.size() == kMaxLine;
  if (!too_long_) line_.push_back(c);
}

void PlainConsole::TakeLine() {
  const std::string line = std::exchange(line_, {});
  if (parts_.ended && parts_.ended()) return;
  const bool too_long = std::exchange(too_long_, false);
  const std::string answer =
      too_long ? absl::StrCat("a line of more than ", kMaxLine, " characters is no command\n") : parts_.execute(line);
  const bool ended = parts_.ended && parts_.ended();
  Write(absl::StrCat(answer, ended ? "" : parts_.prompt));
}

void PlainConsole::Print(absl::string_view line) {
  if (begun_ && parts_.backend.queued() < kMaxQueued) Write(absl::StrCat(line, "\n"));
}

void PlainConsole::Write(absl::string_view text) {
  parts_.backend.Write(parts_.crlf ? absl::StrReplaceAll(text, {{"\n", "\r\n"}}) : std::string(text));
}

}  // namespace emu::debug
