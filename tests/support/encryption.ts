/** How links of tests speak with a server: encrypted, with whatever certificate it has, and nothing kept of it. */
import type { Encryption } from "../../lib/client/encryption.ts";
import { KnownServers } from "../../lib/client/known_servers.ts";

export const PLAINTEXT: Encryption = { mode: "plaintext" };

export function encrypted(pinned: (notice: string) => void = () => {}): Encryption {
  return { mode: "tls", known: new KnownServers(undefined), authorities: [], pinned };
}
