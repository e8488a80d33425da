/** How the room is entered: who somebody is, the link to the server, and then the room until they leave. */
import { LOBBY } from "../chat/types.ts";
import { formatAddress } from "../net/format_address.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { detectColorLevel } from "../terminal/style.ts";
import { Tty } from "../terminal/tty.ts";
import { refusalText } from "./act_words.ts";
import type { Address } from "./address.ts";
import { Cache, type Session } from "./cache.ts";
import type { Encryption } from "./encryption.ts";
import { Refused, UsageError } from "./failure.ts";
import { FullRoom, type Parting } from "./full_room.ts";
import { Link } from "./link.ts";
import type { Entrance, LinkOptions } from "./link_options.ts";
import { CONNECTING, createModel, type Input } from "./model.ts";
import { imageFolder } from "./pictures.ts";
import { PlainRoom } from "./plain_room.ts";
import type { Preferences } from "./preferences.ts";
import { parseQuiet } from "./quiet.ts";
import { sayIn } from "./sentences.ts";
import { stateFolder } from "./state_folder.ts";
import { textsOf } from "./texts.ts";
import { createTheme } from "./theme.ts";
import { complain, fitted } from "./output.ts";
import { onWake } from "./wake.ts";
import { sanitize } from "../terminal/sanitize.ts";

export interface LiveOptions {
  readonly address: Address;
  readonly account: number | undefined;
  readonly password: string | undefined;
  readonly client: string;
  /** How to speak with the server, given who is to be told of a certificate that is trusted because it is the first. */
  readonly encryption: (pinned: (notice: string) => void) => Encryption;
  readonly plain: boolean;
  readonly preferences: Preferences;
}

/** Events shown when the room opens. */
const BACKLOG = 100;

/** Runs the room in this terminal until the person leaves; resolves with the exit code. */
export async function liveRoom(options: LiveOptions): Promise<number> {
  const { address, plain } = options;
  if (!plain && !Tty.isAvailable()) {
    const there = `A live room at ${formatAddress(address)} needs a terminal`;
    throw new UsageError(`${there}, or --plain. For scripts there are commands: see --help.`);
  }
  using cache = Cache.open(stateFolder((name) => Deno.env.get(name)), address);
  const kept = cache?.session(options.account);
  try {
    return await visit({ ...options, cache, kept });
  } catch (error) {
    // The server knows this device no longer: it has to be the password.
    if (!kept || !(error instanceof Refused && error.code === "token-invalid")) throw error;
    cache?.forgetSession(kept.account);
    return await visit({ ...options, account: kept.account, cache, kept: undefined });
  }
}

interface Visit extends LiveOptions {
  readonly cache: Cache | undefined;
  readonly kept: Session | undefined;
}

