/**
 * Codes that people type: invitations, and the one that makes the first owner. 80 random bits in groups of four, of which the store
 * keeps the SHA-256; letters that pass for digits are read as those.
 */
import { createHash, randomBytes } from "node:crypto";

/** Crockford's base 32: no I, L, O or U. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 16;

export function newCode(): { readonly code: string; readonly hash: string } {
  const digits = [...randomBytes(LENGTH)].map((byte) => DIGITS.charAt(byte % DIGITS.length)).join("");
  const code = digits.replace(/(.{4})(?=.)/g, "$1-");
  return { code, hash: codeHash(code) };
}

/** 64 lower-case hexadecimal digits, however the code was typed. */
export function codeHash(code: string): string {
  const digits = code.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1").replace(/[^0-9A-Z]/g, "");
  return createHash("sha256").update(`code:${digits}`).digest("hex");
}
