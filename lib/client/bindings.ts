/** Which keys do what beyond writing: chords to actions, or to other chords, whose meaning they then have. */
export const ACTIONS = [
  "scroll-up",
  "scroll-down",
  "top",
  "bottom",
  "search",
  "help",
  "members",
  "redraw",
  "cancel",
] as const;
export type Action = typeof ACTIONS[number];
export type Bindings = ReadonlyMap<string, string>;

export const isAction = (text: string): text is Action => ACTIONS.some((action) => action === text);

/** The usual ones, in the order in which help shows them. */
export const USUAL_BINDINGS: Bindings = new Map([
  ["page-up", "scroll-up"],
  ["page-down", "scroll-down"],
  ["alt-<", "top"],
  ["alt->", "bottom"],
  ["ctrl-f", "search"],
  ["f1", "help"],
  ["f2", "members"],
  ["ctrl-l", "redraw"],
  ["escape", "cancel"],
]);

/** What a chord does: an action, or the chord that it stands for. */
export function resolve(bindings: Bindings, chord: string): { readonly action: Action } | { readonly chord: string } {
  const bound = bindings.get(chord);
  if (bound === undefined) return { chord };
  return isAction(bound) ? { action: bound } : { chord: bound };
}
