/** How the live room is entered: who somebody is, the link to the server, and then the room until they leave. */
import { LOBBY } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { Tty } from "../terminal/tty.ts";
import { type Address } from "./address.ts";
import { formatAddress } from "../net/format_address.ts";
import { Refused, UsageError } from "./failure.ts";
import { describeGap, type Entrance, Link } from "./link.ts";
import { LiveRoom } from "./live_room.ts";
import { createModel, type Input } from "./model.ts";
import { imageFolder } from "./pictures.ts";
import { askEntrance, sayRefusal } from "./prompts.ts";
import { Wire } from "./wire.ts";

export interface LiveOptions {
  readonly address: Address;
  readonly account: number | undefined;
  readonly password: string | undefined;
  readonly client: string;
}

/** Events shown when the room opens. */
const BACKLOG = 50;

/** Runs the live room in this terminal until the person leaves; resolves with the exit code. */
export async function liveRoom({ address, account, password, client }: LiveOptions): Promise<number> {
  if (!Tty.isAvailable()) {
    const there = `A live room at ${formatAddress(address)} needs a terminal`;
    throw new UsageError(`${there}. For scripts there are commands: see --help.`);
  }
  // What is told before the room is drawn waits until it is.
  const early: Input[] = [];
  let dispatch = (input: Input): void => void early.push(input);
  const open = (entrance: Entrance) =>
    Link.open({
      address,
      entrance,
      client,
      remember: true,
      told: (message: ServerMessage) => dispatch({ type: "told", message }),
      missed: (gap) => dispatch({ type: "note", text: describeGap(gap) }),
      changed: (state) => dispatch({ type: "link", link: state }),
    });
  const link = account !== undefined && password !== undefined
    ? await open({ op: "login", account, password })
    : await askAndOpen(open, { address, account, client });
  try {
    const { members, head } = await link.join(LOBBY, { last: BACKLOG });
    const model = createModel({
      me: link.account,
      server: formatAddress(address),
      members,
      head,
      maxText: link.limits.text,
    });
    await using room = new LiveRoom({ link, model, images: await imageFolder() });
    dispatch = (input) => room.dispatch(input);
    for (const input of early) room.dispatch(input);
    return await room.run();
  } finally {
    await link.close();
  }
}

/** Asks who somebody is until the server takes it. If there is no server that is found out first, before any typing. */
async function askAndOpen(
  open: (entrance: Entrance) => Promise<Link>,
  { address, account, client }: Pick<LiveOptions, "address" | "account" | "client">,
): Promise<Link> {
  await (await Wire.connect(address, { client, told: () => {} })).close();
  for (;;) {
    const entrance = await askEntrance({ account });
    try {
      return await open(entrance);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      sayRefusal(error.message);
    }
  }
}
