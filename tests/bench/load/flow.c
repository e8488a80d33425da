/*
 * What is done with the members once they are there. Each command is a line on standard input, `name key=value …`, and is
 * answered by one JSON object on a line:
 *
 *     flow senders= window= size= seconds=     senders with so many messages in flight each
 *     pace senders= rate= size= seconds=       so many messages a second in all, whatever comes back
 *     drain senders=                           nothing is sent: waits for the last message of so many senders elsewhere
 *     pages count= head=                       pages of history, one after the other, each from somewhere else
 *     logins seconds= count=                   members log in and close, again and again
 *     rejoin port=                             all members connect again at once
 *     full                                     members read all there is from now on
 *     quit
 *
 * Every sender's last message of a phase is marked. A phase ends when every member has had all of them, so that what is lost
 * shows as a wait in vain, and nothing is left for the next phase.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define PATIENCE 30000000000ull

struct sender senders[MAX_SENDERS];
struct track *tracks;
struct faults faults;
struct histogram latency;
uint64_t deliveries, acknowledged;
uint64_t bytes_received, bytes_sent, room_bytes;
uint32_t finals_target, complete_count;

static uint64_t last_delivery, pages, page_asked, page_events;
static uint64_t logged_in, busy_count, last_login;
static int pacing;

void delivered(struct conn *c, const char *bytes, size_t size) {
  struct body body;
  /* An audience of others: the numbers of what is said are all that it knows of it. */
  if (opt.senders == 0) return;
  if (body_read(bytes, size, &body) < 0 || body.sender >= (uint32_t)opt.senders) {
    faults.corrupt++;
    return;
  }
  struct track *t = &tracks[(size_t)c->index * (size_t)opt.senders + body.sender];
  /* Who came later begins with whatever is said first. */
  if (opt.late && t->next == 0) t->next = body.counter;
  if (body.counter == t->next) {
    t->seen = t->seen << 1 | 1;
    t->next++;
  } else if (body.counter > t->next) {
    uint32_t gap = body.counter - t->next;
    faults.missing += gap;
    t->seen = gap < 63 ? t->seen << (gap + 1) | 1 : 1;
    t->next = body.counter + 1;
  } else {
    uint32_t ago = t->next - 1 - body.counter;
    if (ago < 64 && !(t->seen >> ago & 1)) {
      t->seen |= 1ull << ago;
      faults.missing--;
      faults.reordered++;
    } else {
      faults.doubled++;
      return;
    }
  }
  deliveries++;
  last_delivery = now;
  /* At a fixed rate the marked messages come in a bunch of their own. */
  if (!(pacing && body.last)) record(&latency, now - body.time);
  if (body.last && ++c->finals == finals_target) complete_count++;
  uint32_t witness = opt.dialect->echoes ? body.sender : (body.sender + 1) % (uint32_t)opt.members;
  if (c->index == witness) senders[body.sender].inflight--;
}

void stored(struct conn *c, uint32_t request) {
  acknowledged++;
  if (opt.join || c->index >= MAX_SENDERS) return;
  struct sender *s = &senders[c->index];
  record(&latency, now - s->times[request % MAX_WINDOW]);
  last_delivery = now;
  s->inflight--;
}

void page_arrived(struct conn *c, const char *json, size_t length) {
  (void)c;
  pages++;
  record(&latency, now - page_asked);
  for (const char *at = json; (at = memchr(at, 's', (size_t)(json + length - at))); at++) {
    if (json + length - at > 5 && memcmp(at, "seq\":", 5) == 0) page_events++;
  }
}

void busy(struct conn *c, uint32_t retry_ms) {
  busy_count++;
  conn_reset(c);
  c->retry_at = now + retry_ms * 1000000ull;
}

/* User and system seconds of the servers, all threads included. */
static double server_cpu(void) {
  double sum = 0;
  for (int i = 0; i < 4 && opt.pids[i]; i++) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", opt.pids[i]);
    FILE *file = fopen(path, "r");
    if (!file) continue;
    unsigned long user = 0, sys = 0;
    char *end = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    if (end && sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys) == 2) sum += (double)(user + sys);
    fclose(file);
  }
  return sum / (double)sysconf(_SC_CLK_TCK);
}

static double own_cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double option(const char *line, const char *key, double otherwise) {
  char wanted[32];
  snprintf(wanted, sizeof wanted, " %s=", key);
  const char *at = strstr(line, wanted);
  return at ? atof(at + strlen(wanted)) : otherwise;
}

static void print_quantiles(void) {
  printf(",\"latency\":{\"count\":%llu,\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}", (unsigned long long)latency.count,
         quantile(&latency, 0.5), quantile(&latency, 0.99), quantile(&latency, 0.999), (double)latency.max / 1000);
}

