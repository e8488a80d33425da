/**
 * Speaking with a server so that nobody in between can listen, and finding out when it is another one.
 *
 * A certificate that ordinary authorities vouch for, by the server's name, is enough. Else it is trust on first use, as with
 * ssh: the certificate is pinned, and everything but it is refused from then on. (The runtime verifies certificates, but
 * neither shows them nor leaves that to us. So the server is asked for its certificate beforehand, and TLS begun with that
 * for its only authority.) A server whose name authorities vouched for once is not taken with less later, and none is spoken
 * with in plaintext unless that was asked for; on this machine itself, where nobody is in between, an unknown server without
 * TLS will do.
 */
import type { Socket } from "../net/connection.ts";
import { formatAddress } from "../net/format_address.ts";
import { within } from "../net/within.ts";
import type { Address } from "./address.ts";
import { askCertificate } from "./certificate_offer.ts";
import { Unreachable, Untrusted } from "./failure.ts";
import type { Known, KnownServers, Pin } from "./known_servers.ts";
import { CONNECT_MS, connectTcp } from "./tcp.ts";

export interface Encrypted {
  readonly mode: "tls";
  readonly known: KnownServers;
  /** Authorities beside the ordinary ones, PEM. */
  readonly authorities: readonly string[];
  /** Told of a certificate that is trusted because it is the first. */
  readonly pinned: (notice: string) => void;
}

export type Encryption = Encrypted | { readonly mode: "plaintext" };

/** A connection that may be spoken on. Rejects with Unreachable, {@linkcode Untrusted} or Refused. */
export async function connect(address: Address, encryption: Encryption): Promise<Socket> {
  if (encryption.mode === "plaintext") return await connectTcp(address);
  const known = encryption.known.get(address);
  switch (known?.type) {
    case "pinned":
      return await connectPinned(address, { ...encryption, pin: known });
    case "authorities":
      return await vouchedFor(address, encryption) ?? await refuse(address, known);
    case undefined:
      return await vouchedFor(address, encryption) ?? await connectFirst(address, encryption);
  }
}

/** What makes of a server that it is to be trusted from now on, whatever was known before; its fingerprint, if it has one. */
export async function trust(
  address: Address,
  { expected, ...encryption }: Encrypted & { readonly expected: string | undefined },
): Promise<Known> {
  // As it was copied, perhaps from a terminal that showed it in several lines.
  const wanted = expected?.replace(/\s+/g, "").toUpperCase();
  if (wanted === undefined) {
    const socket = await vouchedFor(address, encryption);
    socket?.close();
    if (socket) return { type: "authorities" };
  }
  const pin = await askCertificate(address);
  if (!pin) throw new Untrusted(withoutTls(address));
  if (wanted !== undefined && pin.fingerprint !== wanted) {
    throw new Untrusted(`The certificate of ${formatAddress(address)} is ${pin.fingerprint}, not ${wanted}.`);
  }
  (await proved(address, pin)).close();
  encryption.known.keep(address, pin);
  return pin;
}

/** By ordinary authorities; nothing when it is not by them. */
async function vouchedFor(address: Address, { known, authorities }: Encrypted): Promise<Socket | undefined> {
  const result = await shakeHands(address, { hostname: address.host, caCerts: authorities });
  if ("problem" in result) {
    if (result.problem === "lost" && known.get(address)) throw new Unreachable(lost(address));
    return undefined;
  }
  known.keep(address, { type: "authorities" });
  return result;
}

async function connectPinned(
  address: Address,
  { pin, ...encryption }: Encrypted & { readonly pin: Pin },
): Promise<Socket> {
  const result = await shakeHands(address, pinned(address, pin));
  if (!("problem" in result)) return result;
  if (result.problem === "lost") throw new Unreachable(lost(address));
  return await vouchedFor(address, encryption) ?? await refuse(address, pin);
}

async function connectFirst(address: Address, { known, pinned }: Encrypted): Promise<Socket> {
  const pin = await askCertificate(address);
  if (!pin) {
    if (isLoopback(address.host)) return await connectTcp(address);
    throw new Untrusted(withoutTls(address));
  }
  const socket = await proved(address, pin);
  known.keep(address, pin);
  pinned(
    `First connection to ${formatAddress(address)}. Its certificate is\n  ${pin.fingerprint}\n` +
      "It is trusted from now on. The server's operator can tell you whether it is the right one.",
  );
  return socket;
}

/** A connection to whoever has the key of a certificate. */
async function proved(address: Address, pin: Pin): Promise<Socket> {
  const result = await shakeHands(address, pinned(address, pin));
  if (!("problem" in result)) return result;
  if (result.problem === "lost") throw new Unreachable(lost(address));
  throw new Untrusted(`The certificate of ${formatAddress(address)} cannot be used: ${result.reason}.`);
}

async function refuse(address: Address, known: Known): Promise<never> {
  const where = formatAddress(address);
  const offered = await askCertificate(address);
  const before = known.type === "pinned" ? known.fingerprint : "one that ordinary authorities vouch for";
  throw new Untrusted(
    [
      `THE CERTIFICATE OF ${where} IS NOT THE ONE FROM BEFORE. Somebody may be in between, or the server has a new one.`,
      `  before: ${before}`,
      `  now:    ${offered?.fingerprint ?? "none, it does not speak TLS"}`,
      "Nothing was sent. Ask the server's operator which is right; to accept the new one:",
      `  chat trust ${where}${offered ? ` ${offered.fingerprint}` : ""}`,
    ].join("\n"),
  );
}

interface Terms {
  readonly hostname: string;
  readonly caCerts: readonly string[];
}

const pinned = ({ host }: Address, { name, certificate }: Pin): Terms => ({
  hostname: name ?? host,
  caCerts: [`-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`],
});

/** `lost` is a connection that was closed, `bad` one that is not as it has to be. */
type Problem = { readonly problem: "lost" | "bad"; readonly reason: string };

async function shakeHands(address: Address, { hostname, caCerts }: Terms): Promise<Deno.TlsConn | Problem> {
  const tcp = await connectTcp(address);
  let socket: Deno.TlsConn | undefined;
  try {
    socket = await Deno.startTls(tcp, { hostname, caCerts: [...caCerts] });
    if (await within(socket.handshake(), CONNECT_MS)) return socket;
    close(socket);
  } catch (error) {
    close(socket ?? tcp);
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: error instanceof Deno.errors.InvalidData ? "bad" : "lost", reason };
  }
  throw new Unreachable(`${formatAddress(address)} does not answer.`);
}

function close(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch {
    // It was closed already.
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

const lost = (address: Address): string => `${formatAddress(address)} closed the connection.`;

const withoutTls = (address: Address): string =>
  `${formatAddress(address)} does not speak TLS, so that anybody in between could listen. ` +
  "If nobody can: --plaintext.";
