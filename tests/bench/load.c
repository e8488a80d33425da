/*
 * The load generator. `load --dialect modern --port 8888 --members 100` connects so many members, prints one JSON object when
 * all of them are there, and then does what the lines on its standard input say (load/flow.c). Times are seconds, latencies
 * microseconds. `load relay …` sends and fetches files (load/relay.c).
 *
 * Options: --dialect modern|legacy|irc|plain, --port, --members, --accounts (distinct ones; members share them in turn),
 * --first-account, --senders (the most in any phase), --sources (loopback addresses to come from), --concurrency (members
 * that connect at once), --no-join, --no-open, --password, --tls, --late (others have
 * been talking already), --rcvbuf BYTES, --read-rate BYTES (a second, each member), --pid N
 * (a server's process, up to four times: its CPU time is reported with every phase).
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load/load.h"

struct options opt = {.members = 1, .first_account = 1000, .senders = 1, .sources = 1, .concurrency = 64, .join = 1};
struct conn *members;
uint64_t now;
uint32_t ready_count, closed_count;
char last_error[256];

static char line[4096];
static size_t line_length;
static int ended;

/* Gathers what stands on standard input; a command runs from the main loop, never within another one. */
static int read_stdin(void) {
  ssize_t length = read(0, line + line_length, sizeof line - 1 - line_length);
  if (length <= 0) {
    ended = 1;
    return -1;
  }
  line_length += (size_t)length;
  line[line_length] = 0;
  return 0;
}

static void run_command(void) {
  char *end = memchr(line, '\n', line_length);
  if (!end) {
    if (ended) exit(0);
    return;
  }
  char one[sizeof line];
  size_t length = (size_t)(end - line);
  memcpy(one, line, length);
  one[length] = 0;
  line_length -= length + 1;
  memmove(line, end + 1, line_length + 1);
  command(one);
}

static void raise_descriptors(rlim_t wanted) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return;
  if (limit.rlim_max < wanted) {
    limit.rlim_max = wanted;
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return;
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static const struct dialect *dialect(const char *name) {
  const struct dialect *const all[] = {&modern, &legacy, &irc, &plain};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (strcmp(all[i]->name, name) == 0) return all[i];
  }
  fprintf(stderr, "load: there is no dialect %s\n", name);
  exit(2);
}

static int read_options(int argc, char **argv) {
  static const struct option names[] = {
      {"dialect", 1, 0, 'd'},     {"port", 1, 0, 'p'},     {"members", 1, 0, 'm'}, {"accounts", 1, 0, 'a'},
      {"first-account", 1, 0, 'f'}, {"senders", 1, 0, 's'}, {"sources", 1, 0, 'S'}, {"concurrency", 1, 0, 'c'},
      {"no-join", 0, 0, 'j'},     {"no-open", 0, 0, 'o'},  {"password", 0, 0, 'w'}, {"rcvbuf", 1, 0, 'b'},
      {"read-rate", 1, 0, 'r'},   {"pid", 1, 0, 'P'},      {"late", 0, 0, 'l'},
      {"tls", 0, 0, 't'},
      {0, 0, 0, 0},
  };
  int open = 1, pids = 0;
  for (int key; (key = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    switch (key) {
      case 'd': opt.dialect = dialect(optarg); break;
      case 'p': opt.port = atoi(optarg); break;
      case 'm': opt.members = atoi(optarg); break;
      case 'a': opt.accounts = atoi(optarg); break;
      case 'f': opt.first_account = atoi(optarg); break;
      case 's': opt.senders = atoi(optarg); break;
      case 'S': opt.sources = atoi(optarg); break;
      case 'c': opt.concurrency = atoi(optarg); break;
      case 'j': opt.join = 0; break;
      case 'o': open = 0; break;
      case 'w': opt.password = 1; break;
      case 'l': opt.late = 1; break;
      case 't': opt.tls = 1; break;
      case 'b': opt.rcvbuf = atoi(optarg); break;
      case 'r': opt.read_rate = atol(optarg); break;
      case 'P': if (pids < 4) opt.pids[pids++] = atoi(optarg); break;
      default: exit(2);
    }
  }
  if (!opt.dialect || opt.senders > MAX_SENDERS) {
    fprintf(stderr, "load: --dialect is missing, or there are more than %d senders\n", MAX_SENDERS);
    exit(2);
  }
  if (!opt.accounts) opt.accounts = opt.members;
  return open;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  /* Whoever started it may end in any way: it does not stay behind. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc > 1 && strcmp(argv[1], "relay") == 0) return relay_main(argc - 1, argv + 1);
  int open = read_options(argc, argv);
  raise_descriptors(2 * (rlim_t)opt.members + 64);
  members = calloc((size_t)opt.members, sizeof *members);
  tracks = calloc((size_t)opt.members * (size_t)opt.senders, sizeof *tracks);
  for (int i = 0; i < opt.members; i++) members[i].index = (uint32_t)i, members[i].seq = -1;
  loop_init();
  on_stdin = read_stdin;
  if (open) {
    conn_open_all();
    uint64_t end = clock_ns() + 120000000000ull;
    while (ready_count < (uint32_t)opt.members && closed_count == 0 && clock_ns() < end) loop_turn(end);
  }
  print_opened();
  for (;;) {
    run_command();
    loop_turn(clock_ns() + 100000000);
  }
}
