/**
 * The PROXY protocol, versions 1 and 2 (haproxy.org, "The PROXY protocol"): the few bytes in which a proxy says, before anything
 * else, where a connection comes from. Bytes go in as they come; out comes where it is from, and how many bytes said so.
 * Only the source matters here. What else version 2 may carry is passed over.
 */

export type ProxyHeader =
  /** `source` is missing where the proxy speaks for itself (a health check) or does not know. `length` bytes are the header. */
  | { readonly type: "header"; readonly source?: string; readonly length: number }
  | { readonly type: "need-more" }
  /** Not a header, and never will be. */
  | { readonly type: "lost" };

const NEED_MORE: ProxyHeader = { type: "need-more" };
const LOST: ProxyHeader = { type: "lost" };

/** Version 1 is a line of at most so many bytes. */
const MAX_LINE = 107;
const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** Signature, version with command, family with transport, length of the rest. */
const FIXED_BYTES = 16;
/** A rest that is longer than any proxy makes it is no header. */
const MAX_REST = 4096;

/** The longest header. */
export const MAX_PROXY_HEADER = FIXED_BYTES + MAX_REST;

export function readProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (bytes.length === 0) return NEED_MORE;
  return bytes[0] === SIGNATURE[0] ? readBinary(bytes) : readLine(bytes);
}

function readLine(bytes: Uint8Array): ProxyHeader {
  const text = String.fromCharCode(...bytes.subarray(0, MAX_LINE));
  if (!"PROXY ".startsWith(text.slice(0, 6))) return LOST;
  const end = text.indexOf("\r\n");
  if (end < 0) return text.length < MAX_LINE ? NEED_MORE : LOST;
  const length = end + 2;
  const [, family = "", source = "", , ...ports] = text.slice(0, end).split(" ");
  if (family === "UNKNOWN") return { type: "header", length };
  const isAddress = family === "TCP4" ? isIpv4(source) : family === "TCP6" && isIpv6(source);
  return isAddress && ports.length === 2 ? { type: "header", source, length } : LOST;
}

const isIpv4 = (text: string) => /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text);
/** As much as is needed where a trusted proxy says so: what is no address is in no range, and counts as one peer. */
const isIpv6 = (text: string) => /^[0-9a-fA-F:.]{2,45}$/.test(text) && text.includes(":");

function readBinary(bytes: Uint8Array): ProxyHeader {
  if (SIGNATURE.some((byte, index) => index < bytes.length && bytes[index] !== byte)) return LOST;
  if (bytes.length < FIXED_BYTES) return NEED_MORE;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const command = view.getUint8(12), family = view.getUint8(13) >> 4, rest = view.getUint16(14);
  if (command >> 4 !== 2 || (command & 15) > 1 || rest > MAX_REST) return LOST;
  const length = FIXED_BYTES + rest;
  if (bytes.length < length) return NEED_MORE;
  // LOCAL: the proxy's own connection.
  if ((command & 15) === 0) return { type: "header", length };
  switch (family) {
    case 1:
      return rest < 12 ? LOST : { type: "header", source: bytes.subarray(16, 20).join("."), length };
    case 2: {
      if (rest < 36) return LOST;
      const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(16 + 2 * index).toString(16));
      return { type: "header", source: groups.join(":"), length };
    }
    default:
      return { type: "header", length };
  }
}
