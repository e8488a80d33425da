/** The certificate: readable, in its time, with the key that belongs to it, and for the name that people connect to. */
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { dirname, join } from "node:path";
import { SELF_SIGNED_NAME } from "../../tls/certificate.ts";
import { EXPIRES_SOON_MS } from "../../tls/tls.ts";
import { type Finding, findingsOf, type Patient, plainReason } from "./finding.ts";

const { fine, warning, wrong } = findingsOf("certificate");

export async function checkCertificate({ config, name }: Patient): Promise<readonly Finding[]> {
  const { tls, tlsCert, tlsKey, plaintext, dataDir } = config;
  if (tls === "off") {
    if (plaintext !== "any") return [fine(`TLS is off; whoever may speak without it is ${plaintext}.`)];
    return [warning("TLS is off, and everybody may speak without it.", "Remove --tls off, or let a proxy speak TLS.")];
  }
  const isOurs = [tlsCert, tlsKey].every((path) => dirname(path) === join(dataDir, "tls"));
  if (isOurs && !exists(tlsCert) && !exists(tlsKey)) return [fine(`${tlsCert} is made at the first start.`)];
  const remedy = "Name the right files with --tls-cert and --tls-key, or remove both to have new ones made.";
  let cert, key;
  try {
    cert = await Deno.readTextFile(tlsCert);
    key = await Deno.readTextFile(tlsKey);
    const leaf = new X509Certificate(cert);
    if (!belongs(leaf, key)) return [wrong(`${tlsKey} is not the key of ${tlsCert}.`, remedy)];
    const findings = [...inTime(leaf, tlsCert), ...await forName(cert, name)];
    if (leaf.ca) findings.push(wrong(`${tlsCert} is for signing others, which clients do not take.`, remedy));
    if (findings.length > 0) return findings;
    return [fine(`${tlsCert} is valid until ${day(Date.parse(leaf.validTo))}, and the key is its own.`)];
  } catch (error) {
    const which = cert === undefined || key !== undefined ? tlsCert : tlsKey;
    return [wrong(`${which} cannot be used: ${plainReason(error)}.`, remedy)];
  }
}

function belongs({ publicKey }: X509Certificate, key: string): boolean {
  const encoding = { type: "spki", format: "pem" } as const;
  return createPublicKey(createPrivateKey(key)).export(encoding) === publicKey.export(encoding);
}

function inTime({ validFrom, validTo }: X509Certificate, file: string): Finding[] {
  const from = Date.parse(validFrom), to = Date.parse(validTo), now = Date.now();
  const remedy = "Renew it; the server takes the new files up by itself.";
  if (from > now) return [wrong(`${file} is not valid before ${day(from)}.`, "Set the clock right, or wait.")];
  if (to <= now) return [wrong(`${file} has expired on ${day(to)}: clients turn away.`, remedy)];
  if (to - now < EXPIRES_SOON_MS) return [warning(`${file} expires on ${day(to)}.`, remedy)];
  return [];
}

/** Whoever pins a certificate does not look at its name: those that we make have none that matters. */
async function forName(pem: string, name: string | undefined): Promise<Finding[]> {
  if (name === undefined) return [];
  // Takes a while to load.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const certificate = new x509.X509Certificate(pem);
  if (certificate.subject === `CN=${SELF_SIGNED_NAME}`) return [];
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  const values = names.map(({ value }) => value);
  if (values.some((value) => covers(value, name))) return [];
  const held = values.length > 0 ? values.join(", ") : "no name at all";
  return [wrong(`The certificate is for ${held}, not for ${name}.`, "Get one for that name, or tell people another.")];
}

/** A star stands for one part of a name. */
function covers(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), name.toLowerCase()];
  return wanted === given || (wanted.startsWith("*.") && given.replace(/^[^.]+/, "*") === wanted);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
