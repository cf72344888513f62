// Changes of the region trees are grouped in transactions: address spaces show none of them until the outermost
// transaction of the thread ends, then all at once.
#ifndef EMU_MEMORY_TRANSACTION_H_
#define EMU_MEMORY_TRANSACTION_H_

namespace emu::memory {

// Something that is derived from region trees and must be made anew when they change.
class TreeDependent {
 public:
  virtual ~TreeDependent() = default;
  // Called at the end of the outermost transaction, under its lock.
  virtual void OnTreeChange() = 0;
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

  // Asks for dependent->OnTreeChange() at the end, once. The calling thread must be in a transaction.
  static void MarkChanged(TreeDependent* dependent);
  // Takes back all that was asked for `dependent`, which is about to go.
  static void Forget(TreeDependent* dependent);
};

// Runs `function` if no other thread is in a transaction; otherwise leaves it and returns false. For clean-up work
// which can wait, from threads that may not.
template <typename Function>
bool TryUnderTreeLock(Function function);

namespace internal {
bool TryLockTrees();
void UnlockTrees();
}  // namespace internal

template <typename Function>
bool TryUnderTreeLock(Function function) {
  if (!internal::TryLockTrees()) return false;
  function();
  internal::UnlockTrees();
  return true;
}

}  // namespace emu::memory

#endif  // EMU_MEMORY_TRANSACTION_H_
