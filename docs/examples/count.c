// Counts down on the board "tiny", a millisecond a step.
typedef unsigned int word;

static volatile unsigned char *const uart = (volatile unsigned char *)0x10000000;
static volatile word *const count = (volatile word *)0x10001000;
static volatile word *const status = (volatile word *)0x10001004;

static void print(const char *text) {
  while (*text) *uart = (unsigned char)*text++;
}

// The interrupt ends wfi, and is not taken: mstatus.MIE is clear.
static void wait_a_millisecond(void) {
  *count = 1000;
  while (*status == 0) __asm__ volatile("wfi");
  *status = 1;
}

int main(void) {
  const word external = 1u << 11;
  __asm__ volatile("csrs mie, %0" ::"r"(external));
  for (char digit = '3'; digit > '0'; --digit) {
    const char line[] = {digit, '\n', 0};
    print(line);
    wait_a_millisecond();
  }
  print("Go!\n");
  return 0;
}
