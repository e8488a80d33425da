/** What all forms of an export share: how a time and a day are written, and how text from people is made harmless. */

/** As this machine tells the time. */
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const dayOf = (at: number): string => DAY.format(at);
export const timeOf = (at: number): string => TIME.format(at);
export const timeZone = (): string => DAY.resolvedOptions().timeZone;

/** Control characters as pictures of themselves, and nothing that turns text around; lines and tabs stay. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/(?![\n\t])\p{Cc}|[\u202d\u202e]/gu, (control) => {
    const code = control.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

export interface ExportedFile {
  /** Where its bytes are, from the page; nothing when they are not beside it. */
  readonly link?: string;
  /** Its bytes, when they are to stand in the page. */
  readonly bytes?: Uint8Array;
}

export interface ExportHead {
  readonly room: string;
  /** The number after which it begins, and the room's last one. */
  readonly since: number;
  readonly head: number;
  readonly at: number;
}
