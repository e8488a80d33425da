/**
 * The server's TLS: its certificate, what it tells of it to whoever asks, and the gate that connections go through.
 *
 * The files are looked at every few seconds. What has changed serves the connections that come from then on; those that
 * are there keep what they have. Files that cannot be used, as between the two steps of replacing a pair, change nothing, and are
 * logged.
 */
import { dirname, join } from "node:path";
import { type SecuredTaker, TlsGate } from "../../net/tls_gate.ts";
import type { Socket } from "../../net/connection.ts";
import { serverCodec } from "../../protocol/server_message.ts";
import { type Certificate, type CertificatePaths, makeCertificate, readCertificate } from "./certificate.ts";
import { type Log, reasonOf } from "../log.ts";
import type { Config } from "../config/options.ts";

const DAY_MS = 24 * 3600_000;
/** Renewals are made weeks before. */
export const EXPIRES_SOON_MS = 14 * DAY_MS;

export interface TlsOptions {
  /** Milliseconds between two looks at the files. */
  readonly lookMs: number;
  /** What a handshake may take, in milliseconds. */
  readonly handshakeMs: number;
  readonly log: Log;
  /** The system refused a connection, for want of descriptors say. */
  readonly failed: (error: unknown, waitMs: number) => void;
}

type Where = Pick<Config, "dataDir" | "tlsCert" | "tlsKey">;

/** Files, and what they looked like when they were read. */
interface Read {
  readonly paths: CertificatePaths;
  readonly seen: string;
}

export class Tls {
  readonly #options: TlsOptions;
  #paths: CertificatePaths;
  readonly #gate: TlsGate;
  readonly #timer: ReturnType<typeof setInterval>;
  #certificate: Certificate;
  #offer: Uint8Array;
  /** What the files looked like when they were read last. */
  #seen: string;
  #remindedAt = 0;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(certificate: Certificate, { paths, seen, ...options }: TlsOptions & Read) {
    this.#options = options;
    this.#paths = paths;
    this.#gate = new TlsGate(certificate, options);
    this.#certificate = certificate;
    this.#offer = offerOf(certificate);
    this.#seen = seen;
    this.#timer = setInterval(() => void this.#next(() => this.#look()), options.lookMs);
    this.#report();
  }

  /** Reads the files; makes them where none were named and there are none. Rejects when they cannot be used. */
  static async open({ dataDir, tlsCert, tlsKey }: Where, options: TlsOptions): Promise<Tls> {
    const paths = { cert: tlsCert, key: tlsKey };
    const isOurs = [tlsCert, tlsKey].every((path) => dirname(path) === join(dataDir, "tls"));
    if (isOurs && await makeCertificate(paths)) options.log("certificate-made", { file: tlsCert });
    const seen = await appearanceOf(paths);
    return new Tls(await readCertificate(paths), { ...options, paths, seen });
  }

  /** SHA-256 of the certificate. */
  get fingerprint(): string {
    return this.#certificate.fingerprint;
  }

  /** When the certificate is no longer valid; milliseconds since 1970. */
  get expires(): number {
    return this.#certificate.expires;
  }

  /** The answer to CERTIFICATE, encoded. */
  get offer(): Uint8Array {
    return this.#offer;
  }

  admit(socket: Socket, taker: SecuredTaker): void {
    void this.#gate.admit(socket, taker);
  }

  /** Uses these files from now on. Rejects, and goes on with those from before, when they cannot be used. */
  reload({ tlsCert, tlsKey }: Pick<Config, "tlsCert" | "tlsKey">): Promise<void> {
    return this.#next(() => this.#read({ cert: tlsCert, key: tlsKey }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
    await this.#gate.close();
  }

  /** One thing after the other. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  async #look(): Promise<void> {
    const paths = this.#paths;
    const seen = await appearanceOf(paths);
    if (seen !== this.#seen) {
      // What cannot be used is said once, and not again until it has changed.
      this.#seen = seen;
      await this.#read(paths).catch((error) =>
        this.#options.log("certificate-rejected", { file: paths.cert, reason: reasonOf(error) })
      );
    }
    if (Date.now() - this.#remindedAt > DAY_MS) this.#remind();
  }

  async #read(paths: CertificatePaths): Promise<void> {
    // Before they are read: what changes meanwhile is seen the next time.
    const seen = await appearanceOf(paths);
    const certificate = await readCertificate(paths);
    this.#gate.replace(certificate);
    this.#paths = paths;
    this.#seen = seen;
    this.#certificate = certificate;
    this.#offer = offerOf(certificate);
    this.#report();
  }

  #report(): void {
    const { fingerprint, expires, isAuthority } = this.#certificate;
    const { log } = this.#options;
    log("certificate-used", { fingerprint, expires: dateOf(expires) });
    if (isAuthority) log("certificate-unsuitable", { file: this.#paths.cert });
    this.#remind();
  }

  #remind(): void {
    const { expires } = this.#certificate;
    this.#remindedAt = Date.now();
    if (expires - Date.now() > EXPIRES_SOON_MS) return;
    this.#options.log("certificate-expires", { file: this.#paths.cert, expires: dateOf(expires) });
  }
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const offerOf = ({ cert, name }: Certificate): Uint8Array =>
  serverCodec.encode({ op: "certificate", pem: cert, ...(name === undefined ? {} : { name }) });

/** What tells a file that has changed from one that has not: the file that a link leads to counts. */
async function appearanceOf({ cert, key }: CertificatePaths): Promise<string> {
  const parts = [cert, key].map(async (path) => {
    const info = await Deno.stat(path).catch(() => undefined);
    return `${info?.ino} ${info?.size} ${info?.mtime?.getTime()}`;
  });
  return (await Promise.all(parts)).join(" ");
}
