#include "memory/transaction.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace emu::memory {
namespace {

struct State {
  std::recursive_mutex mutex;
  int depth = 0;
  std::vector<TreeDependent*> changed;
  std::vector<TreeDependent*> working;  // being called now; null where forgotten meanwhile
};

// Never destroyed: trees in static storage may go after it would have.
State& TheState() {
  static State* state = new State;
  return *state;
}

void CallAll(State& state, void (TreeDependent::*member)()) {
  for (size_t i = 0; i < state.working.size(); ++i) {
    if (TreeDependent* dependent = state.working[i]) (dependent->*member)();
  }
}

// The depth stays 1 meanwhile, so that transactions of listeners nest and leave their marks for the next round.
void Finish(State& state) {
  while (!state.changed.empty()) {
    state.working = std::exchange(state.changed, {});
    CallAll(state, &TreeDependent::OnTreeChange);
    CallAll(state, &TreeDependent::AfterTreeChange);
    state.working.clear();
  }
}

}  // namespace

Transaction::Transaction() {
  State& state = TheState();
  state.mutex.lock();
  ++state.depth;
}

Transaction::~Transaction() {
  State& state = TheState();
  if (state.depth == 1) Finish(state);
  --state.depth;
  state.mutex.unlock();
}

void Transaction::MarkChanged(TreeDependent* dependent) {
  std::vector<TreeDependent*>& changed = TheState().changed;
  if (std::find(changed.begin(), changed.end(), dependent) == changed.end()) changed.push_back(dependent);
}

void Transaction::Forget(TreeDependent* dependent) {
  State& state = TheState();
  std::lock_guard<std::recursive_mutex> lock(state.mutex);
  state.changed.erase(std::remove(state.changed.begin(), state.changed.end(), dependent), state.changed.end());
  std::replace(state.working.begin(), state.working.end(), dependent, static_cast<TreeDependent*>(nullptr));
}

namespace internal {

bool TryLockTrees() { return TheState().mutex.try_lock(); }
void LockTrees() { TheState().mutex.lock(); }
void UnlockTrees() { TheState().mutex.unlock(); }

}  // namespace internal
}  // namespace emu::memory
