/*
 * Connections and the loop that serves them.
 *
 * Everything that is readable is read at once into one large buffer; only the beginning of an unfinished message is kept with
 * its connection. Acknowledgements are asked for at once after every read (TCP_QUICKACK has to be asked for again and again):
 * a server that leaves Nagle's algorithm on would otherwise wait for them and look slower than it is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "load.h"

#define READ_BYTES (1 << 20)
#define EVENTS 1024

struct histogram greetings;
uint64_t opened_at, greeted_last, ready_last;
uint32_t greeted_count, retries;
void (*on_ready)(struct conn *);
int (*on_stdin)(void);

static int poll_fd, timer_fd;
static char *buffer;
static int next_to_open;
static struct conn stdin_conn, timer_conn;

void loop_init(void) {
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  buffer = malloc(2 * READ_BYTES);
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &stdin_conn});
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, timer_fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &timer_conn});
}

static void watch(struct conn *c, int writing) {
  if (c->writing == writing) return;
  c->writing = writing;
  struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

/* Stops listening to a reader that has read its share for now; it is listened to again when its time has come. */
static void listen_later(struct conn *c, uint64_t at) {
  struct epoll_event event = {.events = 0, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
  c->retry_at = at;
}

void conn_reset(struct conn *c) {
  if (c->state != CLOSED) tls_end(c), close(c->fd);
  if (c->state == READY) ready_count--;
  c->state = CLOSED;
  c->rest_len = c->out_at = c->out_len = 0;
  c->writing = 0;
}

void conn_start(struct conn *c) {
  conn_reset(c);
  c->retry_at = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) {
    perror("socket");
    exit(1);
  }
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (opt.rcvbuf) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &opt.rcvbuf, sizeof opt.rcvbuf);
  struct sockaddr_in address = {.sin_family = AF_INET};
  if (opt.sources > 1) {
    /* A port number is only so large: more connections than that need more than one address to come from. */
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + c->index % (uint32_t)opt.sources);
    if (bind(c->fd, (struct sockaddr *)&address, sizeof address) < 0) perror("bind");
  }
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((uint16_t)opt.port);
  c->started = clock_ns();
  c->state = CONNECTING;
  c->writing = 1;
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    conn_reset(c);
    retries++;
    c->retry_at = clock_ns() + 20000000;
    return;
  }
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN | EPOLLOUT, .data.ptr = c});
}

/* Opens all members, so many at once. */
void conn_open_all(void) {
  memset(&greetings, 0, sizeof greetings);
  greeted_count = retries = closed_count = 0;
  opened_at = clock_ns();
  for (int i = 0; i < opt.members; i++) conn_reset(&members[i]);
  for (next_to_open = 0; next_to_open < opt.members && next_to_open < opt.concurrency;) {
    conn_start(&members[next_to_open++]);
  }
}

void conn_greeted(struct conn *c) {
  record(&greetings, now - c->started);
  greeted_count++;
  greeted_last = now;
}

void conn_ready(struct conn *c) {
  if (c->state == READY) return;
  c->state = READY;
  c->ready_at = ready_last = now;
  ready_count++;
  if (on_ready) on_ready(c);
  else if (next_to_open < opt.members) conn_start(&members[next_to_open++]);
}

void conn_failed(struct conn *c, const char *why, size_t length) {
  faults.refused++;
  snprintf(last_error, sizeof last_error, "member %u: %.*s", c->index, (int)length, why);
}

static void lost(struct conn *c) {
  enum state before = c->state;
  conn_reset(c);
  if (before == CONNECTING) {
    retries++;
    c->retry_at = now + 20000000;
  } else {
    closed_count++;
  }
}

char *conn_reserve(struct conn *c, size_t length) {
  if (c->out_at == c->out_len) c->out_at = c->out_len = 0;
  if (c->out_len + length > c->out_cap) {
    c->out_cap = 2 * (c->out_len + length);
    c->out = realloc(c->out, c->out_cap);
  }
  return c->out + c->out_len;
}

void conn_commit(struct conn *c, size_t length) { c->out_len += length; }

