/** The settings of a systemd unit: each key with its values, in the order in which they stand. */
export function parseUnit(text: string): ReadonlyMap<string, readonly string[]> {
  const settings = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) settings.set(key, [...settings.get(key) ?? [], value]);
  }
  return settings;
}
