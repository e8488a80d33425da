/** The one door: whoever has proved who they are, by whatever means and in either dialect, comes in by it or not at all. */
import type { Refusal } from "../../chat/permission.ts";
import { LOBBY } from "../../chat/types.ts";
import type { Services } from "../services.ts";

export interface Arrival {
  /** Nothing: somebody who wants to make an account. */
  readonly account?: number;
  readonly address: string;
  /** How many revocations there were before it was looked at what they come by: since others, that is to be looked at again. */
  readonly seen?: number;
  /** Lets them in: in the same turn in which it was found that they may, so that no ban falls in between. */
  readonly admit?: () => void;
}

/** Why somebody is not let in; when it is `busy`, because they have to ask again. */
export type EntryRefusal = Refusal | { readonly code: "busy"; readonly retryAfter: 0 };

/** Lets somebody in, or says why not. Rejects while the store is away. */
export async function enter(
  { rooms, people }: Pick<Services, "rooms" | "people">,
  { account, address, seen, admit }: Arrival,
): Promise<EntryRefusal | undefined> {
  const open = await rooms.get(LOBBY);
  // A password may have changed, or a device been logged out, while it was checked.
  if (seen !== undefined && people.revocations !== seen) return { code: "busy", retryAfter: 0 };
  const refusal = open?.room.entryRefusal(address, account);
  if (!refusal) admit?.();
  return refusal;
}
