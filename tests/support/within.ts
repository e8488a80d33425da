/** Waiting with an end: tests wait for what happens, and a deadline only tells a hang from a pass. */

const DEADLINE_MS = 15_000;

/** What `promise` brings, or an error that says what was waited for. */
export async function within<T>(promise: Promise<T>, what: string | (() => string), ms = DEADLINE_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(typeof what === "string" ? `Waited in vain for ${what}` : what())),
    ms,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when `condition` holds. For what no event tells of: a file, another process's memory. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  ms = DEADLINE_MS,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
