/** The one door: whoever has proved who they are, by whatever means and in either dialect, comes in by it or not at all. */
import type { Refusal } from "../../chat/permission.ts";
import { LOBBY } from "../../chat/types.ts";
import type { Services } from "../services.ts";

export interface Arrival {
  /** Nothing: somebody who wants to make an account. */
  readonly account?: number;
  readonly address: string;
  /** Lets them in: in the same turn in which it was found that they may, so that no ban falls in between. */
  readonly admit?: () => void;
}

/** Lets somebody in, or says why not. Rejects while the store is away. */
export async function enter(
  { rooms }: Pick<Services, "rooms">,
  { account, address, admit }: Arrival,
): Promise<Refusal | undefined> {
  const open = await rooms.get(LOBBY);
  const refusal = open?.room.entryRefusal(address, account);
  if (!refusal) admit?.();
  return refusal;
}
