/** Ranges of IP addresses, written as CIDR (`203.0.113.0/24`, `2001:db8::/32`) or as one address. */

export interface AddressRange {
  readonly version: 4 | 6;
  /** The bits that all addresses in the range have in common, and how many those are. */
  readonly bits: bigint;
  readonly prefix: number;
}

/** A shorter prefix would ban whole continents: a slip of the finger, at best. */
const SHORTEST = { 4: 8, 6: 16 } as const;
const WIDTH = { 4: 32, 6: 128 } as const;

/** Reads a range; nothing when it is none, or a very large one. */
export function parseRange(text: string): AddressRange | undefined {
  const [, address = "", digits] = /^([0-9a-fA-F:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const found = parseAddress(address);
  if (!found) return undefined;
  const { version } = found;
  const prefix = digits === undefined ? WIDTH[version] : Number(digits);
  if (prefix < SHORTEST[version] || prefix > WIDTH[version]) return undefined;
  return { version, bits: found.bits >> BigInt(WIDTH[version] - prefix), prefix };
}

/** The one way in which a range is written, whatever bits beyond the prefix it was given with. */
export function formatRange({ version, bits, prefix }: AddressRange): string {
  const first = bits << BigInt(WIDTH[version] - prefix);
  if (version === 4) {
    const bytes = [24n, 16n, 8n, 0n].map((shift) => Number(first >> shift & 0xffn));
    return `${bytes.join(".")}/${prefix}`;
  }
  const groups = Array.from({ length: 8 }, (_, index) => (first >> BigInt(112 - 16 * index) & 0xffffn).toString(16));
  return `${groups.join(":").replace(/(^|:)0(:0)+(:|$)/, "::")}/${prefix}`;
}

/** Whether an address is in a range; an IPv4 address that is written as an IPv6 one is still itself. */
export function isInRange(address: string, { version, bits, prefix }: AddressRange): boolean {
  const found = parseAddress(address.replace(/%.*$/, ""));
  return found?.version === version && found.bits >> BigInt(WIDTH[version] - prefix) === bits;
}

function parseAddress(text: string): { readonly version: 4 | 6; readonly bits: bigint } | undefined {
  if (!text.includes(":")) {
    const bits = parseFour(text);
    return bits === undefined ? undefined : { version: 4, bits };
  }
  const bits = parseSix(text);
  if (bits === undefined) return undefined;
  return bits >> 32n === 0xffffn ? { version: 4, bits: bits & 0xffff_ffffn } : { version: 6, bits };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((bits, part) => bits << 8n | BigInt(part), 0n);
}

function parseSix(text: string): bigint | undefined {
  const [, lead = text, four] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const last = four === undefined ? undefined : parseFour(four);
  if (four !== undefined && last === undefined) return undefined;
  const tail = last === undefined ? "" : `${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const halves = (lead + tail).split("::");
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((bits, group) => bits << 16n | BigInt(`0x${group}`), 0n);
}
