/** What the operator can ask of a running server, over its admin socket: for each command its request, and what it does. */
import * as v from "valibot";
import { LOBBY, OPERATOR } from "../../chat/types.ts";
import { textFault } from "../../chat/text.ts";
import { ERROR_CODES } from "../../protocol/error_code.ts";
import { accountRows, closeAccount, setPassword } from "./admin_accounts.ts";
import { operatorAct, operatorInvite, WISH } from "./admin_moderation.ts";
import { Refusal, type Row } from "./admin_protocol.ts";
import type { AdminRows } from "./admin_socket.ts";
import { reasonOf } from "../log.ts";
import { LEVELS } from "../log_events.ts";
import type { Reloader } from "../config/reload.ts";
import type { Services } from "../services.ts";
import type { Settings } from "../config/settings.ts";
import { statusOf, type StatusSources } from "./status.ts";

/** What the commands work on. */
export interface AdminContext extends StatusSources {
  readonly services: Services;
  readonly settings: Settings;
  /** Nothing where the server was not started from a configuration that can be read again. */
  readonly reloader: Reloader | undefined;
  /** Makes way for a server that is about to take this one's place. */
  readonly handOver: () => void;
}

type Command<R> = (context: AdminContext, request: R) => AdminRows | Promise<AdminRows>;

interface Handler {
  readonly answer: (context: AdminContext, request: unknown) => AdminRows | Promise<AdminRows>;
}

function handler<T extends v.ObjectEntries>(entries: T, command: Command<v.InferOutput<v.ObjectSchema<T, undefined>>>) {
  const schema = v.object(entries);
  return {
    answer(context: AdminContext, request: unknown) {
      const parsed = v.safeParse(schema, request);
      if (parsed.success) return command(context, parsed.output);
      throw new Refusal("bad-request", `The request is wrong: ${v.summarize(parsed.issues)}`);
    },
  };
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  status: handler({}, async (context) => [await statusOf(context)]),
  who: handler({}, who),
  say: handler({ text: v.string() }, say),
  reload: handler({}, reload),
  act: handler({ wish: WISH }, ({ services }, { wish }) => operatorAct(services, wish)),
  invite: handler(
    { uses: v.exactOptional(v.number()), days: v.exactOptional(v.number()) },
    ({ services }, asked) => operatorInvite(services, asked),
  ),
  "account-list": handler({}, accountRows),
  "account-password": handler({ account: v.number(), password: v.string() }, setPassword),
  "account-remove": handler({ account: v.number() }, closeAccount),
  "hand-over": handler({}, ({ handOver }) => {
    handOver();
    return [];
  }),
  "log-level": handler({ level: v.optional(v.picklist(LEVELS)) }, ({ settings, services }, { level }) => {
    const from = settings.logLevel;
    if (level !== undefined) {
      settings.logLevel = level;
      services.log("admin", { op: "log-level", reason: `${from} to ${level}` });
    }
    return [{ level: settings.logLevel, from }];
  }),
};

const REQUEST = v.object({ command: v.string() });

/** Does what a request asks for, or throws a {@linkcode Refusal}. */
export function answerAdmin(context: AdminContext, request: unknown): AdminRows | Promise<AdminRows> {
  const parsed = v.safeParse(REQUEST, request);
  const found = parsed.success && Object.hasOwn(HANDLERS, parsed.output.command)
    ? HANDLERS[parsed.output.command]
    : undefined;
  if (!found) throw new Refusal("bad-request", "The server does not know this command: it may be of another version.");
  return found.answer(context, request);
}

async function lobby({ rooms }: Services) {
  const open = await rooms.get(LOBBY);
  if (!open) throw new Error("Cannot look at the room: there is none");
  return open;
}

/** Each connection of everybody who is logged in; `since` is when they came into the room, if they are there. */
async function who({ services, admission }: AdminContext): Promise<readonly Row[]> {
  const members = new Map((await lobby(services)).room.members().map((member) => [member.account, member]));
  const rows = admission.seats().flatMap(({ account, ...seat }) =>
    account ? [{ ...account, ...seat, since: members.get(account.account)?.since }] : []
  );
  return rows.toSorted((a, b) => a.account - b.account || a.connection - b.connection);
}

async function say({ services, settings }: AdminContext, { text }: { readonly text: string }): Promise<readonly Row[]> {
  const fault = textFault(text, settings.config.maxText);
  if (fault) throw new Refusal("refused", ERROR_CODES[fault]);
  const { journal } = await lobby(services);
  const id = crypto.randomUUID();
  const result = await journal.submit({ id, from: OPERATOR, type: "post", text });
  if (result.status === "refused") throw new Refusal("refused", ERROR_CODES[result.refusal.code]);
  if (result.status === "conflict") throw new Error(`Cannot say it: the id ${id} is taken`);
  services.log("admin", { op: "say" });
  return [{ seq: result.post.seq, id, at: result.post.at }];
}

async function reload({ reloader }: AdminContext): Promise<readonly Row[]> {
  if (!reloader) {
    throw new Refusal("refused", "This server was not started from a configuration that can be read again.");
  }
  try {
    return (await reloader.reload()).map((change) => ({ ...change }));
  } catch (error) {
    throw new Refusal("refused", `The old configuration stays: ${reasonOf(error)}`);
  }
}
