// A line to gdb: packets over a byte stream, with acknowledgements until gdb does without ("Packet Acknowledgment").
#ifndef EMU_DEBUG_GDB_CONNECTION_H_
#define EMU_DEBUG_GDB_CONNECTION_H_

#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "debug/gdb/packet.h"
#include "devices/char_backend.h"

namespace emu::debug::gdb {

class Connection {
 public:
  struct Handlers {
    std::function<void(absl::string_view payload)> packet;
    std::function<void()> too_long;  // a packet longer than PacketReader::kMaxPayload came
    std::function<void()> interrupt;
    std::function<void()> opened, closed;
  };
  // The stream outlives the connection.
  Connection(devices::CharBackend& stream, Handlers handlers);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Send(absl::string_view payload);
  // From the next packet on, neither side acknowledges.
  void StopAcks() { acks_ = false; }

 private:
  void OnEvent(devices::CharEvent event);
  void OnRead(PacketReader::Event event);

  devices::CharBackend& stream_;
  const Handlers handlers_;
  PacketReader reader_;
  bool acks_ = true;
  std::string sent_;  // last, in case it did not arrive
};

}  // namespace emu::debug::gdb

#endif  // EMU_DEBUG_GDB_CONNECTION_H_
