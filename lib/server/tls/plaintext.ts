/**
 * Who may speak without TLS: nobody, whoever is on a private network (the old client in a class-room knows nothing else), or
 * anybody. Asking for the certificate is always allowed: it is what a client needs to speak TLS.
 */
import { parseRanges } from "../../net/address_ranges.ts";

export const PLAINTEXT = ["never", "private", "any"] as const;
export type Plaintext = (typeof PLAINTEXT)[number];

/** This machine and private networks. */
const NEAR = parseRanges("loopback,private");

export function admitsPlaintext(policy: Plaintext, address: string): boolean {
  switch (policy) {
    case "never":
      return false;
    case "private":
      return NEAR.has(address);
    case "any":
      return true;
  }
}
