/**
 * The way to the first owner: a server that has none shows a code at its start, on the console alone, which makes its bearer one.
 *
 * Every start without an owner makes another code and ends the one before; it is random, stored hashed, and good for nothing once
 * there is an owner. So there is no first account that counts for more, and no password or key that a server comes with.
 */
import { ownersOf } from "../../chat/permission.ts";
import { LOBBY } from "../../chat/types.ts";
import { newCode } from "../../store/code.ts";
import { StoreUnavailable } from "../../store/store.ts";
import type { Services } from "../services.ts";

const RETRY_MS = 1000;
/** A code is good until it is used: the largest time that both databases take as it is. */
const NEVER = 2 ** 52;

/** Shows a code if there is no owner. Waits for a store that is away, until the signal aborts. */
export async function offerOwnerCode(
  services: Pick<Services, "store" | "rooms">,
  { announce, signal }: { readonly announce: (code: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const open = await services.rooms.get(LOBBY);
      if (!open) return;
      await services.store.deleteCodes("owner");
      if (ownersOf(open.room.moderation) > 0) return;
      const { code, hash } = newCode();
      await services.store.createCode({ hash, kind: "owner", uses: 1, createdAt: Date.now(), expiresAt: NEVER });
      return announce(code);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}
