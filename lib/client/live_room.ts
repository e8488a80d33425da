/**
 * The live room's shell: keys and the server's messages go into `update`, its effects are carried out here, and what
 * `view` makes of the model is drawn.
 */
import { cleanFileName } from "../chat/text.ts";
import { type FilePost, LOBBY } from "../chat/types.ts";
import { detectReflow, LiveScreen } from "../terminal/live_screen.ts";
import { layoutPrompt } from "../terminal/prompt_area.ts";
import { createStyles, detectColorLevel } from "../terminal/style.ts";
import { Tty } from "../terminal/tty.ts";
import { download } from "./download.ts";
import { EXIT, exitCodeOf, type Refused } from "./failure.ts";
import type { Link } from "./link.ts";
import { expandHome, folderEntries, savePlace } from "./local_paths.ts";
import type { Effect, Input, Item, Model } from "./model.ts";
import { newPostId } from "./post_id.ts";
import { fetchPicture, MAX_SHOWN_BYTES, PictureDrawer } from "./pictures.ts";
import { createMeter } from "./progress.ts";
import type { Progress } from "./transfer.ts";
import { update } from "./update.ts";
import { upload } from "./upload.ts";
import { itemLines, pictureSize, promptOf } from "./view.ts";

/** Whoever sends them wants the program gone; the terminal has to be given back first. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class LiveRoom implements AsyncDisposable {
  readonly #link: Link;
  readonly #images: string;
  readonly #tty = Tty.open();
  readonly #screen: LiveScreen;
  readonly #styles = createStyles(detectColorLevel({ env: (name) => Deno.env.get(name), isTerminal: true }));
  readonly #drawer = new PictureDrawer();
  readonly #quit = new AbortController();
  #model: Model;
  #printing: Item[] = [];
  #drawQueued = false;
  #transfers = 0;
  /** One after the other, so that they arrive in the order in which they were written, whatever happens in between. */
  #posting = Promise.resolve();
  /** One after the other: in the order in which they were sent, and never many in memory. */
  #showing = Promise.resolve();
  #code: number = EXIT.done;

  constructor({ link, model, images }: { readonly link: Link; readonly model: Model; readonly images: string }) {
    this.#link = link;
    this.#images = images;
    this.#model = model;
    const { name, account } = model.me;
    this.#printing.push({ type: "note", text: `You are ${name}(${account}). /help shows what you can do.` });
    this.#screen = new LiveScreen({ size: this.#tty.size(), reflow: detectReflow((name) => Deno.env.get(name)) });
  }

  /** Takes keys until somebody leaves. */
  async run(): Promise<number> {
    this.#tty.onResize((size) => {
      this.#screen.resize(size);
      this.#drawSoon();
    }, this.#quit.signal);
    const terminate = () => this.dispatch({ type: "terminated" });
    for (const signal of SIGNALS) Deno.addSignalListener(signal, terminate);
    this.#drawSoon();
    for await (const keys of this.#tty.keys(this.#quit.signal)) {
      for (const key of keys) this.dispatch({ type: "key", key });
    }
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, terminate);
    this.#draw();
    return this.#code;
  }

  dispatch(input: Input): void {
    const { model, effects } = update(this.#model, input);
    this.#model = model;
    for (const effect of effects) this.#perform(effect);
    this.#drawSoon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#quit.abort();
    this.#drawer[Symbol.dispose]();
    this.#tty.write(this.#screen.erase());
    await this.#tty[Symbol.asyncDispose]();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "print":
        this.#printing.push(...effect.items);
        return;
      case "bell":
        return this.#tty.write("\x07");
      case "quit":
        if (this.#model.link.state === "ended") this.#code = exitCodeOf(this.#model.link.error);
        return this.#quit.abort();
      case "post":
        return this.#queuePost(effect.text);
      case "send":
        return this.#background(this.#send(effect.path, effect.as));
      case "save":
        return this.#background(this.#save(effect.file, effect.path));
      case "show":
        this.#showing = this.#showing.then(() => this.#show(effect.file));
        return;
      case "history":
        return this.#background(this.#history(effect.before, effect.count));
      case "who":
        return this.#background(this.#who());
      case "list":
        return this.#background(this.#list(effect.path));
    }
  }

  #background(work: Promise<void>): void {
    work.catch((error) => {
      if (!this.#quit.signal.aborted) this.dispatch({ type: "trouble", text: messageOf(error) });
    });
  }

  #queuePost(text: string): void {
    const id = newPostId();
    this.dispatch({ type: "sending", id, text });
    this.#posting = this.#posting.then(() => this.#post(id, text));
  }

  /** Goes on until the text is stored or refused for good: being offline, or a database that is away, takes only time. */
  async #post(id: string, text: string): Promise<void> {
    const delayed = ({ message: reason }: Refused) => this.dispatch({ type: "delayed", id, reason });
    try {
      await this.#link.ask({ op: "post", room: LOBBY, id, text }, "stored", { delayed });
      this.dispatch({ type: "stored", id });
    } catch (error) {
      this.dispatch({ type: "unsent", id, text, reason: messageOf(error) });
    }
  }

  async #send(path: string, type: "image" | "file"): Promise<void> {
    await this.#transfer(
      { name: cleanFileName(path), wanted: true },
      (progress) => upload(this.#link, expandHome(path), { room: LOBBY, type, progress, signal: this.#quit.signal }),
    );
  }

  async #save(file: FilePost, given: string | undefined): Promise<void> {
    const place = await savePlace(given, cleanFileName(file.name));
    await this.#transfer({ name: file.name, wanted: true }, async (progress) => {
      const options = { ...place, progress, signal: this.#quit.signal };
      const { path } = await download(this.#link, file.id, options);
      return `Saved ${path}`;
    });
  }

  async #show(file: FilePost): Promise<void> {
    if (file.size > MAX_SHOWN_BYTES) return;
    await this.#transfer({ name: file.name, wanted: false }, async (progress) => {
      const options = { folder: this.#images, progress, signal: this.#quit.signal };
      const path = await fetchPicture(this.#link, file, options);
      const room = { ...pictureSize(this.#screen.size), level: this.#styles.level };
      this.dispatch({ type: "picture", post: file, drawing: await this.#drawer.draw({ path, ...room }) });
    });
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
        this.dispatch({ type: "transfer", transfer: { id, name, wanted, line: meter(name, done, total) } });
      });
      this.dispatch({ type: "transferred", id, ...(typeof note === "string" ? { note } : {}) });
    } catch (error) {
      this.dispatch({ type: "transferred", id, trouble: messageOf(error) });
    }
  }

  async #history(before: number | undefined, count: number): Promise<void> {
    const range = before === undefined ? {} : { before };
    const limit = Math.min(count, this.#link.limits.page);
    // Whoever asks is looking at the screen: a refusal says more than waiting.
    const options = { patienceMs: 0 };
    const { events } = await this.#link.ask({ op: "history", room: LOBBY, limit, ...range }, "page", options);
    this.dispatch({ type: "history", posts: events });
  }

  async #who(): Promise<void> {
    const { members } = await this.#link.ask({ op: "who", room: LOBBY }, "members");
    this.dispatch({ type: "members", members });
  }

  async #list(path: string): Promise<void> {
    this.dispatch({ type: "listed", path, entries: await folderEntries(path) });
  }

  /** Draws once for everything that this turn of the event loop brings. */
  #drawSoon(): void {
    if (this.#drawQueued) return;
    this.#drawQueued = true;
    setTimeout(() => {
      this.#drawQueued = false;
      if (!this.#quit.signal.aborted) this.#draw();
    }, 0);
  }

  #draw(): void {
    const look = { size: this.#screen.size, styles: this.#styles };
    const print = this.#printing.splice(0).flatMap((item) => itemLines(item, look));
    const area = layoutPrompt(promptOf(this.#model, look), this.#screen.size);
    this.#tty.write(this.#screen.update({ print, area }));
  }
}

const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
