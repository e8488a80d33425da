/**
 * The room line by line, for screen readers and terminals that cannot be drawn on: what comes is printed, a line that is
 * typed is said. There is no colour, no cursor movement and no control sequence; editing is the terminal's own.
 */
import { standardInputLines } from "./input_lines.ts";
import { Effects } from "./effects.ts";
import { EXIT, exitCodeOf } from "./failure.ts";
import type { Parting, RoomOptions } from "./full_room.ts";
import { helpRows } from "./help.ts";
import { itemLines } from "./item_lines.ts";
import { leave } from "./leaving.ts";
import type { Effect, Input, Model } from "./model.ts";
import { submitted } from "./pressed.ts";
import { parseSlash } from "./slash.ts";
import { dayOf } from "./time.ts";
import { update } from "./update.ts";

/** Lines are not broken: a screen reader reads a message as one, and the terminal breaks it where it must. */
const COLUMNS = 1_000_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const encoder = new TextEncoder();

export class PlainRoom implements AsyncDisposable {
  readonly #effects: Effects;
  readonly #quit = new AbortController();
  #model: Model;
  #printed = 0;
  #day: string | undefined;
  #flash: string | undefined;
  #searched: unknown;
  #forget = false;

  constructor({ model, env: _, preferences: __, ...rest }: RoomOptions) {
    this.#model = model;
    this.#effects = new Effects({
      ...rest,
      model: () => this.#model,
      dispatch: (input) => this.dispatch(input),
      signal: this.#quit.signal,
    });
    const { me, look: { texts } } = model;
    this.#print([texts.youAre(`${me.name}(${me.account})`)]);
    this.#show();
    this.#effects.resend();
  }

  async run(): Promise<Parting> {
    const terminate = () => this.dispatch({ type: "terminated" });
    for (const signal of SIGNALS) Deno.addSignalListener(signal, terminate);
    const over = new Promise<void>((resolve) => this.#quit.signal.addEventListener("abort", () => resolve()));
    await Promise.race([over, this.#read()]);
    if (!this.#quit.signal.aborted) await over;
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, terminate);
    const { link } = this.#model;
    return {
      code: link.state === "ended" ? exitCodeOf(link.error) : EXIT.done,
      model: this.#model,
      forget: this.#forget,
    };
  }

  dispatch(input: Input): void {
    if (this.#quit.signal.aborted) return;
    this.#follow(update(this.#model, input));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#quit.abort();
    this.#effects[Symbol.dispose]();
    return Promise.resolve();
  }

  async #read(): Promise<void> {
    for await (const line of standardInputLines()) {
      if (this.#quit.signal.aborted) return;
      if (line.trim() === "") continue;
      const command = parseSlash(line, this.#model.look.texts);
      if (command.type === "help") this.#print(helpRows(this.#model));
      else this.#follow(submitted(this.#model, command));
    }
    await this.#effects.answered();
    this.#follow(leave(this.#model));
  }

  #follow({ model, effects }: { readonly model: Model; readonly effects: readonly Effect[] }): void {
    // Nothing is read anywhere but at the end, and a line that was printed is not at hand any more.
    this.#model = { ...model, anchor: undefined, drawings: new Map() };
    this.#show();
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "bell":
      case "notify":
        return this.#print(["\x07"], "");
      case "scheme":
        return this.dispatch({ type: "note", text: this.#model.look.texts.noColors });
      case "redraw":
        return;
      case "forget":
        this.#forget = true;
        return;
      case "quit":
        return this.#quit.abort();
      default:
        return this.#effects.perform(effect);
    }
  }

  /** Prints what has been added since, in the order in which it was. */
  #show(): void {
    const { timeline, look, me, search, flash } = this.#model;
    const lines: string[] = [];
    const fresh = timeline.entries.filter(({ n }) => n > this.#printed).toSorted((a, b) => a.n - b.n);
    for (const entry of fresh) {
      if (entry.type === "post" && dayOf(entry.post.at) !== this.#day) {
        this.#day = dayOf(entry.post.at);
        lines.push(this.#day);
      }
      lines.push(...itemLines(entry, { columns: COLUMNS, look, me }));
      this.#printed = entry.n;
    }
    if (search?.answered && search !== this.#searched) {
      const results = search.results.flatMap((post) =>
        itemLines({ type: "post", post }, { columns: COLUMNS, look, me })
      );
      lines.push(...(results.length > 0 ? results : [look.texts.nothingFound]));
      this.#model = { ...this.#model, search: undefined };
    }
    if (flash !== undefined && flash !== this.#flash && fresh.length === 0) lines.push(flash);
    this.#flash = flash;
    this.#print(lines);
  }

  #print(lines: readonly string[], end = "\n"): void {
    const text = lines.map((line) => line + end).join("");
    for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
}
