/*
 * One file's way: a sender brings it to the server, then a receiver fetches it and compares every byte.
 *
 *     load relay --dialect modern|plain --port N --size BYTES --block FILE --start N --id UUID --sha256 HEX --account N
 *
 * The content is the block file over and over, from `start` on. Prints {"upload":…,"download":…}, seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

#define CHUNK_BYTES (128u << 10)
#define WINDOW_BYTES (1u << 20)

enum { HELLO = 16, RESUME = 19, UPLOAD = 25, FINISH = 26, DOWNLOAD = 27, ACK = 28, CHUNK = 48 };
enum { STORED = 68, ACCEPTED = 70, ACKED = 74, ERROR = 78 };

static int port, account = 1000, is_plain;
static uint64_t size, start, block_size;
static char *block; /* twice, so that a chunk is always in one piece */
static const char *id, *sha256;

static void die(const char *what, const char *detail, size_t length) {
  fprintf(stderr, "load relay: %s %.*s\n", what, (int)length, detail);
  exit(1);
}

static int open_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("cannot connect", "", 0);
  return fd;
}

static void send_all(int fd, const char *bytes, size_t length, int flags) {
  for (size_t at = 0; at < length;) {
    ssize_t sent = send(fd, bytes + at, length - at, flags | MSG_NOSIGNAL);
    if (sent <= 0) die("the server has closed while it was sent to", "", 0);
    at += (size_t)sent;
  }
}

static void send_header(int fd, int what, int stream, int kind, size_t length, int flags) {
  const char h[8] = {(char)what,          (char)(stream >> 8),   (char)stream,        (char)kind,
                     (char)(length >> 24), (char)(length >> 16), (char)(length >> 8), (char)length};
  send_all(fd, h, 8, flags);
}

static void send_text(int fd, int what, const char *json) {
  send_header(fd, what, 0, 1, strlen(json), MSG_MORE);
  send_all(fd, json, strlen(json), 0);
}

static void receive_all(int fd, char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t received = recv(fd, bytes + at, length - at, 0);
    if (received <= 0) die("the server has closed while it was read from", "", 0);
    at += (size_t)received;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  }
}

static char payload[1 << 20];
static size_t payload_length;

/* The next message's id; an error ends the run. */
static int next_message(int fd) {
  uint8_t h[8];
  receive_all(fd, (char *)h, 8);
  payload_length = (size_t)h[4] << 24 | (size_t)h[5] << 16 | (size_t)h[6] << 8 | h[7];
  if (payload_length >= sizeof payload) die("a message is too long", "", 0);
  receive_all(fd, payload, payload_length);
  payload[payload_length] = 0;
  if (h[0] == ERROR) die("the server says", payload, payload_length);
  return h[0];
}

static void expect(int fd, int wanted) {
  while (next_message(fd) != wanted) continue;
}

