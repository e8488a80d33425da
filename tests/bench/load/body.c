/*
 * What every message says about itself, and the histogram of how long they took.
 *
 *     6 checksum | 3 sender | 6 counter | 9 nanoseconds | 1 'L' for a sender's last, else '.' | padding
 *
 * Numbers are written six bits a character, in letters that JSON and IRC leave alone. The checksum covers all that follows it.
 */
#include <string.h>
#include <time.h>

#include "load.h"

#define HEAD 25

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static int8_t value_of[256];

uint64_t clock_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void put(char *out, int digits, uint64_t value) {
  while (digits-- > 0) out[digits] = DIGITS[value & 63], value >>= 6;
}

static int get(const char *in, int digits, uint64_t *value) {
  uint64_t sum = 0;
  int wrong = 0;
  for (int i = 0; i < digits; i++) {
    int8_t digit = value_of[(uint8_t)in[i]];
    wrong |= digit;
    sum = sum << 6 | (uint64_t)(digit & 63);
  }
  *value = sum;
  return wrong < 0 ? -1 : 0;
}

/* Two lanes of multiplications, so that checking a message costs less than receiving it. */
static uint64_t checksum(const char *bytes, size_t length) {
  const uint64_t k = 0x9e3779b97f4a7c15u;
  uint64_t a = length * k, b = ~a, word;
  size_t at = 0;
  for (; at + 16 <= length; at += 16) {
    memcpy(&word, bytes + at, 8);
    a = (a ^ word) * k, a ^= a >> 29;
    memcpy(&word, bytes + at + 8, 8);
    b = (b ^ word) * k, b ^= b >> 31;
  }
  for (; at < length; at++) a = (a ^ (uint8_t)bytes[at]) * k, a ^= a >> 29;
  a ^= b * k;
  return (a ^ a >> 32) & ((1ull << 36) - 1);
}

void body_write(char *out, size_t size, const struct body *body) {
  put(out + 6, 3, body->sender);
  put(out + 9, 6, body->counter);
  put(out + 15, 9, body->time);
  out[24] = body->last ? 'L' : '.';
  /* Other padding for every message: what is cut off and joined wrongly shows. */
  for (size_t i = HEAD; i < size; i++) out[i] = DIGITS[(body->counter + body->sender + i) & 63];
  put(out, 6, checksum(out + 6, size - 6));
}

int body_read(const char *bytes, size_t size, struct body *body) {
  if (!value_of['B']) {
    memset(value_of, -1, sizeof value_of);
    for (int i = 0; i < 64; i++) value_of[(uint8_t)DIGITS[i]] = (int8_t)i;
  }
  uint64_t sum, sender, counter;
  if (size < HEAD || get(bytes, 6, &sum) < 0 || sum != checksum(bytes + 6, size - 6)) return -1;
  if (get(bytes + 6, 3, &sender) < 0 || get(bytes + 9, 6, &counter) < 0 || get(bytes + 15, 9, &body->time) < 0) return -1;
  body->sender = (uint32_t)sender;
  body->counter = (uint32_t)counter;
  body->last = bytes[24] == 'L';
  return 0;
}

void record(struct histogram *h, uint64_t ns) {
  int power = ns >> SUB_BITS ? 63 - __builtin_clzll(ns) - SUB_BITS + 1 : 0;
  uint64_t sub = power ? (ns >> (power - 1)) & ((1u << SUB_BITS) - 1) : ns;
  h->bucket[((uint64_t)power << SUB_BITS) + sub]++;
  h->count++;
  if (ns > h->max) h->max = ns;
}

double quantile(const struct histogram *h, double q) {
  uint64_t wanted = (uint64_t)((double)h->count * q), passed = 0;
  for (size_t i = 0; i < sizeof h->bucket / sizeof *h->bucket; i++) {
    passed += h->bucket[i];
    if (passed <= wanted || !h->bucket[i]) continue;
    uint64_t power = i >> SUB_BITS, sub = i & ((1u << SUB_BITS) - 1);
    double low = power ? (double)((sub | 1u << SUB_BITS) << (power - 1)) : (double)sub;
    double width = power ? (double)(1ull << (power - 1)) : 1;
    return (low + width / 2) / 1000;
  }
  return (double)h->max / 1000;
}
