/** The server's certificate: its files, and what they say. A first start makes them. */
import { X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import type { Credentials } from "../../net/tls_gate.ts";

/** The name in every certificate that a server makes for itself. */
export const SELF_SIGNED_NAME = "chat-server";

/** Where certificate and key are; PEM, the certificate first of those that lead to its authority. */
export interface CertificatePaths {
  readonly cert: string;
  readonly key: string;
}

export interface Certificate extends Credentials {
  /** SHA-256 of the DER, as `openssl x509 -fingerprint -sha256` writes it. */
  readonly fingerprint: string;
  /** When it is no longer valid; milliseconds since 1970. */
  readonly expires: number;
  /** A name that it is valid for, where it is its own authority and one is known. */
  readonly name: string | undefined;
  /** Whether it is a certificate for signing others, which clients do not take for a server's. */
  readonly isAuthority: boolean;
}

/** Reads them. Throws when one is missing or is none. */
export async function readCertificate({ cert, key }: CertificatePaths): Promise<Certificate> {
  const [certText, keyText] = await Promise.all([Deno.readTextFile(cert), Deno.readTextFile(key)]);
  return describe({ cert: certText, key: keyText });
}

/** Makes them, readable by their owner only; whatever is there already stays. Whether there was nothing. */
export async function makeCertificate({ cert, key }: CertificatePaths): Promise<boolean> {
  if (await exists(cert) || await exists(key)) return false;
  // Takes a while to load, and is needed once.
  const { makeSelfSigned } = await import("./self_signed.ts");
  const made = await makeSelfSigned();
  for (const path of [cert, key]) await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(key, made.key, { mode: 0o600, createNew: true });
  await Deno.writeTextFile(cert, made.cert, { mode: 0o600, createNew: true });
  return true;
}

function describe({ cert, key }: Credentials): Certificate {
  const pems = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [leaf] = pems;
  if (leaf === undefined) throw new Error("there is no certificate in the file");
  const parsed = new X509Certificate(leaf);
  const [, common = ""] = /CN=([^,\n]+)/.exec(parsed.subject) ?? [];
  const isOwnAuthority = pems.length === 1 && parsed.subject === parsed.issuer;
  return {
    cert,
    key,
    fingerprint: parsed.fingerprint256,
    expires: Date.parse(parsed.validTo),
    name: isOwnAuthority && common !== "" && parsed.checkHost(common) ? common : undefined,
    isAuthority: parsed.ca,
  };
}

const exists = (path: string): Promise<boolean> => Deno.lstat(path).then(() => true, () => false);
