/**
 * A server is replaced while people talk: so many real clients listen, some of them post steadily, and a new process takes over
 * from the old one, again and again. What everybody was told is compared at the end, and how long each was away is kept.
 *
 * Each of a thousand clients in one process would be kept away by the work of the other ones there: so most of a large room may be
 * an audience that costs little, and comes back all at once.
 */
import { join } from "node:path";
import { LOBBY, type Post } from "../../lib/chat/types.ts";
import { Link } from "../../lib/client/link.ts";
import { SqliteDatabase } from "../../lib/store/sqlite_database.ts";
import { PLAINTEXT } from "../support/encryption.ts";
import { freePort } from "../support/free_port.ts";
import { until } from "../support/within.ts";
import { FIRST_ACCOUNT, seedAccounts } from "../bench/contestants/accounts.ts";
import { type ServerProcess, startProcess } from "../bench/server_process.ts";
import { Ledger } from "./ledger.ts";

export interface UpgradeOptions {
  /** The server's executable with its first arguments. */
  readonly command: readonly string[];
  readonly clients: number;
  /** So many of them post, each so many times a second. */
  readonly senders: number;
  readonly rate: number;
  readonly rounds: number;
  /** The new process takes over, or is started when the old one has ended. */
  readonly way: "take-over" | "restart";
  readonly audience?: {
    readonly members: number;
    /** Lets them in, as accounts from `first` on. */
    readonly open: (port: number, first: number) => Promise<Audience>;
  };
}

export interface Audience extends AsyncDisposable {
  /** All connect again, and join from where they were. When the last one was there: milliseconds since 1970. */
  rejoin(port: number): Promise<{ readonly readyAt: number }>;
}

export interface UpgradeReport {
  readonly acknowledged: number;
  readonly history: number;
  readonly violations: readonly string[];
  /** For each round, for how long each client was away, in milliseconds, in order. */
  readonly away: readonly (readonly number[])[];
  /** For each round, for how long the last of the audience was away, likewise. */
  readonly audienceAway: readonly number[];
}

const DEADLINE_MS = 60_000;

/** One client and what it has heard. */
class Listener {
  readonly #ledger: Ledger;
  readonly name: string;
  link: Link | undefined;
  last = 0;
  /** When it was lost; nothing while it is there. */
  lostAt: number | undefined;
  /** When it was lost last. */
  lostSince = Infinity;
  /** How long it was away, for each time. */
  readonly away: number[] = [];

  constructor(name: string, ledger: Ledger) {
    this.name = name;
    this.#ledger = ledger;
  }

  async open(port: number, account: number): Promise<Link> {
    const link = await Link.open({
      encryption: PLAINTEXT,
      address: { host: "127.0.0.1", port },
      client: "upgrade",
      entrance: { op: "resume", account: { account, name: this.name }, token: `bench-token-${account}` },
      told: (message) => {
        if (message.op !== "event") return;
        this.#ledger.hear(this.name, this.last, message);
        this.last = message.seq;
      },
      changed: ({ state }) => {
        if (state === "offline" && this.lostAt === undefined) this.lostAt = this.lostSince = performance.now();
        if (state === "ended") this.#ledger.violate(`${this.name} was sent away for good`);
        if (state !== "online" || this.lostAt === undefined) return;
        this.away.push(performance.now() - this.lostAt);
        this.lostAt = undefined;
      },
    });
    this.link = link;
    await link.join(LOBBY, { after: this.last });
    return link;
  }
}

export async function upgrade(options: UpgradeOptions): Promise<UpgradeReport> {
  const { clients, senders, rate, rounds, way, command, audience } = options;
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "chat-upgrade-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const database = new SqliteDatabase(join(folder, "chat.sqlite"), "normal");
  await seedAccounts(database, clients + (audience?.members ?? 0));
  database.close();
  const port = freePort();
  const start = (...args: readonly string[]) =>
    startProcess({
      command: [...command, "--host=127.0.0.1", `--port=${port}`, `--data-dir=${folder}`, ...args],
      folder,
    });
  let server: ServerProcess = await start();
  stack.defer(() => server[Symbol.asyncDispose]());

  const ledger = new Ledger();
  const listeners = Array.from({ length: clients }, (_, index) => new Listener(`client ${index}`, ledger));
  const links: Link[] = [];
  stack.defer(async () => void await Promise.all(links.map((link) => link.close({ keepToken: true }))));
  for (const [index, listener] of listeners.entries()) links.push(await listener.open(port, FIRST_ACCOUNT + index));
  const seated = audience && stack.use(await audience.open(port, FIRST_ACCOUNT + clients));
  const audienceAway: number[] = [];

  let talking = true;
  const talk = links.slice(0, senders).map(async (link) => {
    while (talking) {
      const id = crypto.randomUUID();
      const { seq } = await link.ask({ op: "post", room: LOBBY, id, text: `said once: ${id}` }, "stored");
      ledger.acknowledge(id, seq);
      await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
    }
  });
  const settled = (round: number) =>
    until(
      () => listeners.every(({ away, lostAt }) => away.length >= round && lostAt === undefined),
      `everybody's return in round ${round}`,
      DEADLINE_MS,
    );
  const flow = async (posts: number) => {
    const wanted = ledger.acknowledged + posts;
    await until(() => ledger.acknowledged >= wanted, "more posts", DEADLINE_MS);
  };
  for (let round = 1; round <= rounds; round++) {
    await flow(senders * 3);
    if (way === "take-over") {
      const successor = await start("--take-over");
      const { code } = await server.ended;
      if (code !== 0) ledger.violate(`the old server ended with ${code}`);
      server = successor;
    } else {
      await server.stop("SIGTERM");
      server = await start();
    }
    const back = await seated?.rejoin(port);
    await settled(round);
    // They went when the first of the others did.
    const lostAt = Math.min(...listeners.map((listener) => listener.lostSince));
    if (back) audienceAway.push(back.readyAt - performance.timeOrigin - lostAt);
  }
  await flow(senders * 3);
  talking = false;
  await Promise.all(talk);

  const history = await everything(links[0]);
  const head = history.at(-1)?.seq ?? 0;
  await until(() => listeners.every(({ last }) => last === head), "everybody to hear everything", DEADLINE_MS);
  ledger.close(history);
  const away = Array.from(
    { length: rounds },
    (_, round) => listeners.map((listener) => listener.away[round] ?? Infinity).sort((a, b) => a - b),
  );
  const { acknowledged, violations } = ledger;
  return { acknowledged, history: history.length, violations: [...violations], away, audienceAway };
}

async function everything(link: Link | undefined): Promise<readonly Post[]> {
  const events: Post[] = [];
  for (;;) {
    const page = await link?.ask({ op: "history", room: LOBBY, after: events.length, limit: 500 }, "page");
    events.push(...page?.events ?? []);
    if (!page?.more) return events;
  }
}