async function visit(options: Visit): Promise<number> {
  const { address, client, cache, plain, preferences } = options;
  // What is told before the room is drawn waits until it is.
  const early: Input[] = [];
  let dispatch = (input: Input): void => void early.push(input);
  let keeping = options.kept !== undefined;
  // Of what is told at once with the answer to joining, it is known only then that it was said before.
  let held: Input[] | undefined = [];
  let asking = !options.kept && (options.account === undefined || options.password === undefined);
  const encryption = options.encryption((notice) => {
    const text = sayIn(preferences.language)(notice);
    // Once, where it is read: before a password is typed. Without questions the room would cover it at once.
    if (asking || plain) complain(text);
    else dispatch({ type: "note", text });
  });
  const linkOptions = {
    address,
    encryption,
    client,
    remember: true,
    told: (message: ServerMessage) => {
      if (message.op === "event") {
        const { op: _, room: __, ...post } = message;
        cache?.add([post]);
      }
      if (message.op === "event" && held) held.push({ type: "told", message });
      else dispatch({ type: "told", message });
    },
    missed: ({ first, last }) => dispatch({ type: "missed", first, last }),
    changed: (link) => dispatch({ type: "link", link }),
    entered: (link, token) => {
      const { account: me } = link;
      if (keeping && token !== undefined) cache?.keepSession({ ...me, token });
      dispatch({ type: "entered", me, maxText: link.limits.text });
    },
  } satisfies Omit<LinkOptions, "entrance">;
  const { link, remember } = await open(options, linkOptions).catch((error) => {
    // There will be no room to say it.
    for (const input of early) if (input.type === "note") complain(input.text);
    throw error;
  });
  asking = false;
  if (remember && link.token !== undefined) {
    keeping = true;
    cache?.keepSession({ ...link.account, token: link.token });
  }
  const me = link.account;
  const read = cache?.note(me.account, "read");
  const env = (name: string) => Deno.env.get(name);
  const level = plain || preferences.scheme === "none" ? "none" : detectColorLevel({ env, isTerminal: true });
  const model = createModel({
    me,
    server: formatAddress(address),
    posts: cache?.before(undefined, BACKLOG) ?? [],
    read: read === undefined ? undefined : Number(read),
    quiet: parseQuiet(cache?.note(me.account, "quiet") ?? "off") ?? { type: "off" },
    link: options.kept ? CONNECTING : { state: "online" },
    look: { theme: createTheme({ ...preferences.theme, level }), texts: textsOf(preferences.language) },
    bindings: preferences.bindings,
    maxText: link.limits.text,
  });
  let parting: Parting | undefined;
  try {
    const roomOptions = { link, cache, model, images: imageFolder, env, preferences };
    await using room = plain ? new PlainRoom(roomOptions) : new FullRoom(roomOptions);
    dispatch = (input) => room.dispatch(input);
    for (const input of early) room.dispatch(input);
    const over = new AbortController();
    onWake(() => link.woke(), over.signal);
    const joining = link.join(LOBBY, { last: BACKLOG }).then(({ head, members, motd }) => {
      const { newest } = model.timeline;
      if (head < newest) cache?.clear();
      // What was removed in between has not been heard of here.
      else if (head - BACKLOG > newest) cache?.forget(newest);
      room.dispatch({ type: "joined", head, members });
      for (const input of held ?? []) room.dispatch(input);
      held = undefined;
      if (motd !== undefined) room.dispatch({ type: "note", text: motd });
    });
    // A link that has ended says so itself.
    joining.catch(() => {});
    parting = await room.run();
    over.abort();
  } finally {
    await link.close({ keepToken: keeping && !parting?.forget });
  }
  if (parting.forget) cache?.forgetSession(me.account);
  return part(parting, cache);
}

/** Says on the terminal, once it is given back, what the room would have gone without saying. */
function part({ code, model, forget }: Parting, cache: Cache | undefined): number {
  const { texts } = model.look;
  const { link, outgoing } = model;
  if (link.state === "ended" && link.error instanceof Refused && link.error.code === "token-invalid") throw link.error;
  const lines = [
    ...(link.state === "ended"
      ? [`! ${link.error instanceof Refused ? refusalText(link.error, texts, Date.now()) : link.error.message}`]
      : []),
    ...outgoing.map(({ text }) => `! ${cache ? texts.sentLater(text) : texts.notSent(text)}`),
    ...(forget ? [texts.loggedOut] : []),
  ];
  const output = lines.flatMap((line) => line.split("\n")).map((line) => `${sanitize(line)}\n`).join("");
  if (output !== "") Deno.stdout.writeSync(new TextEncoder().encode(fitted(output, Deno.stdout)));
  return code;
}

interface Opened {
  readonly link: Link;
  /** Whether this machine may stay logged in. */
  readonly remember: boolean;
}

/** By the token that was kept, which need not wait for the server; by what the environment says; else by asking. */
async function open(
  { address, account, password, client, kept, cache, preferences: { language } }: Visit,
  linkOptions: Omit<LinkOptions, "entrance">,
): Promise<Opened> {
  if (kept) {
    const { token, ...me } = kept;
    return {
      link: Link.begin({ ...linkOptions, entrance: { op: "resume", account: me, token, password } }),
      remember: false,
    };
  }
  if (account !== undefined && password !== undefined) {
    const entrance = { op: "login", account, password } as const;
    return { link: await Link.open({ ...linkOptions, entrance }), remember: false };
  }
  // If there is no server that is found out first, before any typing.
  const { Wire } = await import("./wire.ts");
  await (await Wire.connect(address, { client, encryption: linkOptions.encryption, told: () => {} })).close();
  const { askEntrance, askInvitation, askToRemember, sayRefusal } = await import("./prompts.ts");
  const say = sayIn(language);
  let entrance: Entrance, again: Entrance | undefined;
  for (;;) {
    entrance = again ?? await askEntrance({ account, say });
    again = undefined;
    try {
      const link = await Link.open({ ...linkOptions, entrance });
      return { link, remember: cache !== undefined && await askToRemember(say) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      sayRefusal(textsOf(language).errors[error.code] ?? error.message);
      const wantsCode = /^(invite-required|invite-invalid|registration-closed)$/.test(error.code);
      if (wantsCode && entrance.op === "register") again = { ...entrance, invite: await askInvitation(say) };
    }
  }
}
