/** Keeping order by script: each command does one thing over a link and prints what came of it. */
import { LOBBY } from "../chat/types.ts";
import { UsageError } from "./failure.ts";
import type { Link } from "./link.ts";
import { type OrderName, readOrder } from "./order.ts";
import type { Output } from "./output.ts";
import { newPostId } from "./post_id.ts";
import { auditLines, roleLines } from "./standing.ts";
import { en } from "./texts_en.ts";

/** What a script types as the room's command has it; people are named by their numbers there. */
export async function act(
  link: Link,
  output: Output,
  { name, argument }: { readonly name: OrderName; readonly argument: string },
): Promise<void> {
  const read = readOrder(name, argument, []);
  if ("problem" in read) {
    const usage = read.problem === "usage" ? read.about.replaceAll("NAME", "ACCOUNT") : "";
    throw new UsageError(
      usage === "" ? `"${read.about}" is not an account; write its number.` : `Write it as: chat ${name} ${usage}`,
    );
  }
  const asked = { op: "act", room: LOBBY, id: newPostId(), act: read.wish } as const;
  const { seq, id, at } = await link.ask(asked, "stored");
  output.print({ seq, id, at }, `done, as event ${seq}`);
}

export async function claim(link: Link, output: Output, code: string): Promise<void> {
  const { seq, id, at } = await link.ask({ op: "owner", room: LOBBY, code }, "stored");
  output.print({ seq, id, at }, `you are the owner, as event ${seq}`);
}

export async function invite(
  link: Link,
  output: Output,
  range: { readonly uses?: number | undefined; readonly days?: number | undefined },
): Promise<void> {
  const { uses, days } = range;
  const asked = { ...(uses === undefined ? {} : { uses }), ...(days === undefined ? {} : { days }) };
  const invited = await link.ask({ op: "invite", room: LOBBY, ...asked }, "invited");
  const { code, expires } = invited;
  output.print({ code, uses: invited.uses, expires }, code);
}

export async function roles(link: Link, output: Output): Promise<void> {
  const message = await link.ask({ op: "roles", room: LOBBY }, "roles");
  const { op: _, request: __, room: ___, ...state } = message;
  output.print(state, roleLines(message, { texts: en, now: Date.now() }).join("\n"));
}

/** The last acts, oldest first. */
export async function audit(link: Link, output: Output, limit: number): Promise<void> {
  const acts = [];
  let rest: { readonly before?: number } = {};
  while (acts.length < limit) {
    const asked = Math.min(100, limit - acts.length);
    const page = await link.ask({ op: "audit", room: LOBBY, limit: asked, ...rest }, "audited");
    acts.unshift(...page.acts);
    if (page.before === undefined) break;
    rest = { before: page.before };
  }
  for (const post of acts) {
    const [line = ""] = auditLines({ op: "audited", request: 0, room: LOBBY, acts: [post] }, en);
    output.print(post, line);
  }
}
