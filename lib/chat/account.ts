/**
 * What a legal account number, display name and password are.
 *
 * Numbers and the lower bound of a password come from the original program, whose client must still work: 3 to 6 digits,
 * no more than 16 bits can hold, at least 6 characters. Everything else is what keeps a name readable on any screen.
 */

/** The largest number that the old protocol's header can carry. */
export const MAX_ACCOUNT = 65_535;
/** Characters (code points) of a display name. */
export const MAX_NAME = 20;
/** Characters (code points) of a password. The upper bound keeps hashing time independent of the peer. */
export const MIN_PASSWORD = 6;
export const MAX_PASSWORD = 128;

/** A value that follows the rules, or the sentence that says which rule it breaks. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const refuse = (reason: string) => ({ ok: false, reason }) as const;

/** Reads an account number as a person writes it: 3 to 6 digits, so that `001001` is 1001. */
export function parseAccount(text: string): Checked<number> {
  if (!/^[0-9]{3,6}$/.test(text)) return refuse("an account number has 3 to 6 digits");
  return checkAccount(Number(text));
}

export function checkAccount(account: number): Checked<number> {
  const legal = Number.isInteger(account) && account >= 1 && account <= MAX_ACCOUNT;
  return legal ? { ok: true, value: account } : refuse(`an account number is between 1 and ${MAX_ACCOUNT}`);
}

// The patterns are made when they are needed: those of whole categories cost a start more than all else here.
/** Control, format and unassigned characters; the joiners U+200C and U+200D belong to emoji and to several scripts. */
const unreadable = () => /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/u;
const visible = () => /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Marks piled up so high that they cover the lines above. */
const stackedMarks = () => /\p{M}{5}/u;

/** Brings a display name into its one form (NFC, no space around it) and checks it. */
export function checkName(name: string): Checked<string> {
  if (!name.isWellFormed()) return refuse("the name is not valid Unicode");
  const value = name.normalize("NFC").trim();
  const length = [...value].length;
  if (length < 1 || length > MAX_NAME) return refuse(`a name has 1 to ${MAX_NAME} characters`);
  if (unreadable().test(value)) return refuse("a name has no control or invisible characters");
  if (!visible().test(value) || stackedMarks().test(value)) return refuse("a name has characters that people can read");
  return { ok: true, value };
}

/** Brings a password into its one form (NFC, so that every keyboard types the same one) and checks it. */
export function checkPassword(password: string): Checked<string> {
  const form = passwordForm(password);
  const longEnough = !form.ok || [...form.value].length >= MIN_PASSWORD;
  return longEnough ? form : refuse(`a password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`);
}

/** The one form of a password that somebody has: one that was chosen under other rules may be shorter than a new one. */
export function passwordForm(password: string): Checked<string> {
  if (!password.isWellFormed()) return refuse("the password is not valid Unicode");
  const value = password.normalize("NFC");
  const length = [...value].length;
  if (length >= 1 && length <= MAX_PASSWORD) return { ok: true, value };
  return refuse(`a password has ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`);
}
