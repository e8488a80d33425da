/**
 * Password hashing, in a worker because it blocks its thread for some 80 ms. The encoded hash carries its parameters and its
 * salt, so that they can be raised without losing anybody.
 */
import { argon2id, argon2Verify } from "hash-wasm";
import { randomBytes } from "node:crypto";
import { setPriority } from "node:os";
import { PASSWORD_PARAMETERS } from "./password_parameters.ts";
import { serveCalls } from "./worker_host.ts";

const SALT_BYTES = 16;

/** The system gives ten times as much of a core to whoever talks as to passwords, where there is not enough for both. */
const NICENESS = 10;
try {
  // Of this thread alone, on Linux.
  setPriority(0, NICENESS);
} catch {
  // Without the permission, or on another system, they share evenly.
}

serveCalls({
  hash: (password: string) =>
    argon2id({ ...PASSWORD_PARAMETERS, password, salt: randomBytes(SALT_BYTES), outputType: "encoded" }),
  verify: (password: string, hash: string) => argon2Verify({ password, hash }),
});
