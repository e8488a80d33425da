/*
 * The practical limit: what a server in C achieves that does nothing but deliver.
 *
 * One thread, epoll, one log of frames shared by everybody, a cursor for each connection, and once per turn of the loop one
 * write for each member of all that it has not had yet. No store, no JSON, no accounts. It has the frames of the real
 * server (8 bytes of header) with bare bodies in them. A member that falls behind by the whole log is closed.
 *
 *     RESUME 19 → 65    JOIN 21 → 66    POST 22 → EVENT 71 to every member, the sender included
 *     UPLOAD 25 (u64 size) CHUNK 48 … FINISH 26 → 68 once the file is on the disk    DOWNLOAD 27 → CHUNK 48 …
 *
 * `reference [--drop-one-in N]` prints "listening on 127.0.0.1:PORT". With the option it leaves out one delivery in N: whoever
 * measures it has to notice.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define LOG_BYTES (64u << 20)
#define READ_BYTES (256 << 10)
#define CHUNK_BYTES (128 << 10)
#define EVENTS 1024

enum { RESUME = 19, JOIN = 21, POST = 22, UPLOAD = 25, FINISH = 26, DOWNLOAD = 27, CHUNK = 48 };
enum { LOGGED_IN = 65, JOINED = 66, STORED = 68, EVENT = 71 };

struct conn {
  int fd, joined, blocked, dead;
  uint64_t cursor;   /* bytes of the log that it has had */
  uint64_t frames;   /* the frames among them */
  int mid_frame;     /* the last write ended inside a frame */
  char *rest;
  size_t rest_len;
  char reply[64];
  size_t reply_len;
  int file;          /* what it uploads or downloads; 0 = nothing */
  uint64_t left;     /* bytes of it to come or to go */
  uint64_t chunk;    /* bytes of the current chunk to go */
  struct conn *prev, *next;
};

static char *room; /* the log, as a ring */
static uint64_t head, head_frames, drop_in, dropped_at;
static struct conn members = {.prev = &members, .next = &members};
static int poll_fd, folder;
static char *buffer;

