/** Somebody who says what there is to say, ends their half of the stream at once, and still hears every answer. */
import { LOBBY } from "../../lib/chat/types.ts";
import type { Entrance } from "../../lib/client/link_options.ts";
import { Peer } from "../support/peer.ts";
import { openLink } from "./actors.ts";
import type { Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";
import type { Victim } from "./victim.ts";

export interface HalfCloserOptions {
  readonly entrance: Extract<Entrance, { op: "register" }> & { readonly account: number };
  readonly ledger: Ledger;
  readonly random: Random;
  readonly more: () => boolean;
}

/** Goes on until `more` says no; resolves with how many connections it half closed. */
export async function halfClose(victim: Victim, options: HalfCloserOptions): Promise<number> {
  const { ledger, random, more } = options;
  const token = await newToken(victim, options.entrance);
  const waiting = new Set<string>();
  let closed = 0;
  while (more()) {
    while (waiting.size < random.between(1, 20)) waiting.add(crypto.randomUUID());
    const { starts } = victim;
    const answered = await sayAndClose(victim, { token, ids: [...waiting] }).catch(() => undefined);
    if (answered === undefined) {
      // It was dead, or has been killed meanwhile: the same posts go to the next one.
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    closed++;
    if (answered.count < waiting.size && victim.isRunning && victim.starts === starts) {
      ledger.violate(`of ${waiting.size} posts before a half close, ${answered.count} were answered`);
    }
    for (const { id, seq } of answered.stored) {
      waiting.delete(id);
      ledger.acknowledge(id, seq);
    }
  }
  return closed;
}

async function sayAndClose(victim: Victim, said: { readonly token: string; readonly ids: readonly string[] }) {
  await using peer = await Peer.greet(victim.address);
  await peer.get("logged-in", { op: "resume", token: said.token });
  await peer.say(
    ...said.ids.map((
      id,
      index,
    ) => ({ op: "post", request: 1000 + index, room: LOBBY, id, text: `half ${id}` } as const)),
  );
  await peer.closeWrite();
  await peer.closed();
  const stored = peer.inbox.flatMap((heard) => heard.op === "stored" ? [heard] : []);
  const refused = peer.inbox.filter((heard) => heard.op === "error" && heard.request !== undefined);
  return { stored, count: stored.length + refused.length };
}

async function newToken(victim: Victim, entrance: HalfCloserOptions["entrance"]): Promise<string> {
  const link = await openLink(victim.port, entrance);
  await link.close();
  const { account, password } = entrance;
  for (;;) {
    try {
      await using peer = await Peer.greet(victim.address);
      const { token } = await peer.get("logged-in", { op: "login", account, password, remember: true });
      if (token !== undefined) return token;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
