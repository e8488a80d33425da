/**
 * What a server says its certificate is, asked for in plaintext. That proves nothing, and need not: whoever is then spoken with
 * through TLS, with this certificate for an authority, has proved to have its key.
 */
import { createHash } from "node:crypto";
import { Connection } from "../net/connection.ts";
import { commandCodec } from "../protocol/command.ts";
import { FrameDecoder } from "../protocol/frame.ts";
import { serverCodec } from "../protocol/server_message.ts";
import type { Address } from "./address.ts";
import { Refused } from "./failure.ts";
import type { Pin } from "./known_servers.ts";
import { CONNECT_MS, connectTcp } from "./tcp.ts";

/** Bytes of a chain of certificates; a long one has ten thousand. */
const MAX_OFFER_BYTES = 256 * 1024;

/** Refusals by a server that has no TLS, or is too old to know of it. */
const WITHOUT_TLS: ReadonlySet<string> = new Set(["tls-unavailable", "hello-required", "unknown-message"]);

const PEM = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g;

/** The pin that it would be; nothing when there is no TLS. Rejects with {@linkcode Refused} when it is put off. */
export async function askCertificate(address: Address): Promise<Pin | undefined> {
  const connection = new Connection(await connectTcp(address), { decoder: new FrameDecoder(() => MAX_OFFER_BYTES) });
  const timer = setTimeout(() => connection.close(), CONNECT_MS);
  const { promise, resolve, reject } = Promise.withResolvers<Pin | undefined>();
  connection.send(commandCodec.encode({ op: "certificate" }));
  const running = connection.run((incoming) => {
    const answer = incoming.type === "frame" ? serverCodec.decode(incoming) : undefined;
    if (answer?.ok && answer.message.op === "certificate") resolve(pinOf(answer.message));
    if (answer?.ok && answer.message.op === "error" && !WITHOUT_TLS.has(answer.message.code)) {
      reject(new Refused(answer.message));
    }
    connection.close();
  });
  running.finally(() => {
    connection.close();
    resolve(undefined);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** The last certificate is the nearest that there is to the authority; often there is only one. */
function pinOf({ pem, name }: { readonly pem: string; readonly name?: string }): Pin | undefined {
  const [, body] = [...pem.matchAll(PEM)].at(-1) ?? [];
  const certificate = body?.replace(/\s/g, "") ?? "";
  if (!/^[A-Za-z0-9+/]+=*$/.test(certificate)) return undefined;
  const digest = createHash("sha256").update(certificate, "base64").digest("hex").toUpperCase();
  const fingerprint = digest.match(/../g)?.join(":") ?? "";
  const isName = name !== undefined && /^[\w.-]{2,253}$/.test(name);
  return { type: "pinned", fingerprint, name: isName ? name : undefined, certificate };
}