static void print_faults(void) {
  printf(",\"faults\":{\"missing\":%llu,\"doubled\":%llu,\"reordered\":%llu,\"corrupt\":%llu,\"refused\":%llu,\"closed\":%u},\"error\":\"",
         (unsigned long long)faults.missing, (unsigned long long)faults.doubled, (unsigned long long)faults.reordered,
         (unsigned long long)faults.corrupt, (unsigned long long)faults.refused, closed_count);
  for (const char *p = last_error; *p; p++) {
    if (*p >= ' ' && *p != '"' && *p != '\\') putchar(*p);
  }
  printf("\",\"behind\":%llu", (unsigned long long)faults.behind);
}

void print_opened(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  printf("{\"ready\":%u,\"greeted\":%u,\"retries\":%u,\"greetedSeconds\":%.6f,\"readySeconds\":%.6f,\"readyAt\":%.3f,\"slowestGreeting\":%.6f",
         ready_count, greeted_count, retries, (double)(greeted_last - opened_at) / 1e9, (double)(ready_last - opened_at) / 1e9,
         (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6 - (double)(clock_ns() - ready_last) / 1e6, (double)greetings.max / 1e9);
  print_faults();
  printf("}\n");
  fflush(stdout);
}

static void say(struct conn *c, struct sender *s, size_t size, int last) {
  char text[65536];
  struct body body = {.sender = c->index, .counter = s->sent, .time = clock_ns(), .last = last};
  body_write(text, size, &body);
  char *out = conn_reserve(c, size + opt.dialect->frame);
  s->times[s->sent % MAX_WINDOW] = body.time;
  conn_commit(c, opt.dialect->post(c, out, text, size, s->sent));
  s->sent++;
  s->inflight++;
  s->finished = last;
}

/* Senders that have their window to fill, or so many messages a second; returns when everybody has everything. */
static void phase(const char *line, int paced) {
  int count = (int)option(line, "senders", 1);
  uint32_t window = (uint32_t)option(line, "window", 16);
  size_t size = (size_t)option(line, "size", 64);
  double rate = option(line, "rate", 100);
  uint64_t started = clock_ns(), end = started + (uint64_t)(option(line, "seconds", 1) * 1e9);
  uint64_t interval = (uint64_t)(1e9 / rate), next = started + interval;
  if (count > opt.senders || count > opt.members || window > MAX_WINDOW / 2 || size > 60000) {
    fprintf(stderr, "load: that is more than I was started for: %s\n", line);
    exit(2);
  }
  memset(&latency, 0, sizeof latency);
  for (int i = 0; i < count; i++) senders[i].finished = 0;
  complete_count = 0;
  pacing = paced;
  /* Where a sender does not hear itself it has one last message fewer to wait for. */
  finals_target += (uint32_t)count;
  for (int i = 0; i < opt.members; i++) members[i].finals += !opt.dialect->echoes && i < count;
  if (!opt.dialect->echoes && count == 1) complete_count++;
  uint64_t before = deliveries, acked = acknowledged;
  uint32_t sent = 0;
  double server = server_cpu(), own = own_cpu();
  int turn = 0, over = 0;
  last_delivery = started;
  for (int open = count; !over;) {
    uint64_t t = clock_ns();
    if (paced) {
      for (; t >= next && next < end; next += interval, turn = (turn + 1) % count) {
        say(&members[turn], &senders[turn], size, 0), sent++;
        conn_flush(&members[turn]);
      }
    }
    for (int i = 0; i < count && open > 0; i++) {
      struct sender *s = &senders[i];
      if (members[i].state != READY) continue;
      while (!paced && t < end && s->inflight < window) say(&members[i], s, size, 0), sent++;
      if (t >= end && !s->finished && s->inflight < window + (uint32_t)paced * window) {
        say(&members[i], s, size, 1), sent++, open--;
      }
      if (members[i].out_at < members[i].out_len && !members[i].writing) conn_flush(&members[i]);
    }
    uint64_t waiting = 0;
    for (int i = 0; i < count; i++) waiting += senders[i].inflight;
    over = open == 0 && (opt.join ? complete_count == (uint32_t)opt.members : waiting == 0);
    if (over) break;
    loop_turn(paced && next < end ? next : t >= end ? t + 100000000 : end);
    if (closed_count > 0 || now > end + PATIENCE) break;
  }
  if (!over) {
    for (int i = 0; i < opt.members && opt.join; i++) {
      for (int k = 0; k < count; k++) {
        if (opt.dialect->echoes || k != i) faults.missing += senders[k].sent - tracks[i * opt.senders + k].next;
      }
    }
    if (!opt.join) faults.missing += sent - (acknowledged - acked);
  }
  double seconds = (double)(last_delivery - started) / 1e9;
  printf("{\"messages\":%u,\"deliveries\":%llu,\"acknowledged\":%llu,\"seconds\":%.6f,\"serverCpu\":%.2f,\"ownCpu\":%.4f", sent,
         (unsigned long long)(deliveries - before), (unsigned long long)(acknowledged - acked), seconds, server_cpu() - server,
         own_cpu() - own);
  print_quantiles();
  print_faults();
  printf("}\n");
}

static void drain(const char *line) {
  uint32_t target = (uint32_t)option(line, "senders", 1) * (uint32_t)option(line, "phases", 1);
  uint64_t end = clock_ns() + PATIENCE;
  for (;;) {
    int complete = 1;
    for (int i = 0; i < opt.members; i++) complete &= members[i].finals >= target;
    if (complete || closed_count > 0) break;
    if (clock_ns() > end) {
      faults.missing++;
      snprintf(last_error, sizeof last_error, "the last messages did not come");
      break;
    }
    loop_turn(clock_ns() + 5000000);
  }
  printf("{\"deliveries\":%llu", (unsigned long long)deliveries);
  print_faults();
  printf("}\n");
}

static void ask_pages(const char *line) {
  uint32_t count = (uint32_t)option(line, "count", 100), limit = (uint32_t)option(line, "limit", 100);
  uint64_t head = (uint64_t)option(line, "head", 1000), random = clock_ns() | 1, begun = clock_ns();
  double server = server_cpu();
  memset(&latency, 0, sizeof latency);
  page_events = pages = 0;
  for (uint32_t i = 0; i < count && closed_count == 0; i++) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    uint64_t range = head > limit ? head - limit : 1;
    char out[160];
    int size = snprintf(out + 8, sizeof out - 8, "{\"request\":%u,\"room\":\"lobby\",\"before\":%llu,\"limit\":%u}", i,
                        (unsigned long long)((random >> 20) % range + limit + 1), limit);
    const char h[8] = {23, 0, 0, 1, 0, 0, 0, (char)size};
    memcpy(out, h, 8);
    page_asked = clock_ns();
    conn_send(&members[0], out, 8 + (size_t)size);
    while (pages <= i && closed_count == 0) loop_turn(page_asked + 1000000000);
  }
  printf("{\"pages\":%llu,\"events\":%llu,\"seconds\":%.6f,\"serverCpu\":%.2f", (unsigned long long)pages,
         (unsigned long long)page_events, (double)(clock_ns() - begun) / 1e9, server_cpu() - server);
  print_quantiles();
  print_faults();
  printf("}\n");
}

