/** The room on the whole screen: keys and the server's messages go into `update`, and what `view` makes of it is drawn. */
import { FullScreen } from "../terminal/full_screen.ts";
import { notification, setTitle } from "../terminal/notification.ts";
import { Tty } from "../terminal/tty.ts";
import { Effects, type EffectsOptions } from "./effects.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { pictureSize } from "./item_lines.ts";
import { chatLayout } from "./layout.ts";
import type { Effect, Input, Model } from "./model.ts";
import type { Post } from "../chat/types.ts";
import { update } from "./update.ts";
import { titleOf, view } from "./view.ts";

/** Whoever sends them wants the program gone; the terminal has to be given back first. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Milliseconds between two frames that no key asked for: a busy room is drawn thirty times a second, a key at once. */
const FRAME_MS = 33;

export interface RoomOptions extends Pick<EffectsOptions, "link" | "cache" | "images"> {
  readonly model: Model;
  readonly env: (name: string) => string | undefined;
}

/** What is left to say once the room is closed. */
export interface Parting {
  readonly code: number;
  readonly model: Model;
  /** This machine is to forget who was here. */
  readonly forget: boolean;
}

export class FullRoom implements AsyncDisposable {
  readonly #tty = Tty.open({ fullScreen: true });
  readonly #screen = new FullScreen();
  readonly #effects: Effects;
  readonly #quit = new AbortController();
  readonly #env: RoomOptions["env"];
  #model: Model;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawn = -Infinity;
  #title = "";
  #forget = false;
  /** Pictures that were asked for, by the room they are to be drawn in. */
  readonly #pictures = new Map<string, string>();

  constructor({ model, env, ...rest }: RoomOptions) {
    this.#env = env;
    this.#model = { ...model, look: { ...model.look, size: this.#tty.size() } };
    this.#effects = new Effects({
      ...rest,
      model: () => this.#model,
      dispatch: (input) => this.dispatch(input),
      signal: this.#quit.signal,
    });
    this.#draw();
    this.#effects.resend();
  }

  /** Takes keys until somebody leaves. */
  async run(): Promise<Parting> {
    this.#tty.onResize((size) => {
      this.#screen.forget();
      this.dispatch({ type: "resized", size });
    }, this.#quit.signal);
    const terminate = () => this.dispatch({ type: "terminated" });
    for (const signal of SIGNALS) Deno.addSignalListener(signal, terminate);
    for await (const keys of this.#tty.keys(this.#quit.signal)) {
      for (const key of keys) this.#take({ type: "key", key });
      this.#draw();
    }
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, terminate);
    const { link } = this.#model;
    const code = link.state === "ended" ? exitCodeOf(link.error) : EXIT.done;
    return { code, model: this.#model, forget: this.#forget };
  }

  dispatch(input: Input): void {
    this.#take(input);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#draw(), Math.max(0, this.#drawn + FRAME_MS - performance.now()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#quit.abort();
    clearTimeout(this.#timer);
    this.#effects[Symbol.dispose]();
    await this.#tty[Symbol.asyncDispose]();
  }

  #take(input: Input): void {
    const { model, effects } = update(this.#model, input);
    this.#model = model;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "bell":
        return this.#tty.write("\x07");
      case "notify":
        return this.#tty.write(`\x07${notification(effect, this.#env)}`);
      case "redraw":
        return this.#screen.forget();
      case "forget":
        this.#forget = true;
        return;
      case "quit":
        return this.#quit.abort();
      default:
        return this.#effects.perform(effect);
    }
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#quit.signal.aborted) return;
    if (this.#tty.isBusy) {
      // A slow terminal gets the latest frame when it has taken the last one, and none in between.
      this.#timer = setTimeout(() => this.#draw(), FRAME_MS / 4);
      return;
    }
    this.#drawn = performance.now();
    const { frame, posts } = view(this.#model);
    const title = titleOf(this.#model);
    this.#tty.write((title === this.#title ? "" : setTitle(title)) + this.#screen.update(frame));
    this.#title = title;
    this.#showPictures(posts);
  }

  /** Has the pictures in sight drawn that are not, or were for another room. */
  #showPictures(posts: readonly Post[]): void {
    const { theme: { level } } = this.#model.look;
    const size = pictureSize(chatLayout(this.#model).pane);
    const room = `${size.columns}×${size.rows}`;
    for (const post of posts) {
      if (post.type !== "image") continue;
      const drawing = this.#model.drawings.get(post.id);
      const fits = drawing && (drawing.type === "undrawable" || `${drawing.columns}×${drawing.rows}` === room);
      if (fits || this.#pictures.get(post.id) === room) continue;
      this.#pictures.set(post.id, room);
      this.#effects.show(post, { ...size, level });
    }
    // What has been drawn and is gone from memory is asked for again when it comes into sight.
    for (const id of this.#pictures.keys()) {
      if (this.#pictures.size <= 100) break;
      this.#pictures.delete(id);
    }
  }
}
