/* The reference's dialect: the project's 8-byte header in front of a bare body, and a login that asks for nothing. */
#include <stdint.h>
#include <string.h>

#include "load.h"

enum { RESUME = 19, JOIN = 21, POST = 22, LOGGED_IN = 65, JOINED = 66, EVENT = 71 };

static size_t header(char *out, int id, size_t length) {
  const char bytes[8] = {(char)id, 0, 0, 1, (char)(length >> 24), (char)(length >> 16), (char)(length >> 8), (char)length};
  memcpy(out, bytes, 8);
  return 8;
}

static void hello(struct conn *c) {
  char out[16];
  header(out, RESUME, 0);
  header(out + 8, JOIN, 0);
  conn_send(c, out, opt.join ? 16 : 8);
}

static size_t take(struct conn *c, char *bytes, size_t length) {
  size_t at = 0;
  while (length - at >= 8) {
    const uint8_t *h = (const uint8_t *)bytes + at;
    size_t size = (size_t)h[4] << 24 | (size_t)h[5] << 16 | (size_t)h[6] << 8 | h[7];
    if (length - at < 8 + size) break;
    if (h[0] == EVENT) {
      delivered(c, bytes + at + 8, size);
    } else if (h[0] == LOGGED_IN) {
      conn_greeted(c);
      if (!opt.join) conn_ready(c);
    } else if (h[0] == JOINED) {
      conn_ready(c);
    } else {
      conn_failed(c, "an unknown frame", 16);
    }
    at += 8 + size;
  }
  return at;
}

static size_t post(struct conn *c, char *out, const char *body, size_t size, uint32_t request) {
  (void)c, (void)request;
  header(out, POST, size);
  memcpy(out + 8, body, size);
  return 8 + size;
}

const struct dialect plain = {"plain", 1, 8, hello, take, post};
