// A named level-triggered wire from a device to whatever listens: an interrupt controller, a CPU, a gate.
// Not locked: whoever runs devices from several host threads holds the machine's device lock.
#ifndef EMU_DEVICES_IRQ_LINE_H_
#define EMU_DEVICES_IRQ_LINE_H_

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace emu::devices {

class IrqLine {
 public:
  using Sink = std::function<void(bool level)>;

  explicit IrqLine(std::string name) : name_(std::move(name)) {}
  IrqLine(const IrqLine&) = delete;
  IrqLine& operator=(const IrqLine&) = delete;

  // Joins the wire to its one listener and tells it the level of now. A second call moves the wire.
  void Connect(Sink sink) {
    sink_ = std::move(sink);
    if (sink_) sink_(level_);
  }

  // Drives the wire. The sink hears of changes only.
  void Set(bool level) {
    if (level == level_) return;
    level_ = level;
    if (sink_) sink_(level);
  }
  void Raise() { Set(true); }
  void Lower() { Set(false); }

  bool level() const { return level_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  Sink sink_;
  bool level_ = false;
};

// Wires several lines to one: the output is high while any input is.
class OrGate {
 public:
  OrGate(const std::string& name, size_t inputs) : output_(name) {
    for (size_t i = 0; i < inputs; ++i) AddInput(absl::StrCat(name, ".", i));
  }

  IrqLine& input(size_t index) { return inputs_.at(index); }
  IrqLine& output() { return output_; }
  size_t size() const { return inputs_.size(); }

 private:
  void AddInput(std::string name) {
    inputs_.emplace_back(std::move(name)).Connect([this](bool) { Update(); });
  }
  void Update() {
    bool any = false;
    for (const IrqLine& line : inputs_) any = any || line.level();
    output_.Set(any);
  }

  IrqLine output_;
  std::deque<IrqLine> inputs_;  // a deque, because lines do not move
};

}  // namespace emu::devices

#endif  // EMU_DEVICES_IRQ_LINE_H_
