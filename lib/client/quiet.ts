/** When mentions do not ring: never, always, or between two times of the day. Pure. */
export type Quiet =
  | { readonly type: "off" }
  | { readonly type: "on" }
  /** Minutes from midnight, local time; it may go over midnight. */
  | { readonly type: "hours"; readonly from: number; readonly to: number };

export const NOT_QUIET: Quiet = { type: "off" };

/** `on`, `off` or `22:00-08:00`. */
export function parseQuiet(text: string): Quiet | undefined {
  if (text === "on" || text === "off") return { type: text };
  const [, ...parts] = /^([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const [fromHour, fromMinute, toHour, toMinute] = parts.map(Number);
  if (fromHour === undefined || fromMinute === undefined || toHour === undefined || toMinute === undefined) {
    return undefined;
  }
  return { type: "hours", from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
}

export const clockOfMinutes = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** The text that {@linkcode parseQuiet} reads. */
export const formatQuiet = (quiet: Quiet): string =>
  quiet.type === "hours" ? `${clockOfMinutes(quiet.from)}-${clockOfMinutes(quiet.to)}` : quiet.type;

/** Whether it is quiet at a time, in milliseconds since 1970. */
export function isQuiet(quiet: Quiet, at: number): boolean {
  if (quiet.type !== "hours") return quiet.type === "on";
  const date = new Date(at);
  const now = date.getHours() * 60 + date.getMinutes();
  const { from, to } = quiet;
  return from <= to ? now >= from && now < to : now >= from || now < to;
}
