/** A file of `KEY=VALUE` lines. Empty lines and lines that begin with `#` say nothing; quotes around a value are dropped. */
export interface ConfLine {
  readonly key: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** The lines of a file; throws a `SyntaxError` that names the line which is none. */
export function parseConf(text: string): ConfLine[] {
  return text.replace(/^\ufeff/, "").split(/\r?\n/).flatMap((raw, index) => {
    const content = raw.trim();
    if (content === "" || content.startsWith("#")) return [];
    const [, key, value = ""] = /^([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(content) ?? [];
    if (key === undefined) throw new SyntaxError(`line ${index + 1} is not KEY=VALUE`);
    const [, , quoted] = /^(["'])(.*)\1$/.exec(value) ?? [];
    return [{ key: key.toUpperCase(), value: quoted ?? value, line: index + 1 }];
  });
}
