/*
 * The modern dialect, as lib/protocol/README.md specifies it: HELLO, RESUME (or LOGIN), JOIN, POST, HISTORY, PING and PONG.
 *
 * Greeting, login and joining are sent together: they are dealt with in order. Texts are compact; JSON is looked at only where
 * it has to be. An event's number must follow the last one.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { HELLO = 16, LOGIN = 18, RESUME = 19, JOIN = 21, POST = 22, PONG = 31 };
enum { BINARY = 3 };
enum { WELCOME = 64, LOGGED_IN, JOINED, MEMBERS, STORED, PAGE, EVENT = 71, PRESENCE, BEHIND, PING = 75, BYE = 77, ERROR };

static size_t header(char *out, int id, size_t length) {
  const char bytes[8] = {(char)id, 0, 0, 1, (char)(length >> 24), (char)(length >> 16), (char)(length >> 8), (char)length};
  memcpy(out, bytes, 8);
  return 8;
}

static size_t frame(char *out, int id, const char *json, size_t length) {
  memcpy(out + header(out, id, length), json, length);
  return 8 + length;
}

static void hello(struct conn *c) {
  char out[1024], json[256];
  const char *greeting = "{\"version\":1,\"client\":\"bench\"}";
  size_t at = frame(out, HELLO, greeting, strlen(greeting));
  c->account = opt.first_account + (int)(c->index % (uint32_t)opt.accounts);
  int length = opt.password
                   ? snprintf(json, sizeof json, "{\"request\":1,\"account\":%d,\"password\":\"bench-password\"}", c->account)
                   : snprintf(json, sizeof json, "{\"request\":1,\"token\":\"bench-token-%d\"}", c->account);
  at += frame(out + at, opt.password ? LOGIN : RESUME, json, (size_t)length);
  if (opt.join) {
    /* Somebody who was here before goes on from the last number that they have. */
    length = c->seq < 0 ? snprintf(json, sizeof json, "{\"request\":2,\"room\":\"lobby\"}")
                        : snprintf(json, sizeof json, "{\"request\":2,\"room\":\"lobby\",\"after\":%lld}", (long long)c->seq);
    at += frame(out + at, JOIN, json, (size_t)length);
  }
  conn_send(c, out, at);
}

static long long number(const char *json, size_t length, const char *key) {
  const char *at = memmem(json, length, key, strlen(key));
  return at ? atoll(at + strlen(key)) : -1;
}

static uint64_t big_endian(const char *at, int bytes) {
  uint64_t value = 0;
  while (bytes--) value = value << 8 | (uint8_t)*at++;
  return value;
}

static void numbered(struct conn *c, int64_t seq) {
  if (c->seq >= 0 && seq != c->seq + 1) {
    if (seq > c->seq) faults.missing += (uint64_t)(seq - c->seq - 1);
    else faults.doubled++;
  }
  c->seq = seq;
}

/* A file has a number like everything else that is said, and is nothing that a sender of ours counts. */
static void other_event(struct conn *c, const char *json, size_t length) {
  int64_t seq = number(json, length, "\"seq\":");
  if (seq < 0) return conn_failed(c, json, length < 100 ? length : 100);
  numbered(c, seq);
}

/* u64 seq, u64 at, UUID id, u16 account, label name, label room, text */
static void text_event(struct conn *c, char *bytes, size_t length) {
  size_t at = 34;
  for (int label = 0; label < 2 && at < length; label++) at += 1 + (uint8_t)bytes[at];
  if (at > length) return conn_failed(c, "an event that is cut short", 26);
  numbered(c, (int64_t)big_endian(bytes, 8));
  delivered(c, bytes + at, length - at);
}

static void failed(struct conn *c, const char *json, size_t length) {
  if (memmem(json, length, "\"code\":\"busy\"", 13)) {
    long long after = number(json, length, "\"retryAfter\":");
    return busy(c, after > 0 ? (uint32_t)after : 1000);
  }
  conn_failed(c, json, length);
}

static void message(struct conn *c, const uint8_t *head, char *json, size_t length) {
  char out[64];
  const int compact = head[3] == BINARY;
  if (head[0] == EVENT || head[0] == PRESENCE) room_bytes += 8 + length;
  switch (head[0]) {
    case EVENT:
      return compact ? text_event(c, json, length) : other_event(c, json, length);
    case STORED:
      return stored(c, (uint32_t)(compact ? (int64_t)big_endian(json, 4) : number(json, length, "\"request\":")));
    case WELCOME:
      return conn_greeted(c);
    case LOGGED_IN:
      if (!opt.join) conn_ready(c);
      return;
    case JOINED:
      if (c->seq < 0) c->seq = number(json, length < 256 ? length : 256, "\"head\":");
      return conn_ready(c);
    case PAGE:
      return page_arrived(c, json, length);
    case PING: {
      int size = snprintf(out, sizeof out, "{\"request\":%lld}", number(json, length, "\"request\":"));
      char framed[80];
      return conn_send(c, framed, frame(framed, PONG, out, (size_t)size));
    }
    case BEHIND:
      faults.behind++;
      return;
    case ERROR:
      return failed(c, json, length);
    case PRESENCE:
    case MEMBERS:
    case BYE:
      return;
    default:
      return conn_failed(c, "an unknown message", 18);
  }
}

static size_t take(struct conn *c, char *bytes, size_t length) {
  size_t at = 0;
  while (length - at >= 8) {
    const uint8_t *h = (const uint8_t *)bytes + at;
    size_t size = (size_t)h[4] << 24 | (size_t)h[5] << 16 | (size_t)h[6] << 8 | h[7];
    if (length - at < 8 + size) break;
    message(c, h, bytes + at + 8, size);
    if (c->state == CLOSED || c->state == CONNECTING) return length;
    at += 8 + size;
  }
  return at;
}

/* SplitMix64. */
static uint64_t random_bits(void) {
  static uint64_t state;
  if (!state) state = clock_ns() ^ (uint64_t)getpid() << 44;
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

static void put(char *out, uint64_t value, int bytes) {
  while (bytes--) *out++ = (char)(value >> 8 * bytes);
}

/* A UUID of version 7, as the client makes them: 48 bits of milliseconds, then chance. */
static void write_id(char *out) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  uint64_t ms = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000, a = random_bits(), b = random_bits();
  put(out, ms, 6);
  put(out + 6, 0x7000 | (a & 0xfff), 2);
  put(out + 8, 0x8000000000000000u | (b >> 2), 8);
}

/* u32 request, UUID id, label room, text */
static size_t post(struct conn *c, char *out, const char *body, size_t size, uint32_t request) {
  (void)c;
  header(out, POST, 26 + size);
  out[3] = BINARY;
  put(out + 8, request, 4);
  write_id(out + 12);
  memcpy(out + 28, "\5lobby", 6);
  memcpy(out + 34, body, size);
  return 34 + size;
}

const struct dialect modern = {"modern", 1, 256, hello, take, post};
