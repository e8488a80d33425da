/*
 * TLS under a connection, where it is asked for: OpenSSL on the same non-blocking socket. Certificates are not looked at: what is
 * measured is what they cost, on this machine. Built without OpenSSL's headers, it says so when it is asked for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "load.h"

#if __has_include(<openssl/ssl.h>)
#include <openssl/ssl.h>

static SSL_CTX *context;

void tls_start(struct conn *c) {
  if (!context) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  }
  c->tls = SSL_new(context);
  SSL_set_fd(c->tls, c->fd);
  SSL_set_connect_state(c->tls);
}

void tls_end(struct conn *c) {
  if (c->tls) SSL_free(c->tls);
  c->tls = NULL;
}

/* As the socket's own calls answer: so many bytes, 0 at the end, or -1 with errno. */
static ssize_t outcome(struct conn *c, int result) {
  if (result > 0) return result;
  switch (SSL_get_error(c->tls, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      errno = ECONNRESET;
      return -1;
  }
}

int tls_handshake(struct conn *c) {
  int result = SSL_do_handshake(c->tls);
  if (result == 1) return 1;
  return outcome(c, result) < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t tls_read(struct conn *c, char *bytes, size_t length) {
  size_t total = 0;
  while (total < length) {
    ssize_t more = outcome(c, SSL_read(c->tls, bytes + total, (int)(length - total)));
    if (more <= 0) return total > 0 ? (ssize_t)total : more;
    total += (size_t)more;
  }
  return (ssize_t)total;
}

ssize_t tls_write(struct conn *c, const char *bytes, size_t length) {
  return outcome(c, SSL_write(c->tls, bytes, (int)length));
}

#else

static void missing(void) {
  fprintf(stderr, "load: built without OpenSSL, there is no TLS\n");
  exit(2);
}

void tls_start(struct conn *c) { (void)c, missing(); }
void tls_end(struct conn *c) { (void)c; }
int tls_handshake(struct conn *c) { return (void)c, -1; }
ssize_t tls_read(struct conn *c, char *bytes, size_t length) { return (void)c, (void)bytes, (void)length, -1; }
ssize_t tls_write(struct conn *c, const char *bytes, size_t length) { return (void)c, (void)bytes, (void)length, -1; }

#endif
