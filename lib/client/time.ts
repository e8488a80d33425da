/** Times as people read them, in the local time zone. */
const two = (value: number): string => String(value).padStart(2, "0");

/** `2026-11-24`, which sorts. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** `09:05` */
export function clockOf(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `2026-11-24 09:05:07`, which sorts. */
export function timeOf(at: number): string {
  return `${dayOf(at)} ${clockOf(at)}:${two(new Date(at).getSeconds())}`;
}
