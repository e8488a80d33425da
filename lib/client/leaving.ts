/** Leaving the room, at once or when what is under way is done. Pure. */
import { say, type Update } from "./arrivals.ts";
import type { Model } from "./model.ts";

/** Leaves, or waits with that for what is under way; asking again does not wait. */
export function leave(model: Model): Update {
  const { messages, files } = underWay(model);
  if (messages + files === 0 || model.leaving) return left(model);
  return say({ ...model, leaving: true }, { type: "note", text: model.look.texts.leavingWhen(messages, files) });
}

/** Leaves now. */
export const left = (model: Model): Update => ({ model, effects: [{ type: "quit" }] });

export function isBusy(model: Model): boolean {
  const { messages, files } = underWay(model);
  return messages + files > 0;
}

const underWay = ({ outgoing, transfers }: Model) => ({
  messages: outgoing.length,
  files: transfers.filter(({ wanted }) => wanted).length,
});
