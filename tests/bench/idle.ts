/** Waiting until a process or the disk has nothing more to do: what one phase has left over must not be counted in the next one. */

const LOOK_MS = 200;
const DEADLINE_MS = 60_000;
/** Clock ticks (10 ms) in a look that count as nothing. */
const STILL = 2;

/** Clock ticks of user and system time that a process has used. */
async function ticksOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

export async function untilIdle(pid: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (let before = await ticksOf(pid); performance.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = await ticksOf(pid);
    if (now - before <= STILL) return;
    before = now;
  }
  throw new Error(`Waited in vain for process ${pid} to come to rest`);
}

/** Resolves when what was written to files is on the disk, which would be busy with it for a while otherwise. */
export async function untilWritten(): Promise<void> {
  await new Deno.Command("sync", { stdin: "null" }).output();
}
