/**
 * Password hashing, in a worker because it blocks its thread for some 80 ms. argon2id at OWASP's recommendation: 19 MiB, 2 passes.
 * The encoded hash carries its parameters and its salt, so that they can be raised without losing anybody.
 */
import { argon2id, argon2Verify } from "hash-wasm";
import { randomBytes } from "node:crypto";
import { serveCalls } from "./worker_host.ts";

const PARAMETERS = { memorySize: 19 * 1024, iterations: 2, parallelism: 1, hashLength: 32 } as const;
const SALT_BYTES = 16;

serveCalls({
  hash: (password: string) =>
    argon2id({ ...PARAMETERS, password, salt: randomBytes(SALT_BYTES), outputType: "encoded" }),
  verify: (password: string, hash: string) => argon2Verify({ password, hash }),
});
