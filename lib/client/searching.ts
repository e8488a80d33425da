/** What keys and answers make of an open search. Pure. */
import { edit } from "../terminal/editor.ts";
import type { Key } from "../terminal/keys.ts";
import { unchanged, type Update } from "./arrivals.ts";
import type { Input, Model, Search } from "./model.ts";

export function searchPressed(model: Model, search: Search, key: Key): Update {
  const open = (change: Partial<Search>): Model => ({ ...model, search: { ...search, ...change } });
  const chord = key.type === "key" ? key.chord : "";
  const text = search.editor.text.trim();
  switch (chord) {
    case "enter": {
      const chosen = search.results[search.selected];
      if (text !== "" && text === search.asked && chosen) {
        return { model: { ...model, loading: "context" }, effects: [{ type: "context", seq: chosen.seq }] };
      }
      if (text === "" || (text === search.asked && !search.answered)) return unchanged(open({}));
      const asking = open({ asked: text, answered: false, results: [], selected: 0, before: undefined, local: false });
      return { model: asking, effects: [{ type: "search", text }] };
    }
    case "up":
    case "ctrl-p":
      if (search.selected > 0) return unchanged(open({ selected: search.selected - 1 }));
      if (search.before === undefined || !search.answered) return unchanged(open({}));
      return {
        model: open({ answered: false }),
        effects: [{ type: "search", text: search.asked ?? text, before: search.before }],
      };
    case "down":
    case "ctrl-n":
      return unchanged(open({ selected: Math.min(search.results.length - 1, search.selected + 1) }));
    case "ctrl-c":
    case "ctrl-d":
      return unchanged({ ...model, search: undefined });
    default: {
      const { state, action } = edit(search.editor, key);
      return unchanged(open(action?.type === "submit" || state.text.includes("\n") ? {} : { editor: state }));
    }
  }
}

/** An answer, unless something else is being looked for by now. The latest is chosen, and of older ones the latest. */
export function found(model: Model, input: Extract<Input, { type: "found" }>): Update {
  const { search } = model;
  if (!search || search.asked !== input.text) return unchanged(model);
  const oldest = search.results[0]?.seq ?? Infinity;
  const fresh = input.posts.filter(({ seq }) => seq < oldest);
  const selected = search.results.length === 0
    ? fresh.length - 1
    : search.selected + fresh.length - (fresh.length > 0 ? 1 : 0);
  return unchanged({
    ...model,
    search: {
      ...search,
      answered: true,
      results: [...fresh, ...search.results],
      selected: Math.max(0, selected),
      before: input.before,
      local: input.local ?? false,
    },
  });
}
