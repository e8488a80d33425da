/** Device tokens: 32 random bytes that only the device knows; the store keeps their SHA-256. */
import { createHash, randomBytes } from "node:crypto";

export function newToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: tokenHash(token) };
}

/** 64 lower-case hexadecimal digits. A token has 256 random bits, so a fast hash without salt is enough. */
export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");
