// Packets of gdb's remote serial protocol: "$payload#checksum" ("GDB Remote Serial Protocol", section "Overview").
#ifndef EMU_DEBUG_GDB_PACKET_H_
#define EMU_DEBUG_GDB_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace emu::debug::gdb {

// Ready to be sent: special characters escaped, runs shortened, with the checksum.
std::string EncodePacket(absl::string_view payload);

// Takes a stream of bytes apart. Whatever comes, it finds the next packet's start again.
class PacketReader {
 public:
  enum class Event {
    kPacket,       // payload(), escapes resolved
    kBadChecksum,  // of a packet, which is to be sent again
    kTooLong,      // more than kMaxPayload bytes
    kAck,
    kNack,
    kInterrupt,  // Ctrl-C between packets
  };
  static constexpr size_t kMaxPayload = 0x4000;

  // Calls `sink` for each thing that is complete with these bytes. The sink may not call Feed.
  void Feed(absl::string_view bytes, const std::function<void(Event)>& sink);
  const std::string& payload() const { return payload_; }
  void Reset();

 private:
  enum class State { kIdle, kPayload, kEscape, kSum1, kSum2 };
  void FeedIdle(char c, const std::function<void(Event)>& sink);
  void FeedPayload(char c);
  void Take(char c);
  void Finish(char c, const std::function<void(Event)>& sink);

  State state_ = State::kIdle;
  std::string payload_;
  uint8_t sum_ = 0;
  int given_sum_ = 0;  // negative: no number
  bool too_long_ = false;
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_PACKET_H_
