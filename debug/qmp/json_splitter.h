// Cuts a stream of bytes into the JSON values that it consists of. Values need nothing between them and may come in
// any number of pieces; what is no JSON gives one error, and the stream goes on. Strings may stand in single quotes and
// may contain \', as QMP allows (QEMU's "QMP protocol specification", section "Protocol Specification").
#ifndef EMU_DEBUG_QMP_JSON_SPLITTER_H_
#define EMU_DEBUG_QMP_JSON_SPLITTER_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "llvm/Support/JSON.h"

namespace emu::debug {

class JsonSplitter {
 public:
  // Of one value. What goes beyond is an error, and all up to the next end of a line is left out.
  static constexpr size_t kMaxBytes = 1 << 20;
  static constexpr size_t kMaxDepth = 100;

  using Sink = std::function<void(absl::StatusOr<llvm::json::Value>)>;

  // Hands over what is complete. A control character other than tab and the ends of lines, or a byte 0xff, ends
  // whatever has begun with an error: a client sends one to be sure of where it is.
  void Feed(absl::string_view bytes, const Sink& sink);
  // Forgets what has begun.
  void Reset();

 private:
  void Take(unsigned char c, const Sink& sink);
  void TakeInString(unsigned char c, const Sink& sink);
  void TakeInWord(unsigned char c, const Sink& sink);
  void TakeOutside(unsigned char c, const Sink& sink);
  void TakeCloser(char c, const Sink& sink);
  void Begin(char opener);
  void Finish(const Sink& sink);
  void Fail(absl::string_view why, const Sink& sink);
  void FailLine(absl::string_view why, const Sink& sink);

  std::string text_;     // of the value that has begun, with strings in double quotes
  std::string closers_;  // that it still needs, the innermost last
  char quote_ = 0;       // of the string that has begun
  bool escaped_ = false;
  bool in_word_ = false;   // a number or name that is a value by itself
  bool skipping_ = false;  // up to the end of the line
};

}  // namespace emu::debug

#endif  // EMU_DEBUG_QMP_JSON_SPLITTER_H_
