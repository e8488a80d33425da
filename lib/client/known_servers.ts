/**
 * What is known of the servers that this person has spoken with, so that another one in their place is found out: the
 * certificate that was seen first, or that authorities vouched for it. One line a server in the state folder's
 * `known_servers`, which only its owner can read:
 *
 *     chat.example.org:8888 authorities
 *     192.0.2.7:8888 pinned <SHA-256> <name to ask for> <certificate, base64 of its DER>
 *
 * Without a folder it is known until the program ends.
 */
import { join } from "node:path";
import { formatAddress } from "../net/format_address.ts";
import type { Address } from "./address.ts";

export type Known =
  /** Ordinary authorities vouch for it by its name. */
  | { readonly type: "authorities" }
  | Pin;

/** The certificate, which vouches for itself or for the server's, is to be the same every time. */
export interface Pin {
  readonly type: "pinned";
  /** SHA-256 of the certificate: pairs of capital hexadecimal digits with colons between. */
  readonly fingerprint: string;
  /** The name that it is asked for by; nothing where that is the server's own. */
  readonly name: string | undefined;
  /** Base64 of the certificate's DER. */
  readonly certificate: string;
}

/** A name that stands for the server's own. */
const OWN_NAME = "-";

export class KnownServers {
  readonly #path: string | undefined;
  readonly #folder: string | undefined;
  readonly #unkept = new Map<string, Known>();

  constructor(folder: string | undefined) {
    this.#folder = folder;
    this.#path = folder && join(folder, "known_servers");
  }

  get(address: Address): Known | undefined {
    return this.#read().get(keyOf(address));
  }

  keep(address: Address, known: Known): void {
    if (JSON.stringify(this.get(address)) === JSON.stringify(known)) return;
    const all = new Map([...this.#read(), [keyOf(address), known]]);
    this.#unkept.set(keyOf(address), known);
    if (this.#folder === undefined || this.#path === undefined) return;
    const text = [...all].map(([key, value]) => `${key} ${lineOf(value)}\n`).join("");
    const draft = `${this.#path}.${crypto.randomUUID()}`;
    try {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(draft, text, { mode: 0o600 });
      // At once: another program may read it meanwhile.
      Deno.renameSync(draft, this.#path);
      this.#unkept.delete(keyOf(address));
    } catch {
      // A disk that is full takes nothing but the memory of it.
    }
  }

  #read(): Map<string, Known> {
    const all = new Map<string, Known>();
    for (const line of this.#text().split("\n")) {
      const [key = "", type, fingerprint, name, certificate] = line.trim().split(/\s+/);
      if (type === "authorities") all.set(key, { type });
      if (type !== "pinned" || fingerprint === undefined || name === undefined || certificate === undefined) continue;
      all.set(key, { type, fingerprint, name: name === OWN_NAME ? undefined : name, certificate });
    }
    for (const [key, known] of this.#unkept) all.set(key, known);
    return all;
  }

  #text(): string {
    if (this.#path === undefined) return "";
    try {
      return Deno.readTextFileSync(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      // Not to be able to tell is not the same as to know nothing.
      throw error;
    }
  }
}

const keyOf = ({ host, port }: Address): string => formatAddress({ host: host.toLowerCase(), port });

function lineOf(known: Known): string {
  if (known.type === "authorities") return known.type;
  return [known.type, known.fingerprint, known.name ?? OWN_NAME, known.certificate].join(" ");
}
