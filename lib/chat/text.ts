/** What may be said: the rules for a post's text and for the name that a sender gives a file. */

/** Why a text was refused; the codes are those that a peer is told. */
export type TextFault = "text-empty" | "text-too-long" | "bad-text";

/**
 * Checks a post's text: well-formed Unicode with something to see in it, of at most `maxBytes` bytes of UTF-8.
 * Control characters pass, since code and logs are pasted with them: it is the screen's part to neutralise them.
 */
export function textFault(text: string, maxBytes: number): TextFault | undefined {
  if (!text.isWellFormed()) return "bad-text";
  if (/^\s*$/u.test(text)) return "text-empty";
  // A UTF-16 unit takes three bytes of UTF-8 at the most, so a short text needs no counting.
  if (text.length * 3 > maxBytes && utf8Length(text) > maxBytes) return "text-too-long";
  return undefined;
}

/** Bytes of UTF-8 that a well-formed text takes. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
  }
  return bytes;
}

/** Characters (code points) of a file's name. */
export const MAX_FILE_NAME = 255;

/** Separators, characters that no screen shows, and those that reorder what stands around them. Made when it is needed. */
const unsafeInName = () => /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}/\\]|(?![\u200c\u200d])\p{Cf}/gu;

/** Whether a name may stand for a file: readable, without a folder in it, and not one that names a folder. */
export function isFileName(name: string): boolean {
  if (name.trim() === "" || name === "." || name === "..") return false;
  return [...name].length <= MAX_FILE_NAME && name.search(unsafeInName()) === -1;
}

/** The nearest legal name: what a sender calls a local path, and what a receiver may save a file as. */
export function cleanFileName(path: string): string {
  const base = path.split(/[/\\]/).filter((part) => part !== "").at(-1) ?? "";
  const name = [...base.toWellFormed().normalize("NFC").replace(unsafeInName(), "_")].slice(-MAX_FILE_NAME).join("");
  return isFileName(name) ? name : "unnamed";
}

/** Characters (code points) of what a device is called. */
const MAX_DEVICE_NAME = 64;

/** The nearest name for a device, as it can be shown in one line; it may be empty. */
export function cleanDeviceName(name: string): string {
  const shown = name.toWellFormed().normalize("NFC").replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Cf}]/gu, " ");
  return [...shown].slice(0, MAX_DEVICE_NAME).join("").trim();
}