static uint64_t number(const char *key) {
  const char *at = strstr(payload, key);
  return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static void log_in(int fd) {
  char json[128];
  send_text(fd, HELLO, "{\"version\":1}");
  snprintf(json, sizeof json, "{\"request\":1,\"token\":\"bench-token-%d\"}", account);
  send_text(fd, RESUME, json);
}

/* The plain dialect names a file by 8 bytes: the first 16 hexadecimal digits of the id. */
static void send_plain(int fd, int what) {
  char named[16];
  for (int i = 0; i < 8; i++) named[i] = (char)(size >> (56 - 8 * i));
  int digits = 0;
  uint64_t value = 0;
  for (const char *p = id; *p && digits < 16; p++) {
    if (*p == '-') continue;
    value = value << 4 | (uint64_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
    digits++;
  }
  for (int i = 0; i < 8; i++) named[8 + i] = (char)(value >> (56 - 8 * i));
  send_header(fd, what, 0, 3, sizeof named, MSG_MORE);
  send_all(fd, named, sizeof named, 0);
}

static void upload(void) {
  char json[512];
  int fd = open_socket();
  uint64_t acked = 0;
  if (is_plain) {
    send_plain(fd, UPLOAD);
  } else {
    log_in(fd);
    snprintf(json, sizeof json,
             "{\"request\":2,\"stream\":1,\"room\":\"lobby\",\"id\":\"%s\",\"type\":\"file\",\"name\":\"bench.bin\",\"size\":%llu}", id,
             (unsigned long long)size);
    send_text(fd, UPLOAD, json);
    expect(fd, ACCEPTED);
  }
  for (uint64_t at = 0; at < size;) {
    size_t length = size - at < CHUNK_BYTES ? (size_t)(size - at) : CHUNK_BYTES;
    while (!is_plain && at + length - acked > WINDOW_BYTES) {
      expect(fd, ACKED);
      acked = number("\"offset\":");
    }
    send_header(fd, CHUNK, 1, 3, length, MSG_MORE);
    send_all(fd, block + (start + at) % block_size, length, 0);
    at += length;
  }
  snprintf(json, sizeof json, "{\"request\":3,\"stream\":1,\"sha256\":\"%s\"}", sha256);
  send_text(fd, FINISH, json);
  expect(fd, STORED);
  close(fd);
}

static void download(void) {
  char json[256];
  int fd = open_socket();
  if (is_plain) {
    send_plain(fd, DOWNLOAD);
  } else {
    log_in(fd);
    snprintf(json, sizeof json, "{\"request\":2,\"stream\":1,\"id\":\"%s\"}", id);
    send_text(fd, DOWNLOAD, json);
    expect(fd, ACCEPTED);
  }
  for (uint64_t at = 0; at < size;) {
    expect(fd, CHUNK);
    if (payload_length > size - at || memcmp(payload, block + (start + at) % block_size, payload_length) != 0) {
      die("the file came back changed", "", 0);
    }
    at += payload_length;
    if (is_plain) continue;
    snprintf(json, sizeof json, "{\"stream\":1,\"offset\":%llu}", (unsigned long long)at);
    send_text(fd, ACK, json);
  }
  close(fd);
}

static void read_block(const char *path) {
  struct stat info;
  int fd = open(path, O_RDONLY);
  if (fd < 0 || fstat(fd, &info) < 0) die("cannot open", path, strlen(path));
  block_size = (uint64_t)info.st_size;
  block = malloc(2 * block_size);
  if (read(fd, block, block_size) != (ssize_t)block_size) die("cannot read", path, strlen(path));
  memcpy(block + block_size, block, block_size);
  close(fd);
}

int relay_main(int argc, char **argv) {
  static const struct option names[] = {
      {"dialect", 1, 0, 'd'}, {"port", 1, 0, 'p'}, {"size", 1, 0, 's'},   {"block", 1, 0, 'b'}, {"start", 1, 0, 'S'},
      {"id", 1, 0, 'i'},      {"sha256", 1, 0, 'h'}, {"account", 1, 0, 'a'}, {0, 0, 0, 0},
  };
  for (int key; (key = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (key) {
      case 'd': is_plain = strcmp(optarg, "plain") == 0; break;
      case 'p': port = atoi(optarg); break;
      case 's': size = strtoull(optarg, NULL, 10); break;
      case 'b': read_block(optarg); break;
      case 'S': start = strtoull(optarg, NULL, 10); break;
      case 'i': id = optarg; break;
      case 'h': sha256 = optarg; break;
      case 'a': account = atoi(optarg); break;
      default: return 2;
    }
  }
  if (!block || !id || !sha256) return 2;
  uint64_t begun = clock_ns();
  upload();
  uint64_t stored_at = clock_ns();
  download();
  printf("{\"upload\":%.6f,\"download\":%.6f}\n", (double)(stored_at - begun) / 1e9, (double)(clock_ns() - stored_at) / 1e9);
  return 0;
}
