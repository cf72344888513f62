// A byte stream to the host, as a serial port or console sees it. The device is the frontend: it writes when it likes,
// and takes input only as fast as it says it can, so nothing is lost when a guest is slow.
#ifndef EMU_DEVICES_CHAR_BACKEND_H_
#define EMU_DEVICES_CHAR_BACKEND_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "devices/byte_queue.h"

namespace emu::devices {

enum class CharEvent {
  kBreak,
  kOpened,    // a peer has come
  kClosed,    // it has gone
  kFocusIn,   // what is typed comes here from now on
  kFocusOut,  // it goes elsewhere
};

// What a device gives a backend. Any of them may be empty; without `can_receive` nothing is delivered.
struct CharFrontend {
  std::function<size_t()> can_receive;             // bytes that the device would accept now
  std::function<void(absl::string_view)> receive;  // never more than can_receive() said
  std::function<void(CharEvent)> event;
};

class CharBackend {
 public:
  virtual ~CharBackend() = default;
  // Sends bytes to the host. Never waits for a peer that is not there.
  virtual void Write(absl::string_view bytes) = 0;
  // Whether somebody sits at a terminal there, who wants to edit what is typed.
  virtual bool IsTerminal() const { return false; }
  // Whether input comes here; not so while a shared terminal speaks with somebody else.
  virtual bool HasFocus() const { return true; }
  // Output that the host has not yet taken. AcceptInput() is called when it has.
  virtual size_t queued() const { return 0; }

  // Joins the device; an empty frontend parts it again. What came before is delivered.
  void SetFrontend(CharFrontend frontend);
  // The device can take input (again): delivers what is waiting.
  void AcceptInput();
  // Input that has arrived and that the device has not yet taken.
  size_t pending() const { return pending_.size(); }

 protected:
  // Called by an implementation when bytes or an event have come from the host.
  void Offer(absl::string_view bytes);
  void SendEvent(CharEvent event);
  // Called when the device has taken all that was offered: the implementation may read more.
  virtual void InputDrained() {}

 private:
  void Deliver();

  CharFrontend frontend_;
  ByteQueue pending_;
  bool delivering_ = false;
};

// Nobody there: output vanishes, no input.
class NullBackend : public CharBackend {
 public:
  void Write(absl::string_view) override {}
};

// Keeps output in memory and takes input from the test or tool that holds it.
class MemoryBackend : public CharBackend {
 public:
  void Write(absl::string_view bytes) override { output_.append(bytes.data(), bytes.size()); }
  void Type(absl::string_view bytes) { Offer(bytes); }
  void Break() { SendEvent(CharEvent::kBreak); }
  const std::string& output() const { return output_; }
  std::string TakeOutput() { return std::exchange(output_, {}); }

 private:
  std::string output_;
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_CHAR_BACKEND_H_
