/**
 * Addresses of peers, and ranges of them. An IPv4 address that arrives as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address.
 * Whoever has one IPv6 address has the 2^64 of its network, so all of these count as one.
 */
import { BlockList, isIP } from "node:net";

/** Names for ranges that an operator need not know by heart. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  none: [],
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"],
};

export interface AddressRanges {
  /** As they were written. */
  readonly text: string;
  has(address: string): boolean;
}

/** Reads `loopback,10.0.0.0/8,2001:db8::1`. Throws a {@linkcode TypeError} that says what is wrong with it. */
export function parseRanges(text: string): AddressRanges {
  const list = new BlockList();
  for (const part of text.split(",").map((one) => one.trim())) {
    for (const range of NAMED[part] ?? [part]) add(list, range);
  }
  return {
    text,
    has: (address) => {
      const plain = plainAddress(address);
      const family = isIP(plain);
      return family !== 0 && list.check(plain, family === 4 ? "ipv4" : "ipv6");
    },
  };
}

function add(list: BlockList, range: string): void {
  const [address = "", bits, ...rest] = range.split("/");
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (family === 0 || rest.length > 0 || !/^\d*$/.test(bits ?? "") || bits === "" || prefix > most) {
    throw new TypeError(`"${range}" is no range of addresses`);
  }
  list.addSubnet(address, prefix, family === 4 ? "ipv4" : "ipv6");
}

/** An address in the form that it is compared in: IPv4 where it is one, else as it is, without the name of an interface. */
export function plainAddress(address: string): string {
  const [bare = ""] = address.split("%");
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare) ?? [];
  if (mapped !== undefined) return mapped;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(bare) ?? [];
  if (high === undefined || low === undefined) return bare;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

/** What counts as one peer: an IPv4 address, or an IPv6 network of 64 bits. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [left = "", right] = plain.toLowerCase().split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const groups = right === undefined
    ? head
    : [...head, ...Array<string>(Math.max(0, 8 - head.length - tail.length)).fill("0"), ...tail];
  return `${groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":")}::/64`;
}
