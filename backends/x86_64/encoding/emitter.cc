#include "backends/x86_64/encoding/emitter.h"

#include <cstring>

namespace emu::backends::x86_64 {

static_assert(sizeof(kForms) / sizeof(kForms[0]) == kOpCount, "form_table.h and forms.def differ");

bool Emitter::TakesMem(const Form& form) {
  for (int i = 0; i < 4; ++i) {
    if (form.kind(i) == Kind::kMem) return true;
  }
  return false;
}

bool Emitter::TakesRegs(const Form& form, std::initializer_list<bool> vector) {
  auto next = vector.begin();
  for (int i = 0; i < 4; ++i) {
    Kind kind = form.kind(i);
    if (kind < Kind::kGpr8 || kind > Kind::kYmm) continue;
    if (next == vector.end() || *next != (kind >= Kind::kXmm)) return false;
    ++next;
  }
  return next == vector.end();
}

void Emitter::BranchTo(Op near, Op far, uint32_t cond, const uint8_t* target) {
  const Form& near_form = FormOf(near);
  int64_t rel = Distance(rx(), target) - near_form.tail_bytes - near_form.imm_bytes;
  if (near_form.imm_bytes == 1 && Fits8(rel)) return Plain(near, cond, rel, near_form.signature);
  const Form& form = FormOf(far);
  rel = Distance(rx(), target) - form.tail_bytes - form.imm_bytes;
  Check(Fits32(rel));
  Plain(far, cond, rel, form.signature);
}

uint8_t* Emitter::Patchable(Op op, uint32_t cond) {
  Plain(op, cond, 0, SignatureOf(op));
  return overflow_ ? nowhere_ : pos_ - FormOf(op).imm_bytes;
}

uint8_t* Emitter::AlignedPatchable(Op op, uint32_t cond) {
  uintptr_t where = reinterpret_cast<uintptr_t>(rx()) + FormOf(op).tail_bytes;
  nop(static_cast<int>(-where & 3));
  return Patchable(op, cond);
}

bool Emitter::PatchRel32(uint8_t* where_rw, const uint8_t* where_rx_end, const uint8_t* target) {
  int64_t rel = Distance(where_rx_end, target);
  if (!Fits32(rel)) return false;
  int32_t value = static_cast<int32_t>(rel);
  if (reinterpret_cast<uintptr_t>(where_rw) % 4 == 0) {
    // In one piece: another thread may be fetching the branch.
    __atomic_store_n(reinterpret_cast<int32_t*>(where_rw), value, __ATOMIC_RELEASE);
  } else {
    std::memcpy(where_rw, &value, 4);
  }
  return true;
}

bool Emitter::PatchRel8(uint8_t* where_rw, const uint8_t* where_rx_end, const uint8_t* target) {
  int64_t rel = Distance(where_rx_end, target);
  if (!Fits8(rel)) return false;
  *where_rw = static_cast<uint8_t>(rel);
  return true;
}

void Emitter::nop(int bytes) {
  constexpr int kLongest = sizeof(kNops) / sizeof(kNops[0]);
  while (bytes > 0 && Room()) {
    int now = bytes < kLongest ? bytes : kLongest;
    std::memcpy(pos_, kNops[now - 1], static_cast<size_t>(now));
    pos_ += now;
    bytes -= now;
  }
}

void Emitter::Align(int alignment) {
  uintptr_t beyond = reinterpret_cast<uintptr_t>(rx()) & static_cast<uintptr_t>(alignment - 1);
  if (beyond != 0) nop(alignment - static_cast<int>(beyond));
}

void Emitter::Raw(const void* data, size_t bytes) {
  if (static_cast<size_t>(end_ - pos_) < bytes || overflow_) {
    overflow_ = true;
    return;
  }
  std::memcpy(pos_, data, bytes);
  pos_ += bytes;
}

}  // namespace emu::backends::x86_64
