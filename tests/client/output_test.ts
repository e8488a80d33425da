import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { filePost, member, ming, NINE, textPost } from "./people.ts";

const program = fileURLToPath(import.meta.resolve("./output_program.ts"));
const config = fileURLToPath(import.meta.resolve("../../deno.json"));

/** What the program prints for these, in a process of its own, since it writes to standard output. */
async function printed(json: boolean, ...said: readonly unknown[]): Promise<readonly string[]> {
  const args = ["run", "--no-check", "--config", config, program, JSON.stringify({ json, said })];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
}

Deno.test("for people: a line for each, with control characters made visible", async () => {
  const lines = await printed(
    false,
    textPost(7, "a\x1b[2Jb\nc"),
    filePost(8, "x\x07.png", { type: "image" }),
    member({ ...ming, name: "小\x1b明" }),
  );
  assert.deepEqual(lines, [
    "7 2026-11-24 09:05:00 小明(1002): a␛[2Jb",
    "c",
    "8 2026-11-24 09:05:00 小明(1002) image x␇.png (2.0 KiB) id-8",
    " 1002  since 2026-11-24 09:05:00  小␛明",
  ]);
});

Deno.test("for scripts: nothing in the JSON reaches a terminal, and it reads as what was said", async () => {
  const text = "\u009b2J \u007f \u202egnp.exe \u2066 a\u2028b\u2029c \u200b 👩‍💻 \u{e0067}";
  const [line = ""] = await printed(true, textPost(7, text));
  assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  assert.deepEqual(JSON.parse(line), textPost(7, text));
});

Deno.test("for scripts: one JSON object a line, with everything as it was said", async () => {
  const said = [textPost(7, "a\x1b[2Jb\nc"), filePost(8, "x.png"), member(ming), {
    op: "presence",
    room: "lobby",
    type: "joined",
    member: member(ming),
    at: NINE,
  }];
  const lines = await printed(true, ...said);
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [
    said[0],
    said[1],
    said[2],
    { type: "joined", member: member(ming), at: NINE },
  ]);
});
