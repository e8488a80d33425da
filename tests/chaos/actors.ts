/** Who takes part: real clients that post, read and send files through a bad network, and peers that hardly read. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { LOBBY } from "../../lib/chat/types.ts";
import { download } from "../../lib/client/download.ts";
import { Refused, Unreachable } from "../../lib/client/failure.ts";
import { Link } from "../../lib/client/link.ts";
import type { Entrance } from "../../lib/client/link_options.ts";
import { PLAINTEXT } from "../support/encryption.ts";
import { upload } from "../../lib/client/upload.ts";
import type { ServerMessage } from "../../lib/protocol/server_message.ts";
import type { Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Opens a link however often the server has to be asked: it may be dead at the moment. */
export async function openLink(
  port: number,
  entrance: Exclude<Entrance, { op: "resume" }>,
  told?: (message: ServerMessage) => void,
): Promise<Link> {
  for (let next = entrance;;) {
    try {
      const address = { host: "127.0.0.1", port };
      return await Link.open({
        address,
        encryption: PLAINTEXT,
        entrance: next,
        client: "chaos",
        remember: true,
        ...(told ? { told } : {}),
      });
    } catch (error) {
      // A registration whose answer was lost has happened.
      const taken = error instanceof Refused && error.code === "account-taken" && next.op === "register";
      if (taken && next.account !== undefined) next = { op: "login", account: next.account, password: next.password };
      else if (!(error instanceof Unreachable) && !(error instanceof Refused && error.retryAfter !== undefined)) {
        throw error;
      }
      await pause(50);
    }
  }
}

/** Posts until `more` says no, so many at a time, each until it is acknowledged. */
export async function post(
  link: Link,
  options: { readonly ledger: Ledger; readonly random: Random; readonly window: number; readonly more: () => boolean },
): Promise<void> {
  const { ledger, random, more } = options;
  await Promise.all(Array.from({ length: options.window }, async () => {
    while (more()) {
      const id = crypto.randomUUID();
      const text = `${id} ${
        "混沌 chaos ".repeat(random.chance(0.01) ? random.between(0, 3000) : random.between(0, 6))
      }`;
      const { seq } = await link.ask({ op: "post", room: LOBBY, id, text }, "stored");
      ledger.acknowledge(id, seq);
    }
  }));
}

export interface Reader {
  readonly link: Link;
  /** The last number heard. */
  readonly last: () => number;
}

/** Reads the room from its beginning, and goes on reading. */
export async function read(
  name: string,
  port: number,
  options: { readonly entrance: Exclude<Entrance, { op: "resume" }>; readonly ledger: Ledger },
): Promise<Reader> {
  let last = 0;
  const link = await openLink(port, options.entrance, (message) => {
    if (message.op !== "event") return;
    options.ledger.hear(name, last, message);
    last = message.seq;
  });
  await link.join(LOBBY, { after: 0 });
  return { link, last: () => last };
}

/** Sends again whatever finds the server's disk full. */
async function untilRoom<T>(send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof Refused && error.code === "disk-full")) throw error;
    }
    await pause(100);
  }
}

/** Sends files of all sizes, fetches each again, and compares, until `more` says no. */
export async function sendFiles(
  link: Link,
  options: {
    readonly ledger: Ledger;
    readonly random: Random;
    readonly folder: string;
    readonly more: () => boolean;
    /** Between two files. */
    readonly pauseMs?: number;
  },
): Promise<number> {
  const { ledger, random, folder, more, pauseMs = 0 } = options;
  let sent = 0;
  for (; more(); sent++) {
    const path = join(folder, `sent-${sent}`);
    const bytes = random.bytes(random.between(1, 1000)).slice();
    const whole = new Uint8Array(random.between(1, 3_000_000)).map((_, index) => bytes[index % bytes.length] ?? 0);
    await Deno.writeFile(path, whole);
    const stored = await untilRoom(() => upload(link, path, { room: LOBBY, type: "file" }));
    ledger.acknowledge(stored.id, stored.seq);
    const copy = `${path}-copy`;
    await download(link, stored.id, { folder, path: () => copy });
    const hash = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    if (hash(await Deno.readFile(copy)) !== hash(whole)) ledger.violate(`file ${stored.id} came back changed`);
    await Deno.remove(path);
    await Deno.remove(copy);
    await pause(pauseMs);
  }
  return sent;
}
