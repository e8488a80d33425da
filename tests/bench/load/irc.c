/*
 * IRC, as far as a channel full of talkers needs it (RFC 2812). A line has 512 bytes at the most, and a sender does not get
 * its own message back: what it has under way is seen at the next member.
 */
#include <stdio.h>
#include <string.h>

#include "load.h"

#define CHANNEL "#bench"

static void hello(struct conn *c) {
  char out[128];
  int length = snprintf(out, sizeof out, "NICK n%05u\r\nUSER n%05u 0 * :n\r\n", c->index, c->index);
  conn_send(c, out, (size_t)length);
}

static int is(const char *word, size_t length, const char *wanted) {
  return length >= strlen(wanted) && memcmp(word, wanted, strlen(wanted)) == 0;
}

static void line(struct conn *c, char *text, size_t length) {
  static const char JOIN[] = "JOIN " CHANNEL "\r\n", MESSAGE[] = "PRIVMSG " CHANNEL " :";
  if (is(text, length, "PING ")) {
    char out[512];
    int size = snprintf(out, sizeof out, "PONG %.*s\r\n", (int)(length - 5), text + 5);
    return conn_send(c, out, (size_t)size);
  }
  if (is(text, length, "ERROR")) return conn_failed(c, text, length);
  char *space = text[0] == ':' ? memchr(text, ' ', length) : NULL;
  if (!space) return;
  const char *word = space + 1;
  size_t left = (size_t)(text + length - word);
  if (is(word, left, MESSAGE)) {
    delivered(c, word + sizeof MESSAGE - 1, left - (sizeof MESSAGE - 1));
  } else if (is(word, left, "001 ")) {
    conn_greeted(c);
    if (!opt.join) conn_ready(c);
    else conn_send(c, JOIN, sizeof JOIN - 1);
  } else if (is(word, left, "366 ")) {
    conn_ready(c);
  } else if ((word[0] == '4' || word[0] == '5') && !is(word, left, "422 ")) {
    /* An error, other than that there is no message of the day. */
    conn_failed(c, word, left);
  }
}

static size_t take(struct conn *c, char *bytes, size_t length) {
  size_t at = 0;
  for (char *end; at < length && (end = memchr(bytes + at, '\n', length - at)); at = (size_t)(end + 1 - bytes)) {
    size_t size = (size_t)(end - bytes) - at;
    while (size > 0 && bytes[at + size - 1] == '\r') size--;
    if (size > 0) line(c, bytes + at, size);
  }
  return at;
}

static size_t post(struct conn *c, char *out, const char *body, size_t size, uint32_t request) {
  (void)c, (void)request;
  static const char BEFORE[] = "PRIVMSG " CHANNEL " :";
  memcpy(out, BEFORE, sizeof BEFORE - 1);
  memcpy(out + sizeof BEFORE - 1, body, size);
  memcpy(out + sizeof BEFORE - 1 + size, "\r\n", 2);
  return sizeof BEFORE - 1 + size + 2;
}

const struct dialect irc = {"irc", 0, 64, hello, take, post};
