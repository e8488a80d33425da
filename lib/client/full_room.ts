/** The room on the whole screen: keys and the server's messages go into `update`, and what `view` makes of it is drawn. */
import { FullScreen } from "../terminal/full_screen.ts";
import {
  bestGraphics,
  type Capabilities,
  FORGET_PICTURES,
  type Graphics,
  isLight,
  learn,
  QUESTIONS,
} from "../terminal/capabilities.ts";
import { notification, setTitle } from "../terminal/notification.ts";
import { detectColorLevel } from "../terminal/style.ts";
import { Tty } from "../terminal/tty.ts";
import { Effects, type EffectsOptions } from "./effects.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import { pictureSize } from "./item_lines.ts";
import { chatLayout } from "./layout.ts";
import type { Effect, Input, Model } from "./model.ts";
import type { Preferences, SchemeChoice } from "./preferences.ts";
import { createTheme } from "./theme.ts";
import type { Post } from "../chat/types.ts";
import { update } from "./update.ts";
import { titleOf, view } from "./view.ts";

/** Whoever sends them wants the program gone; the terminal has to be given back first. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Milliseconds between two frames that no key asked for: a busy room is drawn ten times a second, a key at once. */
const FRAME_MS = 100;

/** How long the terminal may take to say what it can draw, in milliseconds. */
const ASKING_MS = 500;

export interface RoomOptions extends Pick<EffectsOptions, "link" | "cache" | "images"> {
  readonly preferences: Pick<Preferences, "images" | "scheme" | "theme">;
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
  /** When the last frame was drawn, by the clock of the timers. */
  #drawn = -Infinity;
  /** A frame is due as soon as the terminal has taken the last one. */
  #waiting = false;
  #title = "";
  #forget = false;
  readonly #preferences: RoomOptions["preferences"];
  #scheme: SchemeChoice;
  #known: Capabilities = {};
  /** Nothing until the terminal has answered, or has had its time. */
  #graphics: Graphics | "none" | undefined;
  /** Pictures that were asked for, by the room they are to be drawn in. */
  readonly #pictures = new Map<string, string>();

  constructor({ model, env, preferences, ...rest }: RoomOptions) {
    this.#env = env;
    this.#preferences = preferences;
    this.#scheme = preferences.scheme;
    this.#model = { ...model, look: { ...model.look, size: this.#tty.size() } };
    this.#effects = new Effects({
      ...rest,
      model: () => this.#model,
      dispatch: (input) => this.dispatch(input),
      signal: this.#quit.signal,
    });
    this.#draw();
    this.#ask();
    this.#effects.resend();
  }

  /** Asks what the terminal can draw, and on what background, behind the first frame: nobody waits for the answer. */
  #ask(): void {
    const { images } = this.#preferences;
    if (images !== "auto") this.#graphics = images;
    const settled = () => {
      clearTimeout(timer);
      // Who wants no colours gets shades.
      const { level } = this.#model.look.theme;
      this.#graphics ??= level === "none" ? "blocks" : bestGraphics(this.#known, this.#env);
      this.#draw();
    };
    const timer = setTimeout(settled, ASKING_MS);
    this.#quit.signal.addEventListener("abort", () => clearTimeout(timer));
    this.#tty.onReply((reply) => {
      const before = this.#known;
      this.#known = learn(before, reply);
      if (this.#known.background !== before.background && this.#scheme === "auto") this.#suit();
      if (this.#known.complete && !before.complete) settled();
    });
    this.#tty.write(QUESTIONS);
  }

  /** Colours for the background that somebody has named, else for the one that the terminal has. */
  #suit(): void {
    const { background } = this.#known;
    const chosen = this.#scheme;
    const scheme = chosen === "light" || (chosen === "auto" && background && isLight(background)) ? "light" : "dark";
    const level = chosen === "none" ? "none" : detectColorLevel({ env: this.#env, isTerminal: true });
    if (level !== this.#model.look.theme.level) this.#pictures.clear();
    this.dispatch({ type: "themed", theme: createTheme({ ...this.#preferences.theme, level, scheme }) });
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
    if (this.#graphics === "kitty") this.#tty.write(FORGET_PICTURES);
    await this.#tty[Symbol.asyncDispose]();
  }

  #take(input: Input): void {
    if (input.type === "picture" && input.drawing.type === "drawn") this.#tty.write(input.drawing.setup ?? "");
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
      case "scheme":
        this.#scheme = effect.scheme;
        return this.#suit();
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
    if (this.#quit.signal.aborted || this.#waiting) return;
    if (this.#tty.isBusy && this.#drawn > -Infinity) {
      // A slow terminal gets the latest frame when it has taken the last one, and none in between. The first goes out
      // in one piece with what takes the terminal over.
      this.#waiting = true;
      void this.#tty.flushed().then(() => {
        this.#waiting = false;
        this.#draw();
      });
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawn = performance.now();
    const { frame, posts } = view(this.#model);
    const title = titleOf(this.#model);
    this.#tty.write((title === this.#title ? "" : setTitle(title)) + this.#screen.update(frame));
    this.#title = title;
    this.#showPictures(posts);
  }

  /** Has the pictures in sight drawn that are not, or were for another room. */
  #showPictures(posts: readonly Post[]): void {
    const graphics = this.#graphics;
    if (graphics === undefined || graphics === "none") return;
    const { theme: { level } } = this.#model.look;
    const { cell, background } = this.#known;
    const size = pictureSize(chatLayout(this.#model).pane);
    const room = `${size.columns}×${size.rows}`;
    for (const post of posts) {
      if (post.type !== "image") continue;
      const drawing = this.#model.drawings.get(post.id);
      const fits = drawing && (drawing.type === "undrawable" || `${drawing.columns}×${drawing.rows}` === room);
      if (fits || this.#pictures.get(post.id) === room) continue;
      this.#pictures.set(post.id, room);
      const id = parseInt(post.id.slice(-6), 16) || 1;
      this.#effects.show(post, { ...size, level, graphics, id, cell, ...(background ? { background } : {}) });
    }
    // What has been drawn and is gone from memory is asked for again when it comes into sight.
    for (const id of this.#pictures.keys()) {
      if (this.#pictures.size <= 100) break;
      this.#pictures.delete(id);
    }
  }
}
