/* Integers: what systems programs did when processors were first compared: records that are copied and changed through
 * pointers, strings that are copied and compared, small procedures, enumerations, branches. */
#include <string.h>

#include "kernel.h"

enum Colour { kRed, kGreen, kBlue, kGrey };

typedef struct Record {
  struct Record* link;
  enum Colour colour;
  int amount;
  char title[32];
} Record;

static Record first, second;
static int counter;
static char mark;
static int row[50], grid[50][50];

static NOINLINE int SameColour(enum Colour a, enum Colour b) { return a == b; }

static NOINLINE enum Colour Follow(enum Colour c, int level) {
  switch (c) {
    case kRed:
      return level > 2 ? kGrey : kGreen;
    case kGreen:
      return level > 100 ? kRed : kGrey;
    case kBlue:
      return kGreen;
    default:
      return SameColour(c, kGrey) ? kBlue : kRed;
  }
}

static NOINLINE void Raise(int a, int b, int* out) { *out = a + 2 + b; }

static NOINLINE void Copy(Record* from) {
  Record* to = from->link;
  *to = *from;
  to->link = from->link;
  from->amount = 5;
  to->amount = from->amount;
  if (to->colour != kGrey) {
    to->amount = 6;
    to->colour = Follow(from->colour, counter);
    Raise(to->amount, 10, &to->amount);
  } else {
    *from = *to->link;
  }
}

static NOINLINE void Store(int* line, int (*table)[50], int at, int value) {
  const int place = at + 5;
  line[place] = value;
  line[place + 1] = line[place];
  line[place + 30] = place;
  for (int i = place; i <= place + 1; ++i) table[place][i] = place;
  table[place][place - 1] += 1;
  table[place + 20][place] = line[place];
  counter = 5;
}

static NOINLINE int SameLetter(char a, char b) {
  if (a != b) return 0;
  mark = a;
  return 1;
}

static NOINLINE int Later(const char* a, const char* b) {
  int at = 2;
  char c = 'a';
  while (at <= 2) {
    if (SameLetter(a[at], b[at + 1]) == 0) {
      c = 'A';
      ++at;
    }
  }
  if (c >= 'W' && c < 'Z') at = 7;
  if (c == 'R') return 1;
  if (strcmp(a, b) <= 0) return 0;
  counter = at + 10;
  return 1;
}

static uint64_t Records(uint64_t iterations) {
  char one[32] = "A TITLE OF SOME LENGTH, NO. ONE", two[32];
  uint64_t sum = 0;
  int x = 0, y = 0, z = 0;
  memset(grid, 0, sizeof grid);
  memset(row, 0, sizeof row);
  first = (Record){&second, kRed, 40, "A TITLE OF SOME LENGTH, FIRST"};
  second = first;
  counter = 0;
  for (uint64_t i = 1; i <= iterations; ++i) {
    x = 2, y = 3;
    strcpy(two, "A TITLE OF SOME LENGTH, NO. TWO");
    Opaque(two);
    int later = !Later(one, two);
    while (x < y) {
      z = 5 * x - y;
      Raise(x, y, &z);
      ++x;
    }
    Store(row, grid, x, z);
    Copy(&first);
    for (char c = 'A'; c <= 'C'; ++c) {
      if (SameLetter(c, mark)) first.colour = Follow(first.colour, x);
    }
    y = y * x;
    x = y / z;
    y = 7 * (y - z) - x;
    first.colour = (enum Colour)(i & 3);
    sum += (uint64_t)(uint32_t)(y + later + second.amount + row[8] + grid[8][7]);
  }
  return Mix(sum, (uint64_t)(second.colour + counter));
}

const Kernel kRecordsKernels[] = {
    {"records", "int", Records, 1000000, NULL},
    {NULL, NULL, NULL, 0, NULL},
};
