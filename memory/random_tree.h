// Random region trees, and random changes to them, for tests that hold the library against its oracle.
#ifndef EMU_MEMORY_RANDOM_TREE_H_
#define EMU_MEMORY_RANDOM_TREE_H_

#include <cstdint>
#include <random>
#include <vector>

#include "memory/fake_device.h"
#include "memory/region.h"

namespace emu::memory {

class RandomTree {
 public:
  // `count` regions besides the root, at addresses up to about `last`. The same seed gives the same tree.
  RandomTree(uint64_t seed, uint64_t last, int count);

  const RegionPtr& root() const { return regions_[0]; }
  // All regions, the root first; some lie in no other.
  const std::vector<RegionPtr>& regions() const { return regions_; }
  // One change to one region.
  void Change();
  // An address, for a large space one of a random number of bits or close to the end of the space.
  uint64_t Address();
  uint64_t Random(uint64_t below) { return random_() % below; }

 private:
  RegionPtr MakeRegion(int number);
  Size RandomSize();
  RegionPtr Any() { return regions_[Random(regions_.size())]; }
  void MapSomewhere(const RegionPtr& child);

  std::mt19937_64 random_;
  const uint64_t last_;
  FakeDevice device_;
  RamBlock::Ptr block_;
  std::vector<RegionPtr> regions_;
};

}  // namespace emu::memory

#endif  // EMU_MEMORY_RANDOM_TREE_H_
