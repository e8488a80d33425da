/*
 * The load generator's parts and what they share.
 *
 * One process, one thread, one epoll loop. A *member* is a connection that has logged in; the first few members are also
 * *senders*. Everything that arrives at any member is checked: who sent it, its counter, its checksum. What a dialect has to
 * do is small: greet, find the messages in the bytes that came, and wrap a body for sending.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_SENDERS 256
#define MAX_WINDOW 1024

enum state { CLOSED, CONNECTING, SHAKING_HANDS, GREETING, READY };

struct conn {
  int fd;
  void *tls; /* nothing where bytes are plain */
  enum state state;
  uint32_t index;
  int account;
  int writing; /* epoll waits for room in the socket */
  char *rest;  /* the beginning of a message whose end has not come */
  size_t rest_len, rest_cap;
  char *out; /* what has not been written */
  size_t out_at, out_len, out_cap;
  uint64_t started, ready_at;
  uint64_t retry_at; /* when to connect again; 0 = not waiting */
  int64_t seq;       /* modern: the last event's number; -1 = unknown (legacy.c has its own) */
  uint32_t finals;   /* senders' last messages that have arrived here, over all phases */
};

/* What one member has had from one sender: the next counter, and which of the 64 before it have come. */
struct track {
  uint64_t seen;
  uint32_t next;
};

struct sender {
  uint32_t sent, inflight;
  int finished; /* has sent the last message of this phase */
  uint64_t times[MAX_WINDOW];
};

struct body {
  uint32_t sender, counter;
  uint64_t time; /* nanoseconds of CLOCK_MONOTONIC */
  int last;
};

/* Log-linear: 64 buckets for each power of two of nanoseconds, so an answer is within 1.6 %. */
#define SUB_BITS 6
struct histogram {
  uint64_t count, max;
  uint64_t bucket[(64 - SUB_BITS) << SUB_BITS];
};

struct dialect {
  const char *name;
  int echoes;   /* a sender gets its own message back */
  size_t frame; /* the most that is added to a body */
  void (*hello)(struct conn *);
  /* Deals with the whole messages at the start of the bytes; how many bytes that were. */
  size_t (*take)(struct conn *, char *bytes, size_t length);
  size_t (*post)(struct conn *, char *out, const char *body, size_t size, uint32_t request);
};

extern const struct dialect modern, legacy, irc, plain;

struct options {
  const struct dialect *dialect;
  int port, members, accounts, first_account, senders, sources, concurrency, join, pids[4];
  int rcvbuf;
  long read_rate; /* bytes a second that each member reads; 0 = all there is */
  int password;   /* log in by password instead of by token */
  int late;       /* the senders may have begun before */
  int tls;
};

struct faults {
  uint64_t missing, doubled, reordered, corrupt, refused, behind;
};

extern struct options opt;
extern struct conn *members;
extern struct track *tracks; /* members × senders */
extern struct sender senders[MAX_SENDERS];
extern struct faults faults;
extern struct histogram latency; /* of deliveries, or of acknowledgements where nothing is delivered */
extern uint64_t now;             /* when the last bytes were read */
extern uint64_t deliveries, acknowledged;
extern uint64_t bytes_received, bytes_sent; /* of all connections, as the sockets gave and took them */
extern uint64_t room_bytes;                 /* modern: of events and presence, headers included */
extern uint32_t ready_count, closed_count, finals_target, complete_count;
extern char last_error[256];

/* body.c */
uint64_t clock_ns(void);
void body_write(char *out, size_t size, const struct body *);
int body_read(const char *bytes, size_t size, struct body *);
void record(struct histogram *, uint64_t ns);
double quantile(const struct histogram *, double q); /* microseconds */

/* conn.c */
void conn_open_all(void);
void conn_reset(struct conn *);
void conn_start(struct conn *);
void conn_send(struct conn *, const char *bytes, size_t length);
char *conn_reserve(struct conn *, size_t length); /* write there, then conn_commit */
void conn_commit(struct conn *, size_t length);
void conn_flush(struct conn *);
void loop_init(void);
void loop_turn(uint64_t until); /* waits for something to happen, until that moment at the latest */
void conn_greeted(struct conn *);
void conn_ready(struct conn *);
void conn_failed(struct conn *, const char *why, size_t length);
extern struct histogram greetings;
extern uint64_t opened_at, greeted_last, ready_last;
extern uint32_t greeted_count, retries;
extern void (*on_ready)(struct conn *);
extern int (*on_stdin)(void);

/* tls.c */
void tls_start(struct conn *);
void tls_end(struct conn *);
int tls_handshake(struct conn *); /* 1 = done, 0 = waits for the peer, -1 = failed */
ssize_t tls_read(struct conn *, char *bytes, size_t length);
ssize_t tls_write(struct conn *, const char *bytes, size_t length);

/* flow.c */
void delivered(struct conn *, const char *body, size_t size);
void stored(struct conn *, uint32_t request);
void page_arrived(struct conn *, const char *json, size_t length);
void busy(struct conn *, uint32_t retry_ms);
void command(char *line);
void print_opened(void);

/* relay.c */
int relay_main(int argc, char **argv);

#endif
