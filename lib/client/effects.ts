/** What `update` wants done, done: over the link where there is one, and from this machine's memory where there is not. */
import { cleanFileName } from "../chat/text.ts";
import { type FilePost, isFile, LOBBY } from "../chat/types.ts";
import { PAGE } from "./arrivals.ts";
import { refusalText } from "./act_words.ts";
import type { Cache } from "./cache.ts";
import { type DeviceEffect, deviceNotes } from "./devices.ts";
import { droppedFile } from "./dropped_file.ts";
import { Refused } from "./failure.ts";
import type { Link } from "./link.ts";
import { expandHome, folderEntries, savePlace } from "./local_paths.ts";
import type { Effect, Input, Model } from "./model.ts";
import { type OrderEffect, performOrder } from "./order_effects.ts";
import { newPostId } from "./post_id.ts";
import { openWithItsProgram } from "./open_file.ts";
import { type Found, Past, type Range } from "./past.ts";
import { fetchPicture, forgetPicture, MAX_SHOWN_BYTES, PictureDrawer } from "./pictures.ts";
import type { DrawRequest } from "./picture_worker.ts";
import { createMeter } from "./progress.ts";
import { formatQuiet } from "./quiet.ts";
import type { Progress } from "./transfer.ts";

export interface EffectsOptions {
  readonly link: Link;
  readonly cache: Cache | undefined;
  /** Where pictures are kept; asked once there is one. */
  readonly images: () => Promise<string>;
  readonly model: () => Model;
  readonly dispatch: (input: Input) => void;
  readonly signal: AbortSignal;
}

/** The effects that are the screen's own. */
export type ScreenEffect = Extract<Effect, { type: "bell" | "notify" | "scheme" | "redraw" | "forget" | "quit" }>;

export class Effects implements Disposable {
  readonly #options: EffectsOptions;
  readonly #past: Past;
  readonly #drawer = new PictureDrawer();
  #transfers = 0;
  /** What was asked and not answered yet. */
  readonly #asking = new Set<Promise<void>>();
  /** One after the other, so that they arrive in the order in which they were written, whatever happens in between. */
  #posting = Promise.resolve();
  /** Posts of files that were removed, by their ids: what of them is still being fetched goes when it is here. */
  readonly #withdrawn = new Set<string>();
  /** One after the other: in the order in which they came into sight, and never many in memory. */
  #showing = Promise.resolve();

  constructor(options: EffectsOptions) {
    this.#options = options;
    const { link, cache, model } = options;
    this.#past = new Past({ link, cache, online: () => model().link.state === "online" });
    if (cache) cache.withdrawn = (file) => this.#withdraw(file);
  }

  perform(effect: Exclude<Effect, ScreenEffect>): void {
    const { cache, model } = this.#options;
    switch (effect.type) {
      case "post": {
        const one = { id: newPostId(), text: effect.text };
        cache?.queue(model().me.account, one);
        return this.#queue(one);
      }
      case "send":
        return this.#background(this.#send(effect.path, effect.as));
      case "save":
      case "open":
        return this.#background(this.#save(effect));
      case "older":
        return this.#page("older", { before: effect.before, limit: effect.count });
      case "newer":
        return this.#page("newer", { after: effect.after, limit: PAGE });
      case "context":
        return this.#context(effect.seq);
      case "search":
        return this.#background(this.#search(effect.text, effect.before));
      case "who":
        return this.#background(this.#who());
      case "devices":
      case "revoke":
        return this.#background(this.#devices(effect));
      case "act":
      case "roles":
      case "audit":
      case "invite":
      case "owner":
        return this.#background(this.#order(effect));
      case "list":
        return this.#background(this.#list(effect.path));
      case "emoji":
        return this.#background(this.#emoji());
      case "probe":
        return this.#background(this.#probe(effect.text));
      case "read":
        return cache?.keepNote(model().me.account, "read", String(effect.seq));
      case "quiet":
        cache?.keepNote(model().me.account, "quiet", formatQuiet(effect.quiet));
        return;
    }
  }

