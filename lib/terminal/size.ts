/** How large a terminal is. */

/** Measured in character cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const USUAL: Size = { columns: 80, rows: 24 };

/** A size that can be drawn in: a terminal that says 0 does not know, and one column cannot hold a wide character. */
export function clampSize({ columns, rows }: Size): Size {
  const known = columns > 0 && rows > 0;
  return known ? { columns: Math.max(2, Math.floor(columns)), rows: Math.max(1, Math.floor(rows)) } : USUAL;
}
