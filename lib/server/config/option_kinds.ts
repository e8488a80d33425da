/** The kinds of option that the table in `options.ts` is made of. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { parseSize } from "../../files/size.ts";

/** What a default may depend on. */
export interface Folders {
  /** Where data goes unless that is named. */
  readonly dataDir: string;
}

export interface OptionSpec<T> {
  /** What stands behind the flag, such as `<size>`. */
  readonly value: string;
  /** What it is, in words that stand in the help and in the README. */
  readonly what: string;
  /** What holds when nothing is said, given the options before it in the table. */
  readonly preset: T | ((told: Folders) => T);
  /** The default as it is shown. */
  readonly shown: string;
  /** Whether a reload changes it while the server runs. */
  readonly live?: true;
  /** Throws an {@linkcode InvalidArgumentError} that says what would be right. */
  readonly parse: (text: string) => T;
  /** The words that it may be, when there are only so many. */
  readonly choices?: readonly string[];
}

type Told<T> = Omit<OptionSpec<T>, "shown"> & { readonly shown?: string };

/** One option; unless it is said how its default is shown, that is the default itself. */
export function option<T>(spec: Told<T>): OptionSpec<T> {
  return { ...spec, shown: spec.shown ?? String(spec.preset) };
}

export function text(spec: Omit<Told<string>, "parse">): OptionSpec<string> {
  return option({ ...spec, parse: notEmpty });
}

export function choice<const T extends string>(
  spec: Omit<Told<T>, "parse" | "choices"> & { readonly choices: readonly T[] },
): OptionSpec<T> {
  const { choices } = spec;
  return option<T>({
    ...spec,
    parse(text) {
      const found = choices.find((one) => one === text);
      if (found === undefined) throw new InvalidArgumentError(`It is one of ${choices.join(", ")}.`);
      return found;
    },
  });
}

/** A number of bytes from `min` (1 unless it is said) to `max`, both included. */
export function size(
  { min = 1, max, ...spec }: Omit<Told<number>, "parse" | "value"> & { readonly min?: number; readonly max: number },
): OptionSpec<number> {
  return option({
    ...spec,
    value: "<size>",
    parse(text) {
      const bytes = parseSize(text);
      if (bytes === undefined || bytes < min || bytes > max) {
        throw new InvalidArgumentError(
          `A size is written like 65536, 64K or 1.5G; here it is from ${min} to ${max} bytes.`,
        );
      }
      return bytes;
    },
  });
}

/** A whole number from `min` (0 unless it is said) to `max`, both included. */
export function wholeNumber(
  { min = 0, max, ...spec }: Omit<Told<number>, "parse" | "value"> & { readonly min?: number; readonly max: number },
): OptionSpec<number> {
  return option({
    ...spec,
    value: "<number>",
    parse(text) {
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < min || value > max) {
        throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
      }
      return value;
    },
  });
}

export function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}
