/**
 * Fingerprints of certificates for people who compare them: 95 characters, which a narrow terminal would break anywhere. Here since
 * both the server and its clients show them, and neither may import the other.
 */

/** SHA-256, as `openssl x509 -fingerprint -sha256` writes it. */
const FINGERPRINT = /(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g;
const BYTES = 32;
/** In a line, whatever its width. */
const LEAST = 4;
/** Bytes of a line, of which the first that fit are taken: halves, quarters and eighths are compared most easily. */
const PIECES = [BYTES, 16, 8, LEAST] as const;
/** Before a fingerprint that begins a line, since more of it fits there than behind what it stood behind. */
const INDENT = 2;
/** What is there to be pasted: a terminal gives back in one piece what it has broken itself, and two lines are two commands. */
const COMMAND = /^ *chat trust /;

export interface FoldOptions {
  /** Of a line. */
  readonly columns: number;
  /** The columns that a text takes; one for each character unless given. */
  readonly widthOf?: (text: string) => number;
}

/**
 * The text with every fingerprint that would run over the edge broken behind colons, into pieces of one length beneath
 * each other. What fits stays as it is, and so does everything else.
 */
export function foldFingerprints(text: string, options: FoldOptions): string {
  return text.split("\n").map((line) => COMMAND.test(line) ? line : foldLine(line, options)).join("\n");
}

function foldLine(line: string, { columns, widthOf = (text) => text.length }: FoldOptions): string {
  let folded = "";
  let end = 0;
  for (const { 0: fingerprint, index } of line.matchAll(FINGERPRINT)) {
    folded += line.slice(end, index);
    end = index + fingerprint.length;
    let column = widthOf(folded.slice(folded.lastIndexOf("\n") + 1));
    if (bytesOf(columns - column) < bytesOf(columns - INDENT)) {
      folded = `${folded.trimEnd()}\n${" ".repeat(INDENT)}`;
      column = INDENT;
    }
    const piece = new RegExp(`.{1,${3 * (bytesOf(columns - column) || LEAST)}}`, "g");
    folded += fingerprint.match(piece)?.join(`\n${" ".repeat(column)}`) ?? "";
  }
  return folded + line.slice(end);
}

/** How many bytes of a fingerprint fit into so many columns, each with its colon but for the last of all. */
function bytesOf(columns: number): number {
  return PIECES.find((bytes) => 3 * bytes - (bytes === BYTES ? 1 : 0) <= columns) ?? 0;
}
