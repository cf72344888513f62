#include "debug/gdb/connection.h"

#include <utility>

namespace emu::debug::gdb {

using devices::CharEvent;

Connection::Connection(devices::CharBackend& stream, Handlers handlers)
    : stream_(stream), handlers_(std::move(handlers)) {
  stream_.SetFrontend(
      {[] { return PacketReader::kMaxPayload; },
       [this](absl::string_view bytes) { reader_.Feed(bytes, [this](PacketReader::Event event) { OnRead(event); }); },
       [this](CharEvent event) { OnEvent(event); }});
}

Connection::~Connection() { stream_.SetFrontend({}); }

// Each gdb begins anew.
void Connection::OnEvent(CharEvent event) {
  if (event != CharEvent::kOpened && event != CharEvent::kClosed) return;
  reader_.Reset();
  acks_ = true;
  sent_.clear();
  event == CharEvent::kOpened ? handlers_.opened() : handlers_.closed();
}

void Connection::OnRead(PacketReader::Event event) {
  using Event = PacketReader::Event;
  if (event == Event::kInterrupt) return handlers_.interrupt();
  if (event == Event::kNack && acks_ && !sent_.empty()) return stream_.Write(sent_);
  if (event == Event::kAck || event == Event::kNack) return sent_.clear();
  if (acks_) stream_.Write(event == Event::kBadChecksum ? "-" : "+");
  if (event == Event::kTooLong) return handlers_.too_long();
  if (event == Event::kPacket) handlers_.packet(reader_.payload());
}

void Connection::Send(absl::string_view payload) {
  sent_ = EncodePacket(payload);
  stream_.Write(sent_);
}

}  // namespace emu::debug::gdb
