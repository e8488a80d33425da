import { InvalidArgumentError } from "@commander-js/extra-typings";

/** Reads a whole number among the arguments. */
export function natural(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError("It is a whole number.");
  return value;
}
