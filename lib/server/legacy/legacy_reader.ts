/**
 * The read connection of somebody on the old client: the room as that client can show it, at the pace at which it
 * acknowledges.
 *
 * The next event is taken from the room only when the last one has been acknowledged to its last byte, so nothing gathers
 * here for a slow reader but a few notices of its own. Pictures are read from their file piece by piece.
 */
import type { Account } from "../../chat/types.ts";
import { readAt } from "../../files/read_at.ts";
import type { Connection } from "../../net/connection.ts";
import {
  deliver,
  type DeliveryInput,
  type DeliveryOutput,
  type LegacyFrame,
  newDelivery,
  owedMs,
} from "../../protocol/delivery.ts";
import * as legacy from "../../protocol/legacy.ts";
import type { LegacyDecoder } from "../../protocol/legacy_decoder.ts";
import { StoreUnavailable } from "../../store/store.ts";
import type { LegacyPatience } from "./legacy_patience.ts";
import { onlineList, viewOf } from "./legacy_view.ts";
import type { LiveRoom } from "../live_room.ts";
import { type ConnectionLog, reasonOf } from "../log.ts";
import { RoomEvents } from "../room_events.ts";
import type { Services } from "../services.ts";

/** Notices for this reader alone that may wait; more are not worth keeping. */
const MAX_NOTICES = 8;
const STORE_RETRY_MS = 1000;

/** Input as whoever makes it knows it; the time is added here. */
type Untimed = DeliveryInput extends infer I ? I extends DeliveryInput ? Omit<I, "now"> : never : never;

export interface LegacyReaderOptions {
  readonly services: Pick<Services, "store" | "blobs" | "metrics" | "motd">;
  readonly connection: Connection<LegacyDecoder>;
  readonly room: LiveRoom;
  readonly account: Account;
  readonly patience: LegacyPatience;
  readonly log: ConnectionLog;
}

export class LegacyReader {
  readonly #options: LegacyReaderOptions;
  readonly #events: RoomEvents;
  #delivery;
  /** Frames for this reader alone; they go before the room's. */
  readonly #own: LegacyFrame[][] = [];
  /** The picture that is being delivered. */
  #picture: Deno.FsFile | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #woken = false;
  #pumping = false;
  #stopped = false;
  readonly #quiet: PromiseWithResolvers<void>[] = [];

  /** Enters the room: everybody else hears of it from the room, and this reader here. */
  constructor(options: LegacyReaderOptions) {
    this.#options = options;
    const { room, account, patience, services } = options;
    this.#delivery = newDelivery({ patience: patience.acknowledge, now: performance.now() });
    room.apply({ type: "join", account, at: Date.now() });
    this.#events = new RoomEvents(room, services.store);
    room.addReader(this, this.#events);
    this.#own.push([legacy.joinedNotice(account), onlineList(room, account.account)]);
    if (services.motd === "") this.wake();
    else this.tell(services.motd);
  }

  /** For how many milliseconds the peer has owed an acknowledgement. */
  get owedMs(): number {
    return owedMs(this.#delivery, performance.now());
  }

  acknowledge(bytes: number): void {
    this.#apply({ type: "acknowledged", bytes });
  }

  /** Tells this reader alone, among the notices. */
  tell(text: string): void {
    if (this.#own.length >= MAX_NOTICES) return;
    this.#own.push([legacy.notice(this.#options.account.account, text)]);
    this.wake();
  }

  /** Resolves when everything so far has been acknowledged, or never: the peer decides. */
  quiet(): Promise<void> {
    const quiet = Promise.withResolvers<void>();
    this.#quiet.push(quiet);
    this.wake();
    return quiet.promise;
  }

  /** Sends who is there once more, which changes nothing for its person and must be acknowledged by whoever still lives. */
  probe(): void {
    if (this.#delivery.stage.at !== "rest" || this.#own.length > 0) return;
    this.#own.push([onlineList(this.#options.room, 0)]);
    this.wake();
  }

  /** Looks at the time. */
  look(): void {
    this.#apply({ type: "time" });
    if (performance.now() - this.#delivery.since > this.#options.patience.idle) this.probe();
  }

  /** The room has something new, or we have. */
  wake(): void {
    this.#woken = true;
    void this.#pump();
  }

  /** The room is no more. */
  close(): void {
    this.#options.connection.close();
  }

  /** Leaves the room and lets go of everything. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#closePicture();
    const { room, account, connection } = this.#options;
    connection.close();
    room.removeReader(this);
    room.apply({ type: "leave", account, at: Date.now() });
  }

  #apply(input: Untimed): void {
    if (this.#stopped) return;
    const { state, output } = deliver(this.#delivery, { ...input, now: performance.now() });
    this.#delivery = state;
    if (output) this.#perform(output);
  }

  #perform(output: DeliveryOutput): void {
    const { connection, services, log } = this.#options;
    switch (output.type) {
      case "send":
        // Not as a reply: replies are joined into one write, and each of these has to be one of its own.
        services.metrics.deliveredBytes += output.bytes.length;
        return void connection.sendBulk(output.bytes);
      case "fetch":
        return void this.#fetch(output);
      case "wait":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#apply({ type: "time" }), output.until - performance.now());
        return;
      case "idle":
        this.#closePicture();
        return this.wake();
      case "given-up":
        log("stuck");
        return connection.close();
    }
  }

  /** Delivers what there is, one event at a time. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#woken && !this.#stopped && this.#delivery.stage.at === "rest") {
        this.#woken = false;
        const frames = this.#own.shift() ?? await this.#next();
        if (frames) this.#apply({ type: "enqueue", frames });
      }
    } catch (error) {
      if (this.#stopped) return;
      if (!(error instanceof StoreUnavailable)) {
        this.#options.log("reader-failed", { reason: reasonOf(error) });
        return this.#options.connection.close();
      }
      this.#timer = setTimeout(() => this.wake(), STORE_RETRY_MS);
    } finally {
      this.#pumping = false;
    }
  }

  async #next(): Promise<readonly LegacyFrame[] | undefined> {
    for (const quiet of this.#quiet.splice(0)) quiet.resolve();
    const event = await this.#events.next();
    if (!event) return undefined;
    if (event.op === "event") this.#options.services.metrics.deliveries++;
    const { frames, picture } = viewOf(event, this.#options.room);
    if (!picture) return frames;
    this.#picture = await this.#options.services.blobs.image.read(picture.sha256);
    if (this.#stopped) this.#closePicture();
    return this.#picture ? frames : picture.otherwise;
  }

  async #fetch({ offset, length }: { readonly offset: number; readonly length: number }): Promise<void> {
    try {
      if (!this.#picture) throw new Error("no picture is open");
      const bytes = await readAt(this.#picture, { offset, length });
      this.#apply({ type: "fetched", bytes });
    } catch (error) {
      if (this.#stopped) return;
      this.#options.log("picture-unreadable", { reason: reasonOf(error) });
      this.#options.connection.close();
    }
  }

  #closePicture(): void {
    this.#picture?.close();
    this.#picture = undefined;
  }
}
