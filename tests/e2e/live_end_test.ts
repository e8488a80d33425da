/** However the client ends, the terminal is given back as it was. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { arrive, liveTest } from "../support/live.ts";
import { until } from "../support/within.ts";

const crashing = fileURLToPath(import.meta.resolve("./crashing_client.ts"));

for (const [signal, code] of [["SIGTERM", 0], ["SIGHUP", 0], ["SIGINT", 0], ["SIGUSR1", 1]] as const) {
  const how = signal === "SIGUSR1" ? "an error that nobody catches" : signal;
  liveTest(`${how} ends the room, and the terminal is as it was before`, async (stage) => {
    const { pty } = await arrive(stage, { name: "Alice", program: crashing });
    await pty.types("a draft");
    await pty.shows("› a draft");
    pty.kill(signal);
    assert.equal(await pty.ends(), code);
    assert.doesNotMatch(pty.screen, /› a draft/);
    if (code !== 0) assert.match(pty.screen, /meant to happen/);
  });
}

liveTest("a terminal that goes takes the client with it", async (stage) => {
  const { pty } = await arrive(stage, { name: "Alice" });
  pty.hangUp();
  await until(() => !pty.isRunning, "the client's end");
});
