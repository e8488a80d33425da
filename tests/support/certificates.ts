/** Certificates for tests: of a server that is its own authority, and of one that a private authority vouches for. */
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Credentials } from "../../lib/net/tls_gate.ts";
import { makeSelfSigned } from "../../lib/server/tls/self_signed.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 24 * 3600_000;

let shared: Promise<Credentials> | undefined;

/** Puts a certificate where a server looks for it, unless there is one, so that not every test has to make its own. */
export async function seedCertificate(dataDir: string): Promise<void> {
  if (await certificateOf(dataDir).then(() => true, () => false)) return;
  await placeCertificate(dataDir, await (shared ??= makeSelfSigned()));
}

/** Puts a certificate into a data folder, in place of the one that is there. */
export async function placeCertificate(dataDir: string, { cert, key }: Credentials): Promise<void> {
  await Deno.mkdir(join(dataDir, "tls"), { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(join(dataDir, "tls", "key.pem"), key, { mode: 0o600 });
  await Deno.writeTextFile(join(dataDir, "tls", "cert.pem"), cert, { mode: 0o600 });
}

export const certificateOf = (dataDir: string): Promise<string> => Deno.readTextFile(join(dataDir, "tls", "cert.pem"));

/** SHA-256 of the first certificate of a PEM, as it is shown to people. */
export async function fingerprintOf(pem: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new x509.X509Certificate(pem).rawData));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(":").toUpperCase();
}

export interface Authority {
  /** The authority's own certificate, PEM. */
  readonly cert: string;
  /** Makes a server's certificate for a name or an address. */
  issue(name: string, options?: { readonly days?: number }): Promise<Credentials>;
}

export async function makeAuthority(name = "CN=Test Authority"): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const validity = { notBefore: new Date(now - 30 * DAY_MS), signingAlgorithm: ALGORITHM };
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name,
    notAfter: new Date(now + 100 * DAY_MS),
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    cert: `${own.toString("pem")}\n`,
    async issue(subject, { days = 90 } = {}) {
      const pair = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
      const type = /^[\d.]+$|:/.test(subject) ? "ip" : "dns";
      const leaf = await x509.X509CertificateGenerator.create({
        ...validity,
        subject: `CN=${subject}`,
        issuer: own.subject,
        notAfter: new Date(now + days * DAY_MS),
        publicKey: pair.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.SubjectAlternativeNameExtension([{ type, value: subject }]),
        ],
      });
      const key = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
      return {
        cert: `${leaf.toString("pem")}\n${own.toString("pem")}\n`,
        key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
      };
    },
  };
}
