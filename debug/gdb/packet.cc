#include "debug/gdb/packet.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "debug/gdb/hex.h"

namespace emu::debug::gdb {
namespace {

constexpr char kEscape = '}', kEscapeBit = 0x20, kRun = '*', kInterruptByte = 0x03;

bool IsSpecial(char c) { return c == '$' || c == '#' || c == kEscape || c == kRun; }

// The count of repeats is a printable character, and '#' and '$' are none that can stand there.
constexpr size_t kLeastRun = 3, kMostRun = 126 - 29;
char RunCount(size_t repeats) { return static_cast<char>(29 + repeats); }
size_t UsableRun(size_t repeats) {
  repeats = std::min(repeats, kMostRun);
  return RunCount(repeats) == '#' || RunCount(repeats) == '$' ? 5 : repeats;
}

std::string Escape(absl::string_view payload) {
  std::string out;
  for (char c : payload) {
    if (IsSpecial(c)) out += kEscape;
    out += IsSpecial(c) ? static_cast<char>(c ^ kEscapeBit) : c;
  }
  return out;
}

std::string ShortenRuns(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t end = std::min(text.find_first_not_of(text[i], i), text.size());
    out += text[i];
    const size_t repeats = end - i - 1;
    const size_t run = repeats < kLeastRun ? 0 : UsableRun(repeats);
    if (run != 0) out += {kRun, RunCount(run)};
    i += 1 + run;
  }
  return out;
}

}  // namespace

std::string EncodePacket(absl::string_view payload) {
  const std::string body = ShortenRuns(Escape(payload));
  uint8_t sum = 0;
  for (char c : body) sum += static_cast<uint8_t>(c);
  return absl::StrCat("$", body, "#", absl::Hex(sum, absl::kZeroPad2));
}

void PacketReader::Reset() { state_ = State::kIdle; }

void PacketReader::Feed(absl::string_view bytes, const std::function<void(Event)>& sink) {
  for (char c : bytes) {
    switch (state_) {
      case State::kIdle:
        FeedIdle(c, sink);
        break;
      case State::kPayload:
      case State::kEscape:
        FeedPayload(c);
        break;
      case State::kSum1:
        given_sum_ = HexDigit(c);
        state_ = State::kSum2;
        break;
      case State::kSum2:
        Finish(c, sink);
    }
  }
}

// What is no packet and no sign of its own is noise on the line.
void PacketReader::FeedIdle(char c, const std::function<void(Event)>& sink) {
  if (c == '+') sink(Event::kAck);
  if (c == '-') sink(Event::kNack);
  if (c == kInterruptByte) sink(Event::kInterrupt);
  if (c != '$') return;
  state_ = State::kPayload;
  payload_.clear();
  sum_ = 0;
  too_long_ = false;
}

// A '$' cannot be within a packet: the last one broke off, and this is the next.
void PacketReader::FeedPayload(char c) {
  if (c == '$') return FeedIdle(c, [](Event) {});
  if (c == '#') {
    state_ = State::kSum1;
    return;
  }
  sum_ += static_cast<uint8_t>(c);
  if (state_ == State::kEscape) {
    state_ = State::kPayload;
    Take(static_cast<char>(c ^ kEscapeBit));
  } else if (c == kEscape) {
    state_ = State::kEscape;
  } else {
    Take(c);
  }
}

void PacketReader::Take(char c) {
  if (payload_.size() == kMaxPayload) {
    too_long_ = true;
  } else {
    payload_ += c;
  }
}

void PacketReader::Finish(char c, const std::function<void(Event)>& sink) {
  state_ = State::kIdle;
  const int low = HexDigit(c);
  const bool right = given_sum_ >= 0 && low >= 0 && (given_sum_ << 4 | low) == sum_;
  sink(!right ? Event::kBadChecksum : too_long_ ? Event::kTooLong : Event::kPacket);
}

}  // namespace emu::debug::gdb
