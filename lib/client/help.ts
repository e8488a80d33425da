/** The help: every command, every key, in the person's language. Pure. */
import { styled } from "./item_lines.ts";
import { padEnd } from "../terminal/text.ts";
import { isAction } from "./bindings.ts";
import type { Model } from "./model.ts";
import { SLASH_COMMANDS } from "./slash.ts";

export function helpRows({ bindings, look: { texts } }: Pick<Model, "bindings" | "look">): readonly string[] {
  const keys = [...bindings].map((
    [chord, bound],
  ): [string, string] => [chord, isAction(bound) ? texts.keys[bound] : bound]);
  const commands = SLASH_COMMANDS.map(({ name, usage }): [string, string] => [usage, texts.commands[name]]);
  const width = Math.max(...[...commands, ...keys].map(([left]) => left.length));
  return [commands, keys, texts.editing].flatMap((part) => [
    ...part.map(([left, right]) => `${padEnd(left, width)}  ${right}`),
    "",
  ]);
}

export function helpLines(model: Model, columns: number): readonly string[] {
  const { theme, texts } = model.look;
  return [
    ...styled(texts.helpTitle, theme.heading, columns),
    ...helpRows(model).flatMap((row) => styled(row, (text) => text, columns)),
  ];
}