static void put_header(uint8_t *h, int id, uint64_t length) {
  const uint8_t bytes[8] = {(uint8_t)id, 0, 0, 1, (uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
  memcpy(h, bytes, 8);
}

static void log_append(const void *bytes, size_t length) {
  size_t at = head % LOG_BYTES, first = LOG_BYTES - at < length ? LOG_BYTES - at : length;
  memcpy(room + at, bytes, first);
  memcpy(room, (const char *)bytes + first, length - first);
  head += length;
}

static void watch(struct conn *c) {
  struct epoll_event event = {.events = EPOLLIN | (c->blocked ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void block(struct conn *c, int blocked) {
  if (c->blocked == blocked) return;
  c->blocked = blocked;
  watch(c);
}

/* Forgotten at the end of the turn, since events for it may still be in hand. */
static void drop_conn(struct conn *c) { c->dead = 1; }

static void bury(struct conn *c) {
  if (c->next) c->prev->next = c->next, c->next->prev = c->prev;
  close(c->fd);
  if (c->file > 0) close(c->file);
  free(c->rest);
  free(c);
}

static void answer(struct conn *c, int id) {
  if (c->reply_len + 8 > sizeof c->reply) return;
  put_header((uint8_t *)c->reply + c->reply_len, id, 0);
  c->reply_len += 8;
}

static void file_name(char *out, size_t size, const uint8_t *id) {
  snprintf(out, size, "file-%02x%02x%02x%02x%02x%02x%02x%02x", id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]);
}

static void open_file(struct conn *c, int id, const uint8_t *payload) {
  char name[64];
  uint64_t size = 0;
  for (int i = 0; i < 8; i++) size = size << 8 | payload[i];
  file_name(name, sizeof name, payload + 8);
  c->file = openat(folder, name, id == UPLOAD ? O_CREAT | O_TRUNC | O_RDWR : O_RDONLY, 0600);
  if (c->file < 0) perror("open"), exit(1);
  c->left = size;
}

static void frame(struct conn *c, int id, const uint8_t *payload, size_t length) {
  uint8_t header[8];
  switch (id) {
    case RESUME:
      return answer(c, LOGGED_IN);
    case JOIN:
      c->joined = 1;
      c->cursor = head, c->frames = head_frames;
      c->prev = members.prev, c->next = &members;
      c->prev->next = c, members.prev = c;
      return answer(c, JOINED);
    case POST:
      put_header(header, EVENT, length);
      log_append(header, 8);
      log_append(payload, length);
      head_frames++;
      return;
    case UPLOAD:
    case DOWNLOAD:
      if (length >= 16) open_file(c, id, payload);
      return;
    case CHUNK:
      for (size_t at = 0; at < length;) {
        ssize_t written = write(c->file, payload + at, length - at);
        if (written < 0) perror("write"), exit(1);
        at += (size_t)written;
      }
      return;
    case FINISH:
      /* On the disk, as with the server that it is compared with. */
      fsync(c->file);
      close(c->file);
      c->file = 0;
      return answer(c, STORED);
    default:
      return drop_conn(c);
  }
}

static void receive(struct conn *c) {
  memcpy(buffer, c->rest, c->rest_len);
  ssize_t length = recv(c->fd, buffer + c->rest_len, READ_BYTES, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) return drop_conn(c);
  size_t total = c->rest_len + (size_t)length, at = 0;
  while (total - at >= 8) {
    const uint8_t *h = (const uint8_t *)buffer + at;
    size_t size = (size_t)h[4] << 24 | (size_t)h[5] << 16 | (size_t)h[6] << 8 | h[7];
    if (size > READ_BYTES) return drop_conn(c);
    if (total - at < 8 + size) break;
    frame(c, h[0], h + 8, size);
    at += 8 + size;
  }
  c->rest_len = total - at;
  if (c->rest_len > 0) {
    c->rest = realloc(c->rest, c->rest_len);
    memcpy(c->rest, buffer + at, c->rest_len);
  }
}

/* The planted fault: once in so many deliveries, one member does not get one frame. */
static void perhaps_drop(struct conn *c, uint64_t delivered) {
  static uint64_t count;
  count += delivered;
  if (!drop_in || count - dropped_at < drop_in || c->mid_frame) return;
  dropped_at = count;
  uint8_t length[4];
  for (int i = 0; i < 4; i++) length[i] = (uint8_t)room[(c->cursor + 4 + (uint64_t)i) % LOG_BYTES];
  c->cursor += 8 + ((uint64_t)length[0] << 24 | (uint64_t)length[1] << 16 | (uint64_t)length[2] << 8 | length[3]);
}

static void send_log(struct conn *c) {
  if (head - c->cursor > LOG_BYTES) return drop_conn(c);
  if (head > c->cursor) perhaps_drop(c, head_frames - c->frames);
  c->frames = head_frames;
  while (c->cursor < head) {
    size_t at = c->cursor % LOG_BYTES, length = (size_t)(head - c->cursor);
    size_t first = LOG_BYTES - at < length ? LOG_BYTES - at : length;
    struct iovec parts[2] = {{room + at, first}, {room, length - first}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = length > first ? 2 : 1};
    ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EAGAIN) return block(c, 1);
      return drop_conn(c);
    }
    c->cursor += (uint64_t)sent;
    c->mid_frame = c->cursor < head;
  }
  block(c, 0);
}

static void send_file(struct conn *c) {
  while (c->left > 0) {
    if (c->chunk == 0) {
      uint8_t header[8];
      c->chunk = c->left < CHUNK_BYTES ? c->left : CHUNK_BYTES;
      put_header(header, CHUNK, c->chunk);
      header[3] = 3;
      /* With MSG_MORE eight bytes are taken whole or not at all. */
      if (send(c->fd, header, 8, MSG_NOSIGNAL | MSG_MORE) != 8) {
        c->chunk = 0;
        return block(c, 1);
      }
    }
    ssize_t sent = sendfile(c->fd, c->file, NULL, c->chunk);
    if (sent < 0) return errno == EAGAIN ? block(c, 1) : drop_conn(c);
    c->chunk -= (uint64_t)sent, c->left -= (uint64_t)sent;
  }
  close(c->file);
  c->file = 0;
  block(c, 0);
}

static void write_replies(struct conn *c) {
  if (c->reply_len == 0) return;
  if (send(c->fd, c->reply, c->reply_len, MSG_NOSIGNAL) == (ssize_t)c->reply_len) c->reply_len = 0;
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct conn *c = calloc(1, sizeof *c);
    c->fd = fd;
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
  }
}

static int open_listener(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 4096) < 0) perror("listen"), exit(1);
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void serve(int listener) {
  static struct epoll_event events[EVENTS];
  static struct conn *dead[EVENTS];
  for (;;) {
    int count = epoll_wait(poll_fd, events, EVENTS, -1), died = 0;
    for (int i = 0; i < count; i++) {
      struct conn *c = events[i].data.ptr;
      if (!c) {
        accept_all(listener);
        continue;
      }
      if (events[i].events & EPOLLOUT) block(c, 0);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(c);
      if (!c->dead) write_replies(c);
      if (!c->dead && c->file > 0 && c->left > 0 && !c->blocked) {
        int flags = fcntl(c->file, F_GETFL);
        if ((flags & O_ACCMODE) == O_RDONLY) send_file(c);
      }
      if (c->dead && !c->joined) dead[died++] = c;
    }
    for (int i = 0; i < died; i++) bury(dead[i]);
    for (struct conn *c = members.next, *next; c != &members; c = next) {
      next = c->next;
      if (!c->dead && !c->blocked && c->cursor < head) send_log(c);
      if (c->dead) bury(c);
    }
  }
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--drop-one-in") == 0) drop_in = strtoull(argv[i + 1], NULL, 10);
    if (strcmp(argv[i], "--folder") == 0) folder = open(argv[i + 1], O_DIRECTORY | O_RDONLY);
  }
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  room = malloc(LOG_BYTES);
  buffer = malloc(2 * READ_BYTES + 8);
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  int listener = open_listener();
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
  serve(listener);
}
