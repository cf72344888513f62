// Memory for generated code that is never writable and executable at one address: the same shared pages mapped twice,
// once to write and once to run. They are anonymous, since perf looks for names of code there and not in memory files.
#ifndef EMU_BACKENDS_X86_64_ENCODING_CODE_BUFFER_H_
#define EMU_BACKENDS_X86_64_ENCODING_CODE_BUFFER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"

namespace emu::backends::x86_64 {

class CodeBuffer {
 public:
  // `size` bytes, rounded up to whole pages. If `near` is given, the running view is placed within reach of a 32-bit
  // distance from it if the address space has room there (Reaches tells): calls into the program can then be direct.
  static absl::StatusOr<CodeBuffer> Create(size_t size, const void* near = nullptr);

  CodeBuffer(CodeBuffer&& other) noexcept;
  CodeBuffer& operator=(CodeBuffer&& other) noexcept;
  ~CodeBuffer();

  uint8_t* rw() const { return rw_; }
  const uint8_t* rx() const { return rx_; }
  size_t size() const { return size_; }
  // From a place in the writing view to the same in the running view.
  ptrdiff_t delta() const {
    return static_cast<ptrdiff_t>(reinterpret_cast<uintptr_t>(rx_) - reinterpret_cast<uintptr_t>(rw_));
  }
  // To be called as code is written up to `rw`: has the host give both views some memory further on, at once. That is
  // cheaper than a fault for each page of each view.
  void Advance(const uint8_t* rw) {
    if (rw + kAhead > populated_) [[unlikely]]
      Populate(rw);
  }
  // Whether every branch in the buffer reaches `target`.
  bool Reaches(const void* target) const;

  // The function that starts `offset` bytes into the buffer.
  template <typename Function>
  Function* At(size_t offset) const {
    return reinterpret_cast<Function*>(rx_ + offset);
  }

 private:
  static constexpr ptrdiff_t kAhead = 16 << 10;  // more than most blocks have
  CodeBuffer(uint8_t* rw, uint8_t* rx, size_t size) : rw_(rw), rx_(rx), size_(size) {}
  void Populate(const uint8_t* rw);

  uint8_t* rw_ = nullptr;
  uint8_t* rx_ = nullptr;
  size_t size_ = 0;
  const uint8_t* populated_ = nullptr;  // of the writing view: up to here
};

}  // namespace emu::backends::x86_64

#endif  // EMU_BACKENDS_X86_64_ENCODING_CODE_BUFFER_H_
