// Ends with a code that only a working multiply, divide and stack can give: 42.
static unsigned long fib(unsigned long n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(void) {
  volatile unsigned long n = 15;
  return (int)(fib(n) * 42 / 610);
}
