/** The English texts; the other languages have the same shape. */
import type { Act, Role } from "../chat/act.ts";
import type { ActWords } from "./act_words.ts";
import type { PictureSize } from "../terminal/picture_size.ts";
import type { Drawing } from "./picture_worker.ts";
import type { SchemeChoice } from "./preferences.ts";
import { sayIn } from "./sentences.ts";
import { clockOfMinutes, type Quiet } from "./quiet.ts";

type Undrawable = Extract<Drawing, { type: "undrawable" }>;

/** What a picture is by its header: the same in every language. */
export const describePicture = (size: PictureSize | undefined): string =>
  size === undefined ? "" : `${size.format.toUpperCase()}, ${size.width} × ${size.height}`;

const plural = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

const ROLES: Readonly<Record<Role, string>> = { owner: "an owner", moderator: "a moderator", member: "a member" };
const till = (until: string | undefined): string => until === undefined ? "" : ` until ${until}`;

export const en = {
  placeholder: "say something, or /help",
  searchPlaceholder: "words to find",
  cameIn: "came in",
  left: "left",
  here: (count: number): string => `${count} here`,
  hereNow: (count: number): string => `${count} here now:`,
  since: "since",
  online: "online",
  offline: "offline",
  connecting: "connecting",
  disconnected: "disconnected",
  leaving: "leaving",
  queued: (count: number): string => `${count} queued`,
  unread: (count: number): string => `${count} unread`,
  unreadLine: "unread",
  quiet: "quiet",
  earlier: "reading earlier messages · esc: back",
  loading: "fetching …",
  more: (count: number): string => `… ${count} more`,
  moreOnTheWay: (count: number, what: "messages" | "files"): string => `… and ${count} more ${what} on the way`,
  nothingBefore: "There is nothing before that.",
  catchingUp: "Much is being said; catching up …",
  connectedAgain: "Connected again.",
  offlineBecause: (reason: string): string => `Offline: ${reason}`,
  notSent: (what: string): string => `Not sent: ${what}`,
  sentLater: (text: string): string => `Not sent yet, kept for the next time: ${text}`,
  cutOff: "That is too long for one message; the rest was cut off. Send it with /file.",
  leavingWhen: (messages: number, files: number): string => {
    const parts = [
      ...(messages > 0 ? [plural(messages, "message")] : []),
      ...(files > 0 ? [plural(files, "file")] : []),
    ];
    const are = messages + files === 1 ? "is" : "are";
    return `Leaving when ${parts.join(" and ")} ${are} done; once more (ctrl-d) leaves at once.`;
  },
  saved: (path: string): string => `Saved ${path}`,
  opened: (path: string): string => `Opened ${path}`,
  noFile: (number: number): string => `There is no file ${number}; the number stands beside the file.`,
  gap: (first: number, last: number): string =>
    `The server no longer keeps ${first === last ? `event ${first}` : `the events ${first} to ${last}`}.`,
  searching: "searching …",
  found: (count: number, more: boolean): string => `${count}${more ? "+" : ""} found`,
  nothingFound: "Nothing found.",
  fromCache: "offline: only what is kept on this machine",
  searchHelp: "enter: find, then go there · up, down: choose · esc: back",
  helpTitle: "Help",
  helpKeys: "esc or F1: back · page-up, page-down: scroll",
  quietness: (quiet: Quiet): string => {
    if (quiet.type === "off") return "Mentions ring.";
    if (quiet.type === "on") return "Mentions do not ring. /quiet off ends that.";
    return `Mentions do not ring from ${clockOfMinutes(quiet.from)} to ${clockOfMinutes(quiet.to)}.`;
  },
  standing: {
    nobody: "Nobody keeps order here yet.",
    roles: { owner: "owner", moderator: "moderator" },
    slow: (seconds: number): string => `slow mode: one message in ${plural(seconds, "second")}`,
    readOnly: "read-only: only owners and moderators speak",
    muted: (who: string): string => `${who} is muted`,
    banned: (who: string): string => `${who} is banned`,
    until: (until: string): string => ` until ${until}`,
  },
  invitation: (code: string, uses: number, until: string): string =>
    `Invitation for ${uses === 1 ? "one person" : `${uses} people`}, until ${until}: ${code}`,
  operator: "the operator",
  removed: (who: string): string => `removed by ${who}`,
  because: (reason: string): string => `: ${reason}`,
  act: (act: Act, { who, whom, until }: ActWords): string => {
    switch (act.type) {
      case "kick":
        return `${who} sent ${whom} out`;
      case "mute":
        return `${who} muted ${whom}${till(until)}`;
      case "unmute":
        return `${who} lets ${whom} speak again`;
      case "ban":
        return `${who} banned ${whom}${till(until)}`;
      case "unban":
        return `${who} lets ${whom} in again`;
      case "ban-range":
        return `${who} banned an address range${till(until)}`;
      case "unban-range":
        return `${who} lets an address range in again`;
      case "slow":
        return act.seconds === 0
          ? `${who} ended slow mode`
          : `${who} set slow mode: one message in ${plural(act.seconds, "second")}`;
      case "read-only":
        return act.on ? `${who} made the room read-only` : `${who} opened the room for everybody to speak`;
      case "delete":
        return `${who} removed message ${act.post} of ${whom}`;
      case "role":
        return `${who} made ${whom} ${ROLES[act.role]}`;
      case "claim":
        return `${whom} is the owner now`;
      case "invite":
        return `${who} invited ${act.uses === 1 ? "somebody" : `${act.uses} people`}${till(until)}`;
    }
  },
  undrawable: (why: Undrawable): string => {
    const what = "size" in why ? describePicture(why.size) : "";
    if (why.code === "failed") return `Not drawn: ${why.message}`;
    if (why.code === "unsupported") return `${what}: this kind is not drawn here`;
    if (why.code === "too-large") return `${what}: too large to be drawn`;
    if (why.code === "damaged") return `${what}: damaged or incomplete`;
    return "Not drawn: it is no picture of a known kind";
  },
  theme: (scheme: SchemeChoice): string =>
    scheme === "none"
      ? "No colours."
      : scheme === "auto"
      ? "Colours for your background."
      : `Colours for a ${scheme} background.`,
  noColors: "Line by line there are no colours.",
  language: "English from now on.",
  /** What the program says elsewhere, too. */
  sentence: sayIn("en"),
  youAre: (name: string): string => `You are ${name}. /help shows what you can do.`,
  changePassword: (account: number): string =>
    `It is not typed in here, where it would show: run "chat passwd --account ${account}".`,
  revoked: (count: number): string => `Logged out: ${plural(count, "device")}.`,
  loggedOut: "Logged out: this machine has forgotten you.",
  wrong: {
    path: (command: string): string => `Say which: /${command} PATH`,
    number: (command: string): string => `Say which: /${command} N, with the number that stands beside the file`,
    history: "Say how many: /history 50",
    device: "Say /logout for this device, /logout N for another one of /devices, or /logout all",
    search: "Say what: /search WORDS",
    theme: "Say /theme dark, /theme light, /theme none or /theme auto",
    lang: "Say /lang en or /lang zh",
    quiet: "Say /quiet on, /quiet off, or the hours: /quiet 22:00-08:00",
    order: (command: string, usage: string): string => `Write it as /${command} ${usage}`,
    nobody: (name: string): string => `Nobody here is called ${name}; the number behind a name will do, too.`,
    several: (name: string): string => `Several people are called ${name}; write the number instead.`,
    invite: "Say how many people, and for how many days: /invite 3 7",
    owner: "Say the code that the server has shown: /owner CODE",
    unknown: (name: string): string =>
      `There is no command /${name}; /help shows those that there are. To say it, write //${name}`,
  },
  commands: {
    help: "show this",
    who: "who is here, and since when",
    image: "send a picture",
    file: "send a file",
    save: "fetch file N and keep it",
    open: "fetch file N and open it with the program for it",
    history: "show what was said before",
    search: "find what was said",
    quiet: "do not ring for mentions: on, off, or hours",
    kick: "send somebody out for a minute",
    mute: "let somebody say nothing, for a while (s, m, h, d, w) or until unmuted",
    unmute: "let somebody speak again",
    ban: "keep somebody out, or everybody from an address range",
    unban: "let somebody in again",
    delete: "remove message N for good; /last shows the numbers",
    slow: "one message of each member in so many seconds; 0 ends it",
    readonly: "let only owners and moderators speak",
    role: "make somebody owner, moderator or member",
    last: "what somebody said last, with its numbers",
    roles: "who keeps order, and which rules hold",
    audit: "what was done to keep order",
    invite: "make a code by which so many people may register",
    owner: "become the owner, by the code that the server has shown",
    theme: "colours for a dark or a light background, none, or auto",
    lang: "en: English, zh: Chinese",
    devices: "where you are logged in",
    password: "how to change your password",
    logout: "leave, and have this machine forget you; or log out device N, or all of them",
    quit: "leave",
  },
  keys: {
    "scroll-up": "scroll back, as the mouse wheel does",
    "scroll-down": "scroll on",
    top: "to the earliest at hand",
    bottom: "to the latest",
    search: "search",
    help: "this help",
    members: "show or hide who is here",
    redraw: "draw everything again",
    cancel: "back to the latest, out of help and search",
  },
  editing: [
    ["enter", "send"],
    ["alt-enter", "new line"],
    ["tab", "complete /commands, @names, paths and :emoji:"],
    ["up, down", "what you wrote before"],
    ["ctrl-r", "what you wrote that has in it what stands here"],
    ["ctrl-left, ctrl-right", "by words"],
    ["ctrl-w, ctrl-u, ctrl-k", "cut a word, to the line's beginning, to its end"],
    ["ctrl-y", "put back what was cut"],
    ["ctrl-_", "undo"],
    ["ctrl-c", "clear the line"],
    ["ctrl-d", "leave"],
    ["shift and mouse", "select text, as the terminal does it"],
  ] as readonly (readonly [string, string])[],
  /** By error code, where the server's own English sentence is not what the person reads. */
  errors: {} as Readonly<Record<string, string>>,
};
