/** What somebody says with the old client, on its way to becoming posts; and what they are told when it does not. */
import { textFault } from "../../chat/text.ts";
import { type AccountNumber, type Draft, type FileInfo, LOBBY } from "../../chat/types.ts";
import { formatSize } from "../../files/size.ts";
import { MAX_LEGACY_IMAGE_BYTES } from "../../protocol/legacy.ts";
import type { ErrorCode } from "../../protocol/error_code.ts";
import { StoreUnavailable } from "../../store/store.ts";
import { refusalLine } from "./legacy_act.ts";
import type { LegacyLogin } from "./legacy_logins.ts";
import { LegacyPicture } from "./legacy_picture.ts";
import { type ConnectionLog, reasonOf } from "../log.ts";
import type { Guard } from "../limits/guard.ts";
import type { Peer } from "../limits/peer.ts";
import type { Services } from "../services.ts";
import { postWait } from "../limits/throttle.ts";
import { untilFree } from "../limits/until_free.ts";
import { takeShare } from "../limits/take_share.ts";
import type { Share } from "../limits/upload_shares.ts";

type Refusal =
  | "text-too-long"
  | "picture-too-large"
  | "unopened"
  | "not-kept"
  | "unavailable"
  | "upload-limit"
  | "quota-exceeded";

/** What the same would be called to a peer of the modern dialect; a picture that its own client could not open is nothing of ours. */
const CODES: Readonly<Record<Refusal, ErrorCode | undefined>> = {
  "text-too-long": "text-too-long",
  "picture-too-large": "file-too-large",
  "unopened": undefined,
  "not-kept": "internal-error",
  "unavailable": "unavailable",
  "upload-limit": "upload-limit",
  "quota-exceeded": "quota-exceeded",
};

/** A post that the database does not take is tried so often, so far apart: its sender cannot be asked to do it again. */
const TRIES = 5;
const RETRY_MS = 1000;

type Content = { readonly type: "post"; readonly text: string } | ({ readonly type: "image" } & FileInfo);

export interface SpeakerOptions {
  readonly services: Services;
  readonly log: ConnectionLog;
  readonly peer: Peer;
  /** Resolves when the connection has been closed. */
  readonly closed: Promise<void>;
}

export class LegacySpeaker {
  readonly login: LegacyLogin;
  readonly #services: Services;
  readonly #log: SpeakerOptions["log"];
  readonly #peer: Peer;
  readonly #closed: Promise<void>;
  #picture: LegacyPicture | undefined;
  #share: Share | undefined;

  constructor(login: LegacyLogin, { services, log, peer, closed }: SpeakerOptions) {
    this.login = login;
    this.#services = services;
    this.#log = log;
    this.#peer = peer;
    this.#closed = closed;
  }

  /** Posts a text. One with nothing to see in it is not worth a word. */
  async say(text: string): Promise<void> {
    const fault = textFault(text, this.#services.limits.text);
    if (fault === "text-too-long") return this.refuse(fault);
    if (fault) return;
    await this.#untilFree((guard, account) => postWait(guard, account, text));
    await this.#post(crypto.randomUUID(), { type: "post", text });
  }

  async beginPicture(size: number): Promise<void> {
    const { account } = this.login.account;
    await this.#untilFree((guard) => guard.posts.take(account));
    try {
      const open = await this.#services.rooms.get(LOBBY);
      const refusal = open?.room.speechRefusal(account);
      if (refusal) return this.#tell(refusalLine(refusal));
      const shared = await takeShare(this.#services, this.#peer, { account, size });
      if ("refusal" in shared) return this.refuse(shared.refusal);
      // A picture is never gone on with: what has been announced counts as sent.
      this.#share = shared.share;
      this.#picture = await LegacyPicture.begin(this.#services.blobs.image, { account, size });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes the next piece; the last one makes a post of it. After a failure the rest is passed over. */
  async addToPicture({ bytes, rest }: { readonly bytes: Uint8Array; readonly rest: number }): Promise<void> {
    const picture = this.#picture;
    if (!picture) return;
    try {
      await picture.append(bytes);
      if (rest > 0) return;
      const info = await picture.finish();
      await this.#post(picture.id, { type: "image", ...info });
    } catch (error) {
      this.#fail(error);
    }
    await this.close();
  }

  /** Lets go of a picture that is not whole: the old client cannot go on with one. */
  async close(): Promise<void> {
    const picture = this.#picture;
    this.#picture = undefined;
    this.#share?.end(Infinity);
    await picture?.discard();
  }

  async #untilFree(wait: (guard: Guard, account: AccountNumber) => number): Promise<void> {
    const { account } = this.login.account;
    if (!this.#peer.exempt) await untilFree(() => wait(this.#services.guard, account), this.#closed);
  }

  refuse(refusal: Refusal): void {
    const code = CODES[refusal];
    if (code) this.#services.metrics.refused(code);
    this.#tell(this.#sentence(refusal));
  }

  #tell(line: string): void {
    this.login.reader?.tell(line);
  }

  #fail(error: unknown): void {
    this.#log("picture-failed", { reason: reasonOf(error) });
    this.refuse("not-kept");
  }

  async #post(id: string, content: Content): Promise<void> {
    const draft: Draft = { id, from: this.login.account, ...content };
    for (let attempt = 1; !this.login.hasEnded; attempt++) {
      try {
        const open = await this.#services.rooms.get(LOBBY);
        const result = await open?.journal.submit(draft);
        if (result?.status === "refused") this.#tell(refusalLine(result.refusal));
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        if (attempt === TRIES) return this.refuse("unavailable");
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  #sentence(refusal: Refusal): string {
    switch (refusal) {
      case "text-too-long":
        return `消息过长,未发送(最多 ${formatSize(this.#services.limits.text)})`;
      case "picture-too-large":
        return `图片过大,未发送(最多 ${formatSize(Math.min(MAX_LEGACY_IMAGE_BYTES, this.#services.limits.file))})`;
      case "unopened":
        return "图片无法打开,未发送";
      case "not-kept":
        return "服务器未能保存图片,未发送";
      case "upload-limit":
        return "发送的图片太多,未发送,请稍后再试";
      case "quota-exceeded":
        return "保存的图片已达上限,未发送";
      case "unavailable":
        return "服务器暂时无法保存消息,可能未发送,请稍后再试";
    }
  }
}
