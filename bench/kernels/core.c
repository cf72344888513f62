/* Integers: what small embedded programs do, mixed: a linked list that is searched, reversed and merge-sorted, small
 * matrices, a state machine that reads numbers, and a bitwise CRC-16 over the results. */
#include "kernel.h"

enum { kListItems = 96, kOrder = 12 };

typedef struct Item {
  struct Item* next;
  int16_t key, index;
} Item;

static Item items[kListItems];
static int16_t left[kOrder * kOrder], right[kOrder * kOrder];
static int32_t product[kOrder * kOrder];

static uint16_t Crc16(uint32_t value, uint16_t crc) {
  for (int i = 0; i < 32; ++i, value >>= 1) {
    const int bit = (value ^ crc) & 1;
    crc >>= 1;
    if (bit != 0) crc ^= 0xa001;
  }
  return crc;
}

static Item* MakeList(uint32_t seed) {
  for (int i = 0; i < kListItems; ++i) {
    items[i].next = i + 1 < kListItems ? &items[i + 1] : NULL;
    items[i].key = (int16_t)(Random(&seed) & 0x7ff);
    items[i].index = (int16_t)i;
  }
  return items;
}

static Item* Reverse(Item* list) {
  Item* back = NULL;
  while (list != NULL) {
    Item* next = list->next;
    list->next = back;
    back = list;
    list = next;
  }
  return back;
}

static int CompareKeys(const Item* a, const Item* b) { return a->key - b->key; }
static int CompareIndices(const Item* a, const Item* b) { return a->index - b->index; }
typedef int (*ItemCompare)(const Item*, const Item*);

static NOINLINE Item* Merge(Item* a, Item* b, ItemCompare compare) {
  Item head, *tail = &head;
  while (a != NULL && b != NULL) {
    Item** from = compare(a, b) <= 0 ? &a : &b;
    tail = tail->next = *from;
    *from = (*from)->next;
  }
  tail->next = a != NULL ? a : b;
  return head.next;
}

static NOINLINE Item* MergeSort(Item* list, int n, ItemCompare compare) {
  if (n <= 1) {
    list->next = NULL;
    return list;
  }
  Item* half = list;
  for (int i = 0; i < n / 2; ++i) half = half->next;
  Item* second = MergeSort(half, n - n / 2, compare);
  return Merge(MergeSort(list, n / 2, compare), second, compare);
}

static NOINLINE uint16_t Lists(uint32_t seed, uint16_t crc) {
  Item* list = Reverse(MakeList(seed));
  int found = 0;
  for (int key = 0; key < 40; ++key) {
    for (const Item* i = list; i != NULL; i = i->next) {
      if ((i->key & 0xff) == key) {
        found += i->index;
        break;
      }
    }
  }
  list = MergeSort(list, kListItems, CompareKeys);
  for (const Item* i = list; i != NULL; i = i->next) crc = Crc16((uint32_t)i->key, crc);
  list = MergeSort(list, kListItems, CompareIndices);
  return Crc16((uint32_t)(found + list->key), crc);
}

static NOINLINE uint16_t Matrices(uint32_t seed, uint16_t crc) {
  int32_t trace = 0;
  for (int i = 0; i < kOrder * kOrder; ++i) {
    left[i] = (int16_t)(Random(&seed) & 0xff);
    right[i] = (int16_t)(seed >> 20);
  }
  for (int i = 0; i < kOrder; ++i) {
    for (int j = 0; j < kOrder; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < kOrder; ++k) sum += left[i * kOrder + k] * right[k * kOrder + j];
      product[i * kOrder + j] = sum;
      trace += (sum >> 3 & 0x1f) * (sum >> 7 & 0x7f);
    }
  }
  return Crc16((uint32_t)(trace + product[3 * kOrder + 5]), crc);
}

enum State { kStart, kSign, kInteger, kPoint, kFraction, kExponent, kScale, kInvalid, kStates };

static enum State NextState(enum State s, char c) {
  const int digit = c >= '0' && c <= '9';
  switch (s) {
    case kStart:
      return digit ? kInteger : c == '+' || c == '-' ? kSign : c == '.' ? kPoint : kInvalid;
    case kSign:
      return digit ? kInteger : c == '.' ? kPoint : kInvalid;
    case kInteger:
      return digit ? kInteger : c == '.' ? kFraction : c == 'e' ? kExponent : kInvalid;
    case kPoint:
    case kFraction:
      return digit ? kFraction : c == 'e' && s == kFraction ? kExponent : kInvalid;
    case kExponent:
      return digit || c == '-' ? kScale : kInvalid;
    case kScale:
      return digit ? kScale : kInvalid;
    default:
      return kInvalid;
  }
}

static NOINLINE uint16_t States(uint32_t seed, uint16_t crc) {
  static const char kText[] = "5012,-874,+122,35.54400,.1234500,-110.700,5.500e3,-.123e-2,e3,7.e,1e-9,T0.3e-1F,3+,-,";
  uint32_t counts[kStates] = {0};
  enum State s = kStart;
  const char twist = "0123456789+-.eX "[seed & 15];
  for (unsigned i = 0; i < sizeof kText - 1; ++i) {
    const char c = i % 13 == (seed >> 8) % 13 ? twist : kText[i];
    if (c == ',') {
      ++counts[s];
      s = kStart;
    } else {
      s = NextState(s, c);
    }
  }
  for (int i = 0; i < kStates; ++i) crc = Crc16(counts[i], crc);
  return crc;
}

static uint64_t Core(uint64_t iterations) {
  uint16_t crc = 0;
  uint32_t seed = 1;
  for (uint64_t i = 0; i < iterations; ++i) {
    crc = Lists(Random(&seed), crc);
    crc = Matrices(Random(&seed), crc);
    for (int n = 0; n < 4; ++n) crc = States(Random(&seed), crc);
  }
  return (uint64_t)seed << 16 | crc;
}

const Kernel kCoreKernels[] = {
    {"core", "int", Core, 4000, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
