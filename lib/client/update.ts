/** What everything that can happen makes of the room: a new model, and the effects that the shell then has. Pure. */
import type { Member } from "../chat/types.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { replaceRange } from "../terminal/editor_state.ts";
import { paged, posted, say, unchanged, type Update, withoutOutgoing } from "./arrivals.ts";
import { emojiChoices, pathBefore, pathChoices } from "./completion.ts";
import { anchorOn } from "./flow.ts";
import { isBusy, left } from "./leaving.ts";
import { byAccount, type Input, isConnecting, MAX_DRAWINGS, type Model } from "./model.ts";
import { choose, pressed } from "./pressed.ts";
import { emptyTimeline } from "./timeline.ts";
import { found } from "./searching.ts";

export type { Update };

export function update(model: Model, input: Input): Update {
  const next = react(model, input);
  const quits = next.effects.some(({ type }) => type === "quit");
  return next.model.leaving && !quits && !isBusy(next.model)
    ? { ...next, effects: [...next.effects, { type: "quit" }] }
    : next;
}

function react(model: Model, input: Input): Update {
  switch (input.type) {
    case "key":
      return pressed(model, input.key);
    case "resized":
      return unchanged(held({ ...model, look: { ...model.look, size: input.size } }));
    case "themed":
      return unchanged({
        ...model,
        look: { ...model.look, theme: input.theme },
        // Pictures are drawn with the colours that there are.
        drawings: input.theme.level === model.look.theme.level ? model.drawings : new Map(),
      });
    case "entered":
      return unchanged({ ...model, me: input.me, editor: { ...model.editor, maxBytes: input.maxText } });
    case "joined":
      return joined(model, input);
    case "told":
      return told(model, input.message);
    case "link":
      return linked(model, input.link);
    case "missed":
      return say(model, { type: "note", text: model.look.texts.gap(input.first, input.last) });
    case "sending":
      return unchanged({ ...model, outgoing: [...model.outgoing, { id: input.id, text: input.text }] });
    case "stored":
      return unchanged(withoutOutgoing(model, input.id));
    case "unsent":
      return unsent(model, input);
    case "delayed":
      return unchanged({
        ...model,
        outgoing: model.outgoing.map((one) => one.id === input.id ? { ...one, trouble: input.reason } : one),
      });
    case "page":
      return paged(model, input);
    case "unfetched": {
      const next = { ...model, loading: undefined };
      return input.reason === undefined ? unchanged(next) : say(next, { type: "trouble", text: input.reason });
    }
    case "found":
      return found(model, input);
    case "members":
      return say(withMembers(model, input.members), { type: "members", members: input.members });
    case "transfer": {
      const others = model.transfers.filter(({ id }) => id !== input.transfer.id);
      const transfers = [...others, input.transfer].toSorted((a, b) => a.id - b.id);
      return unchanged({ ...model, transfers });
    }
    case "transferred": {
      const next = { ...model, transfers: model.transfers.filter(({ id }) => id !== input.id) };
      if (input.trouble !== undefined) return say(next, { type: "trouble", text: input.trouble });
      return input.note === undefined ? unchanged(next) : say(next, { type: "note", text: input.note });
    }
    case "picture": {
      const drawings = new Map(model.drawings);
      drawings.delete(input.id);
      drawings.set(input.id, input.drawing);
      for (const id of drawings.keys()) {
        if (drawings.size <= MAX_DRAWINGS) break;
        drawings.delete(id);
      }
      return unchanged(held({ ...model, drawings }));
    }
    case "listed": {
      // The answer to tab, unless something else is being written by now.
      const { text, caret } = model.editor;
      const same = pathBefore(text, caret)?.path === input.path;
      return same ? choose(model, pathChoices(text, caret, input.entries)) : unchanged(model);
    }
    case "emoji":
      return choose(model, emojiChoices(model.editor.text, model.editor.caret, input.names));
    case "dropped": {
      const { editor } = model;
      if (editor.text !== input.text) return unchanged(model);
      const text = `/${input.image ? "image" : "file"} ${input.path.replaceAll("\\", "\\\\")}`;
      return unchanged({ ...model, editor: replaceRange(editor, { start: 0, end: editor.text.length, text }).state });
    }
    case "note":
    case "trouble":
      return say(model, { type: input.type, text: input.text });
    case "terminated":
      return left(model);
  }
}

/** What was jumped to stays in sight, though what stands behind it has become longer. */
const held = (model: Model): Model =>
  model.focus === undefined || !model.anchor ? model : { ...model, anchor: anchorOn(model, model.focus) };

/** A server that has said less than is remembered here has begun anew: what is remembered is not its history. */
function joined(model: Model, { head, members }: Extract<Input, { type: "joined" }>): Update {
  const next = { ...withMembers(model, members), head };
  if (head >= model.timeline.newest) return unchanged(next);
  return {
    model: {
      ...next,
      timeline: { ...emptyTimeline, live: false, newest: head },
      anchor: undefined,
      loading: "context",
    },
    effects: [{ type: "context", seq: undefined }],
  };
}

function told(model: Model, message: ServerMessage): Update {
  const { texts } = model.look;
  switch (message.op) {
    case "event": {
      const { op: _, room: __, ...post } = message;
      return posted(model, post);
    }
    case "presence": {
      const members = new Map(model.members);
      if (message.type === "joined") members.set(message.member.account, message.member);
      else members.delete(message.member.account);
      const next = { ...model, members };
      // That one is here oneself is no news, not even after a loss of the connection.
      if (message.member.account === model.me.account) return unchanged(next);
      return say(next, { type: "presence", presence: message });
    }
    case "members":
      return unchanged(withMembers(model, message.members));
    case "behind":
      return say(model, { type: "note", text: texts.catchingUp });
    case "bye":
      return message.reason === "logout" ? unchanged(model) : say(model, { type: "note", text: message.message });
    case "error":
      return say(model, { type: "trouble", text: texts.errors[message.code] ?? message.message });
    default:
      return unchanged(model);
  }
}

/** What was refused goes back to where it was written, unless something else is being written there. */
function unsent(model: Model, { id, text, reason }: { id: string; text: string; reason: string }): Update {
  const next = { ...withoutOutgoing(model, id), leaving: false };
  const problem = { type: "trouble", text: model.look.texts.notSent(reason) } as const;
  if (next.editor.text !== "") return say(next, problem, { type: "note", text });
  return say({ ...next, editor: replaceRange(next.editor, { start: 0, end: 0, text }).state }, problem);
}

function linked(model: Model, link: Model["link"]): Update {
  const { texts } = model.look;
  const next = { ...model, link };
  if (link.state === "ended") {
    const { model: last } = say(next, { type: "trouble", text: link.error.message });
    return left(last);
  }
  const connecting = isConnecting(model.link);
  if (link.state === "online" && connecting) return unchanged(next);
  if (link.state === model.link.state && !connecting) return unchanged(next);
  return link.state === "online"
    ? say(next, { type: "note", text: texts.connectedAgain })
    : say(next, { type: "trouble", text: texts.offlineBecause(link.reason) });
}

function withMembers(model: Model, members: readonly Member[]): Model {
  return { ...model, members: byAccount(members) };
}
