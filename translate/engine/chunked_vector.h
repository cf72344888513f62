// A vector that grows without moving what it holds, and keeps its memory when it is cleared.
#ifndef EMU_TRANSLATE_ENGINE_CHUNKED_VECTOR_H_
#define EMU_TRANSLATE_ENGINE_CHUNKED_VECTOR_H_

#include <cstddef>
#include <memory>
#include <vector>

namespace emu::translate {

template <typename T>
class ChunkedVector {
 public:
  T& operator[](size_t i) { return chunks_[i / kChunk][i % kChunk]; }
  const T& operator[](size_t i) const { return chunks_[i / kChunk][i % kChunk]; }
  size_t size() const { return size_; }
  // What is new holds whatever was there before.
  void resize(size_t size) {
    while (chunks_.size() * kChunk < size) chunks_.push_back(std::make_unique_for_overwrite<T[]>(kChunk));
    size_ = size;
  }
  void push_back(const T& value) {
    resize(size_ + 1);
    (*this)[size_ - 1] = value;
  }
  void clear() { size_ = 0; }

 private:
  static constexpr size_t kChunk = 1024;
  std::vector<std::unique_ptr<T[]>> chunks_;
  size_t size_ = 0;
};

}  // namespace emu::translate

#endif  // EMU_TRANSLATE_ENGINE_CHUNKED_VECTOR_H_