static void count_login(struct conn *c) {
  logged_in++;
  last_login = now;
  record(&latency, now - c->started);
  conn_start(c);
}

static void count_last_login(struct conn *c) {
  logged_in++;
  last_login = now;
  record(&latency, now - c->started);
  conn_reset(c);
}

/* With `count` each member logs in once, else again and again until the time is over. */
static void logins(const char *line) {
  uint64_t begun = clock_ns(), end = begun + (uint64_t)(option(line, "seconds", 1) * 1e9);
  uint64_t count = (uint64_t)option(line, "count", 0);
  double server = server_cpu();
  memset(&latency, 0, sizeof latency);
  logged_in = busy_count = 0;
  opt.join = 0;
  on_ready = count ? count_last_login : count_login;
  opt.concurrency = opt.members;
  conn_open_all();
  while (clock_ns() < end && (!count || logged_in < count)) loop_turn(end);
  on_ready = NULL;
  uint64_t told = last_login > begun ? last_login : clock_ns();
  printf("{\"logins\":%llu,\"busy\":%llu,\"seconds\":%.6f,\"serverCpu\":%.2f", (unsigned long long)logged_in,
         (unsigned long long)busy_count, (double)(told - begun) / 1e9, server_cpu() - server);
  print_quantiles();
  print_faults();
  printf("}\n");
  for (int i = 0; i < opt.members; i++) conn_reset(&members[i]), members[i].retry_at = 0;
  closed_count = 0;
}

/* What has come and gone over all phases, after another look at what there is. */
static void bytes(const char *line) {
  (void)line;
  for (int i = 0; i < 10; i++) loop_turn(clock_ns() + 1000000);
  printf("{\"received\":%llu,\"sent\":%llu,\"room\":%llu", (unsigned long long)bytes_received,
         (unsigned long long)bytes_sent, (unsigned long long)room_bytes);
  print_faults();
  printf("}\n");
}

static void rejoin(const char *line) {
  opt.port = (int)option(line, "port", opt.port);
  opt.concurrency = opt.members;
  uint64_t end = clock_ns() + PATIENCE;
  conn_open_all();
  while (ready_count < (uint32_t)opt.members && clock_ns() < end) loop_turn(end);
  print_opened();
}

void command(char *line) {
  static const struct {
    const char *name;
    void (*run)(const char *line);
  } others[] = {{"drain", drain}, {"pages", ask_pages}, {"logins", logins}, {"rejoin", rejoin}, {"bytes", bytes}};
  size_t name = strcspn(line, " ");
  if (strncmp(line, "quit", name) == 0) exit(0);
  if (strncmp(line, "flow", name) == 0) phase(line, 0);
  else if (strncmp(line, "pace", name) == 0) phase(line, 1);
  else if (strncmp(line, "full", name) == 0) opt.read_rate = 0, printf("{}\n");
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    if (strncmp(line, others[i].name, name) == 0) others[i].run(line);
  }
  fflush(stdout);
}
