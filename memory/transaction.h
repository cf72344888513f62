// Changes of the region trees are grouped in transactions: address spaces show none of them until the outermost
// transaction of the thread ends, then all at once.
#ifndef EMU_MEMORY_TRANSACTION_H_
#define EMU_MEMORY_TRANSACTION_H_

namespace emu::memory {

// Something that is derived from region trees and must be made anew when they change.
class TreeDependent {
 public:
  virtual ~TreeDependent() = default;
  // Both are called at the end of the outermost transaction, under its lock: OnTreeChange to make itself anew, and when
  // all dependents have done so, AfterTreeChange to tell others.
  virtual void OnTreeChange() = 0;
  virtual void AfterTreeChange() = 0;
};

// While a Transaction lives its thread alone changes trees: one lock serves the whole process. Transactions nest.
// Every single change opens one by itself, so a lone change needs none. Changes made by listeners during the end of
// a transaction are taken up before it returns. Do not wait for another thread while one is open.
class Transaction {
 public:
  Transaction();
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Asks for the dependent to be called at the end, once. The calling thread must be in a transaction.
  static void MarkChanged(TreeDependent* dependent);
  // Takes back all that was asked for `dependent`, which is about to go.
  static void Forget(TreeDependent* dependent);
};

namespace internal {
bool TryLockTrees();
void LockTrees();
void UnlockTrees();
}  // namespace internal

// Holds the lock of transactions without being one: for reading trees, and for taking things out of them that can no
// longer be seen.
class TreeLock {
 public:
  TreeLock() { internal::LockTrees(); }
  ~TreeLock() { internal::UnlockTrees(); }
  TreeLock(const TreeLock&) = delete;
  TreeLock& operator=(const TreeLock&) = delete;
};

// Runs `function` under the lock, or leaves it and returns false if another thread has it. For clean-up work which can
// wait, on threads that may not.
template <typename Function>
bool TryUnderTreeLock(Function function) {
  if (!internal::TryLockTrees()) return false;
  function();
  internal::UnlockTrees();
  return true;
}

}  // namespace emu::memory

#endif  // EMU_MEMORY_TRANSACTION_H_
