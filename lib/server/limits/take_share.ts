/** Asking for a share of what one person may send, which takes knowing what is kept of them. */
import type { AccountNumber } from "../../chat/types.ts";
import type { Peer } from "./peer.ts";
import type { Services } from "../services.ts";
import { errorMessage, type ServerMessage } from "../../protocol/server_message.ts";
import { FREE_SHARE, type Shared } from "./upload_shares.ts";

export async function takeShare(
  { store, guard }: Pick<Services, "store" | "guard">,
  { exempt }: Peer,
  { account, size }: { readonly account: AccountNumber; readonly size: number },
): Promise<Shared> {
  if (exempt) return { share: FREE_SHARE };
  return guard.uploads.take(account, { size, stored: await store.fileBytes(account) });
}

/** What the sender of an upload is told that gets no share. */
export function refusedShare(
  shared: Exclude<Shared, { share: unknown }>,
  where: { readonly request: number; readonly stream: number },
): ServerMessage {
  return errorMessage(shared.refusal, { ...where, ...("wait" in shared ? { retryAfter: shared.wait } : {}) });
}