void conn_send(struct conn *c, const char *bytes, size_t length) {
  memcpy(conn_reserve(c, length), bytes, length);
  conn_commit(c, length);
  conn_flush(c);
}

void conn_flush(struct conn *c) {
  while (c->out_at < c->out_len) {
    const char *bytes = c->out + c->out_at;
    size_t length = c->out_len - c->out_at;
    ssize_t written = c->tls ? tls_write(c, bytes, length) : send(c->fd, bytes, length, MSG_NOSIGNAL);
    if (written < 0) break;
    bytes_sent += (uint64_t)written;
    c->out_at += (size_t)written;
  }
  if (c->state != CLOSED) watch(c, c->out_at < c->out_len);
}

static void keep(struct conn *c, const char *bytes, size_t length) {
  if (length > c->rest_cap) {
    c->rest_cap = length + 256;
    c->rest = realloc(c->rest, c->rest_cap);
  }
  memcpy(c->rest, bytes, length);
  c->rest_len = length;
}

static void receive(struct conn *c) {
  size_t kept = c->rest_len, wanted = READ_BYTES;
  if (kept > READ_BYTES) {
    conn_failed(c, "a message has no end", 20);
    return lost(c);
  }
  if (opt.read_rate) wanted = (size_t)opt.read_rate;
  memcpy(buffer, c->rest, kept);
  ssize_t length = c->tls ? tls_read(c, buffer + kept, wanted) : recv(c->fd, buffer + kept, wanted, 0);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (length <= 0) return lost(c);
  bytes_received += (uint64_t)length;
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  now = clock_ns();
  size_t total = kept + (size_t)length;
  c->rest_len = 0;
  size_t taken = opt.dialect->take(c, buffer, total);
  if (c->state == CLOSED || c->state == CONNECTING) return; /* it has been closed, or begun again */
  if (taken < total) keep(c, buffer + taken, total - taken);
  if (opt.read_rate) listen_later(c, now + 1000000000);
}

static void shake_hands(struct conn *c) {
  int done = tls_handshake(c);
  if (done < 0) return lost(c);
  if (!done) return;
  c->state = GREETING;
  opt.dialect->hello(c);
}

static void serve(struct conn *c, uint32_t events) {
  if (c->state == CLOSED) return;
  if (c->state == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    now = clock_ns();
    if (error) return lost(c);
    watch(c, 0);
    if (opt.tls) {
      c->state = SHAKING_HANDS;
      tls_start(c);
      return shake_hands(c);
    }
    c->state = GREETING;
    opt.dialect->hello(c);
    return;
  }
  if (c->state == SHAKING_HANDS) return shake_hands(c);
  if (events & EPOLLOUT) conn_flush(c);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(c);
}

/* Whatever waits for its time: connecting again, or reading on. Few ever do. */
static void resume_waiting(void) {
  for (int i = 0; i < opt.members; i++) {
    struct conn *c = &members[i];
    if (!c->retry_at || c->retry_at > now) continue;
    c->retry_at = 0;
    if (c->state == CLOSED) conn_start(c);
    else epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
  }
}

void loop_turn(uint64_t until) {
  static struct epoll_event events[EVENTS];
  static uint64_t looked;
  now = clock_ns();
  if (now - looked > 5000000) looked = now, resume_waiting();
  if (until < now + 1000) until = now + 1000;
  if (until > now + 10000000) until = now + 10000000;
  struct itimerspec at = {.it_value = {(time_t)(until / 1000000000), (long)(until % 1000000000)}};
  timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
  int count = epoll_wait(poll_fd, events, EVENTS, -1);
  now = clock_ns();
  for (int i = 0; i < count; i++) {
    struct conn *c = events[i].data.ptr;
    if (c == &timer_conn) {
      uint64_t ticks;
      if (read(timer_fd, &ticks, sizeof ticks) < 0) continue;
    } else if (c == &stdin_conn) {
      if (on_stdin && on_stdin() < 0) epoll_ctl(poll_fd, EPOLL_CTL_DEL, 0, NULL);
    } else {
      serve(c, events[i].events);
    }
  }
}
