/** How costly a password's hash is: argon2id at OWASP's recommendation, 19 MiB of memory and 2 passes. */

export const PASSWORD_PARAMETERS = { memorySize: 19 * 1024, iterations: 2, parallelism: 1, hashLength: 32 } as const;

/** Whether an encoded hash (PHC string format) was made with less than that, by an older server say. */
export function isWeaker(encoded: string): boolean {
  const [, memory = "0", passes = "0"] = /^\$argon2id\$v=\d+\$m=(\d+),t=(\d+),p=\d+\$/.exec(encoded) ?? [];
  const { memorySize, iterations } = PASSWORD_PARAMETERS;
  return Number(memory) < memorySize || Number(passes) < iterations;
}