  /** Sends what an earlier run could not. */
  resend(): void {
    const { cache, model } = this.#options;
    for (const one of cache?.outbox(model().me.account) ?? []) this.#queue(one);
  }

  /** Brings a picture here and draws it. */
  show(post: FilePost, request: Omit<DrawRequest, "path">): void {
    if (post.size > MAX_SHOWN_BYTES) return;
    this.#showing = this.#showing.then(() => this.#show(post, request));
  }

  /** Resolves when everything that was asked so far has been answered. */
  async answered(): Promise<void> {
    await Promise.all(this.#asking);
  }

  [Symbol.dispose](): void {
    this.#drawer[Symbol.dispose]();
  }

  #background(work: Promise<void>): void {
    this.#ask(work.catch((error) => this.#dispatch({ type: "trouble", text: this.#messageOf(error) })));
  }

  #ask(asking: Promise<void>): void {
    this.#asking.add(asking);
    void asking.finally(() => this.#asking.delete(asking));
  }

  #dispatch(input: Input): void {
    if (!this.#options.signal.aborted) this.#options.dispatch(input);
  }

  #messageOf(error: unknown): string {
    const { texts } = this.#options.model().look;
    if (error instanceof Refused) return refusalText(error, texts, Date.now());
    return error instanceof Error ? texts.sentence(error.message) : String(error);
  }

  #queue(one: { readonly id: string; readonly text: string }): void {
    this.#dispatch({ type: "sending", ...one });
    this.#posting = this.#posting.then(() => this.#post(one));
  }

  /** Goes on until the text is stored or refused for good: being offline, or a database that is away, takes only time. */
  async #post({ id, text }: { readonly id: string; readonly text: string }): Promise<void> {
    const { link, cache } = this.#options;
    const delayed = (refusal: Refused) => this.#dispatch({ type: "delayed", id, reason: this.#messageOf(refusal) });
    try {
      await link.ask({ op: "post", room: LOBBY, id, text }, "stored", { delayed });
      cache?.unqueue(id);
      this.#dispatch({ type: "stored", id });
    } catch (error) {
      // A link that has ended keeps what waits for the next time.
      if (error instanceof Refused && this.#options.model().link.state !== "ended") {
        cache?.unqueue(id);
        this.#dispatch({ type: "unsent", id, text, reason: this.#messageOf(error) });
      }
    }
  }

  async #send(path: string, type: "image" | "file"): Promise<void> {
    const { link, signal } = this.#options;
    const { upload } = await import("./upload.ts");
    await this.#transfer(
      { name: cleanFileName(path), wanted: true },
      (progress) => upload(link, expandHome(path), { room: LOBBY, type, progress, signal }),
    );
  }

  async #save({ type, file: wanted, path: given }: Extract<Effect, { type: "save" | "open" }>): Promise<void> {
    const { link, signal, model, images } = this.#options;
    const { texts } = model().look;
    const file = typeof wanted === "number" ? await this.#fileNumber(wanted) : wanted;
    if (!file) return this.#dispatch({ type: "trouble", text: texts.noFile(wanted as number) });
    await this.#transfer({ name: file.name, wanted: true }, async (progress) => {
      if (type === "open") {
        const path = await fetchPicture(link, file, { folder: await images(), progress, signal });
        await openWithItsProgram(path);
        return texts.opened(path);
      }
      const place = await savePlace(given, cleanFileName(file.name));
      const { download } = await import("./download.ts");
      const { path } = await download(link, file.id, { ...place, progress, signal });
      return texts.saved(path);
    });
  }

  /** A file that is not at hand, by the number of its post. */
  async #fileNumber(seq: number): Promise<FilePost | undefined> {
    if (seq < 1) return undefined;
    const page = await this.#options.link.ask({ op: "history", room: LOBBY, after: seq - 1, limit: 1 }, "page");
    const [post] = page.events;
    return post?.seq === seq && isFile(post) ? post : undefined;
  }

  async #show(post: FilePost, request: Omit<DrawRequest, "path">): Promise<void> {
    const { link, signal, images } = this.#options;
    if (signal.aborted) return;
    await this.#transfer({ name: post.name, wanted: false }, async (progress) => {
      const folder = await images();
      const path = await fetchPicture(link, post, { folder, progress, signal });
      if (this.#withdrawn.has(post.id)) return await forgetPicture(folder, post);
      this.#dispatch({ type: "picture", id: post.id, drawing: await this.#drawer.draw({ path, ...request }) });
    });
  }

  #withdraw(file: FilePost): void {
    this.#withdrawn.add(file.id);
    if (file.type === "image") this.#background(this.#options.images().then((folder) => forgetPicture(folder, file)));
  }

  /** Shows a transfer while it goes on; what it resolves with, if it is text, is said at its end. */
  async #transfer(
    { name, wanted }: { readonly name: string; readonly wanted: boolean },
    work: (progress: Progress) => Promise<unknown>,
  ): Promise<void> {
    const id = ++this.#transfers;
    const meter = createMeter();
    try {
      const note = await work((done, total) => {
        this.#dispatch({ type: "transfer", transfer: { id, name, wanted, line: meter(name, done, total) } });
      });
      this.#dispatch({ type: "transferred", id, ...(typeof note === "string" ? { note } : {}) });
    } catch (error) {
      this.#dispatch({ type: "transferred", id, trouble: this.#messageOf(error) });
    }
  }

  #page(place: "older" | "newer", range: Range): void {
    const fetch = async () => {
      const posts = await this.#past.page(range);
      // Offline, that nothing is kept says nothing about the room.
      this.#dispatch(posts ? { type: "page", place, posts } : { type: "unfetched" });
    };
    this.#ask(fetch().catch((error) => this.#dispatch({ type: "unfetched", reason: this.#messageOf(error) })));
  }

  #context(seq: number | undefined): void {
    const fetch = async () => {
      const posts = await this.#past.around(seq);
      this.#dispatch({ type: "page", place: "context", posts, ...(seq === undefined ? {} : { focus: seq }) });
    };
    this.#ask(fetch().catch((error) => this.#dispatch({ type: "unfetched", reason: this.#messageOf(error) })));
  }

  async #search(text: string, from: number | undefined): Promise<void> {
    const wanted = () => this.#options.model().search?.asked === text;
    let found: Found = { posts: [], ...(from === undefined ? {} : { before: from }) };
    try {
      for await (found of this.#past.search(text, { before: from, wanted }));
    } finally {
      this.#dispatch({ type: "found", text, ...found });
    }
  }

  async #who(): Promise<void> {
    const { members } = await this.#options.link.ask({ op: "who", room: LOBBY }, "members");
    this.#dispatch({ type: "members", members });
  }

  async #devices(effect: DeviceEffect): Promise<void> {
    for (const text of await deviceNotes(effect, this.#options)) this.#dispatch({ type: "note", text });
  }

  async #order(effect: OrderEffect): Promise<void> {
    const { link, model } = this.#options;
    for (const text of await performOrder(link, effect, model().look.texts)) this.#dispatch({ type: "note", text });
  }

  async #list(path: string): Promise<void> {
    this.#dispatch({ type: "listed", path, entries: await folderEntries(path) });
  }

  async #emoji(): Promise<void> {
    const { nameToEmoji } = await import("gemoji");
    this.#dispatch({ type: "emoji", names: nameToEmoji });
  }

  async #probe(text: string): Promise<void> {
    const found = await droppedFile(text);
    if (found) this.#dispatch({ type: "dropped", text, ...found });
  }
}
