/*
 * The old dialect, as lib/protocol/README.md's last section has it. A member has two connections: one logs in and speaks, then
 * the other reads. What it reads comes step by step: a header alone, which it acknowledges, then the body in pieces, each of
 * which it acknowledges. A text is two messages: who says it, then what.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

enum { LOGIN = 1, SEND, READ, NOTICE, ACK, ONLINE_LIST = 8 };

static struct conn *readers;

static size_t header(char *out, int id, int account, size_t length) {
  const char bytes[8] = {(char)id, (char)(account >> 8), (char)account, 1,
                         (char)(length >> 24), (char)(length >> 16), (char)(length >> 8), (char)length};
  memcpy(out, bytes, 8);
  return 8;
}

static size_t length_of(const char *head) {
  const uint8_t *h = (const uint8_t *)head;
  return (size_t)h[4] << 24 | (size_t)h[5] << 16 | (size_t)h[6] << 8 | h[7];
}

static int reads(const struct conn *c) { return readers && c >= readers && c < readers + opt.members; }

static void hello(struct conn *c) {
  char out[128];
  if (reads(c)) return conn_send(c, out, header(out, READ, c->account, 0));
  c->account = opt.first_account + (int)(c->index % (uint32_t)opt.accounts);
  int length = snprintf(out + 8, sizeof out - 8, "{\"account\":\"%d\",\"password\":\"bench-password\"}", c->account);
  header(out, LOGIN, c->account, (size_t)length);
  conn_send(c, out, 8 + (size_t)length);
}

static void start_reading(struct conn *c) {
  if (!readers) readers = calloc((size_t)opt.members, sizeof *readers);
  struct conn *reader = &readers[c->index];
  reader->index = c->index;
  reader->account = c->account;
  reader->seq = -1;
  conn_start(reader);
}

static void login_answer(struct conn *c, const char *json, size_t length) {
  if (!memmem(json, length, "\"status\":0", 10)) return conn_failed(c, json, length);
  conn_greeted(c);
  start_reading(c);
}

static void acknowledge(struct conn *c, size_t length) {
  char out[8] = {ACK, 0, 0, 0, (char)(length >> 24), (char)(length >> 16), (char)(length >> 8), (char)length};
  conn_send(c, out, 8);
}

/* A reader's `seq` is how much of a body it has acknowledged, or -1 before the header's acknowledgement. */
static size_t read_step(struct conn *c, char *bytes, size_t length) {
  struct conn *member = &members[c->index];
  if (length < 8) return 0;
  if (c->seq < 0) acknowledge(c, 0), c->seq = 0;
  size_t size = length_of(bytes), got = length - 8 < size ? length - 8 : size;
  if (got > (size_t)c->seq) acknowledge(c, got - (size_t)c->seq), c->seq = (int64_t)got;
  if (got < size) return 0;
  c->seq = -1;
  if (bytes[0] == ONLINE_LIST) conn_ready(member);
  /* Who says it ends with a colon, and is no body of ours. */
  if (bytes[0] == SEND && size > 0 && bytes[8 + size - 1] != ':') delivered(member, bytes + 8, size);
  return 8 + size;
}

static size_t take(struct conn *c, char *bytes, size_t length) {
  size_t at = 0;
  while (reads(c)) {
    size_t taken = read_step(c, bytes + at, length - at);
    if (!taken) return at;
    at += taken;
  }
  while (length - at >= 8 && length - at >= 8 + length_of(bytes + at)) {
    size_t size = length_of(bytes + at);
    if (c->state != READY) login_answer(c, bytes + at + 8, size);
    at += 8 + size;
  }
  return at;
}

static size_t post(struct conn *c, char *out, const char *body, size_t size, uint32_t request) {
  (void)request;
  memcpy(out + header(out, SEND, c->account, size), body, size);
  return 8 + size;
}

const struct dialect legacy = {"legacy", 1, 8, hello, take, post};
