/** Who is at the other end of a connection, as far as its address tells. */
import { type AddressRanges, networkOf, plainAddress } from "../../net/address_ranges.ts";

export interface Peer {
  /** The connection's number, for the log. */
  readonly id: number;
  readonly address: string;
  /** What counts as one peer where addresses are counted. */
  readonly network: string;
  /** Whether the limits on abuse are not for it. */
  readonly exempt: boolean;
}

export function peerAt(
  address: string,
  { id, trusted }: { readonly id: number; readonly trusted: AddressRanges },
): Peer {
  return { id, address: plainAddress(address), network: networkOf(address), exempt: trusted.has(address) };
}
