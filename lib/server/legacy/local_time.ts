/** A time as people read it where this server stands: `YYYY-MM-DD HH:MM:SS`. */
export function localTime(at: number): string {
  const minutes = new Date(at).getTimezoneOffset();
  return new Date(at - minutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
}
