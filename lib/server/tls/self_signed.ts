/**
 * A certificate that a server makes for itself. It says nothing about who the server is: clients know it again by its
 * fingerprint. So it has one fixed name, by which clients ask for it whatever the server's address is, and those of this machine
 * itself; what it is called elsewhere is not the server's to know.
 */
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Credentials } from "../../net/tls_gate.ts";
import { SELF_SIGNED_NAME } from "./certificate.ts";

const YEARS = 10;
const DAY_MS = 24 * 3600_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export async function makeSelfSigned(now = Date.now()): Promise<Credentials> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${SELF_SIGNED_NAME}`,
    // Clocks differ.
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + YEARS * 365 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      // An authority cannot be a server, say the libraries that clients verify with.
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: SELF_SIGNED_NAME },
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
    ],
  });
  const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: `${certificate.toString("pem")}\n`, key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n` };
}
