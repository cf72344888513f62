// Every combination of a leaf's eight flag bits with access kind, privilege, SUM, MXR and A/D policy, against the
// manual's rules written out plainly, one after the other.
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "mmu/riscv/test_tables.h"
#include "mmu/riscv/walker.h"

namespace emu::mmu::riscv {
namespace {

using memory::Gpa;
using memory::Gva;

constexpr AccessKind kKinds[] = {AccessKind::kRead, AccessKind::kWrite, AccessKind::kExecute};

struct World {
  unsigned flags;  // bits 7-0 of the entry
  AccessKind kind;
  bool user_mode;
  bool sum;
  bool mxr;
  AccessedDirty policy;
};

std::string Name(const World& w) {
  return "flags " + std::to_string(w.flags) + " kind " + std::to_string(static_cast<int>(w.kind)) + " user " +
         std::to_string(w.user_mode) + " sum " + std::to_string(w.sum) + " mxr " + std::to_string(w.mxr) + " policy " +
         std::to_string(static_cast<int>(w.policy));
}

struct Spec {
  unsigned cause = 0;  // 0: translated
  unsigned flags = 0;  // of the entry afterwards
  bool read = false, write = false, execute = false;
};

unsigned PageFaultCause(AccessKind kind) {
  if (kind == AccessKind::kExecute) return 12;
  if (kind == AccessKind::kRead) return 13;
  return 15;
}

bool MayAccess(const World& w, AccessKind kind) {
  const bool r = w.flags & 2, wr = w.flags & 4, x = w.flags & 8, u = w.flags & 16;
  if (w.user_mode && !u) return false;
  if (!w.user_mode && u && kind == AccessKind::kExecute) return false;
  if (!w.user_mode && u && !w.sum) return false;
  if (kind == AccessKind::kRead) return r || (x && w.mxr);
  if (kind == AccessKind::kWrite) return wr;
  return x;
}

// A leaf in the last level, so what is no leaf is a fault as well.
Spec SpecOf(const World& w) {
  const bool v = w.flags & 1, r = w.flags & 2, wr = w.flags & 4, x = w.flags & 8;
  Spec fault;
  fault.cause = PageFaultCause(w.kind);
  fault.flags = w.flags;
  if (!v) return fault;
  if (!r && wr) return fault;
  if (!r && !x) return fault;
  if (!MayAccess(w, w.kind)) return fault;
  Spec spec;
  spec.flags = w.flags;
  const bool a = w.flags & 64, d = w.flags & 128;
  if (!a || (w.kind == AccessKind::kWrite && !d)) {
    if (w.policy == AccessedDirty::kFault) return fault;
    if (w.policy == AccessedDirty::kUpdate) spec.flags |= w.kind == AccessKind::kWrite ? 64 + 128 : 64;
  }
  spec.read = MayAccess(w, AccessKind::kRead);
  spec.execute = MayAccess(w, AccessKind::kExecute);
  spec.write = MayAccess(w, AccessKind::kWrite);
  if (w.policy != AccessedDirty::kIgnore && (spec.flags & 128) == 0) spec.write = false;
  return spec;
}

WalkContext ContextOf(const World& w, const AddressSpaceRoot& root) {
  WalkContext context;
  context.root = root;
  context.privilege = w.user_mode ? Privilege::kUser : Privilege::kSupervisor;
  context.sum = w.sum;
  context.mxr = w.mxr;
  context.accessed_dirty = w.policy;
  return context;
}

template <typename Fn>
void ForEveryWorld(Fn fn) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    for (const AccessKind kind : kKinds) {
      for (unsigned bits = 0; bits < 8; ++bits) {
        for (const AccessedDirty policy : {AccessedDirty::kFault, AccessedDirty::kUpdate, AccessedDirty::kIgnore}) {
          fn(World{flags, kind, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, policy});
        }
      }
    }
  }
}

class Permission : public ::testing::TestWithParam<PagingMode> {};

TEST_P(Permission, AgreesWithTheManualInEveryWorld) {
  TestWords words(0x80000000, 0x10000);
  TableBuilder tables(GetParam(), words, 0x80000000);
  ForEveryWorld([&](const World& w) {
    const Gpa entry = tables.Map(0x12345000, 0x67800000, 0, w.flags);
    const Spec spec = SpecOf(w);
    const WalkResult result = Walk(ContextOf(w, tables.Root()), Gva(0x12345678), w.kind, words);
    ASSERT_EQ(result.cause, spec.cause) << Name(w);
    ASSERT_EQ(result.ok(), spec.cause == 0) << Name(w);
    const Permissions allowed = {spec.read, spec.write, spec.execute};
    ASSERT_EQ(result.allowed, allowed) << Name(w);
    ASSERT_EQ(words.Get(entry, tables.EntrySize()) & 0xFF, spec.flags) << Name(w);
    ASSERT_EQ(result.entry, entry) << Name(w);
    WalkLog log;
    ASSERT_EQ(Walk(ContextOf(w, tables.Root()), Gva(0x12345678), w.kind, words, log).allowed, allowed) << Name(w);
    ASSERT_EQ(log.steps.back().verdict == StepVerdict::kLeaf, spec.cause == 0) << Name(w);
    if (!result.ok()) return;
    ASSERT_EQ(result.gpa, Gpa(0x67800678)) << Name(w);
    ASSERT_EQ(
        std::tuple(result.user(), result.global, result.accessed(), result.dirty()),
        std::tuple((spec.flags & 16) != 0, (spec.flags & 32) != 0, (spec.flags & 64) != 0, (spec.flags & 128) != 0))
        << Name(w);
  });
}

// The same entry one level up: a superpage, or a pointer to a table with a page that permits everything.
TEST_P(Permission, PointersTakeNoFlagsButVAndG) {
  TestWords words(0x80000000, 0x10000);
  TableBuilder tables(GetParam(), words, 0x80000000);
  const uint64_t table = 0x8000A000;
  for (unsigned i = 0; i < 4096 / tables.EntrySize(); ++i) {
    words.Set(Gpa(table + i * tables.EntrySize()), tables.EntrySize(), 0x99 << 10 | 0xDF);
  }
  for (unsigned flags = 0; flags < 256; ++flags) {
    if ((flags & 0xA) != 0) continue;  // leaves
    tables.Place(0x12345000, 1, table >> 12 << 10 | flags);
    const World w = {flags, AccessKind::kRead, true, false, false, AccessedDirty::kFault};
    const WalkResult result = Walk(ContextOf(w, tables.Root()), Gva(0x12345678), w.kind, words);
    const bool pointer = flags == 1 || flags == 33;
    ASSERT_EQ(result.cause, pointer ? 0u : 13u) << flags;
    ASSERT_EQ(result.global, flags == 33) << flags;
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, Permission,
                         ::testing::Values(PagingMode::kSv32, PagingMode::kSv39, PagingMode::kSv48, PagingMode::kSv57),
                         [](const auto& mode) { return FormatOf(mode.param).name; });

}  // namespace
}  // namespace emu::mmu::riscv
