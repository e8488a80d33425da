/** What the shells offer, asked of the shells themselves. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { program } from "../../support/packages.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completions.ts";
import { clientProgram, serverProgram } from "./programs.ts";

const client = clientProgram("1.2.3"), server = serverProgram("1.2.3");
/** What is typed, and what must be among the offers. */
const CASES: readonly (readonly [string, string])[] = [
  ["chat --th", "--theme"],
  ["chat --theme d", "dark"],
  ["chat sen", "send"],
  ["chat tail --fol", "--follow"],
  ["chat upload /etc/hostn", "/etc/hostname"],
  ["chat-server --reta", "--retain"],
  ["chat-server --log j", "json"],
  ["chat-server --config /etc/hostn", "/etc/hostname"],
  ["chat-server account imp", "import"],
  ["chat-server account import --fr", "--from"],
];

async function run(name: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(name, { args: [...args], stdin: "null" }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** A test with a shell, which a machine may lack. */
async function shellTest(shell: string, fn: (path: string) => Promise<void>): Promise<void> {
  const path = await program(shell);
  Deno.test({
    name: `completions: ${shell}${path === undefined ? " (it is not installed)" : ""}`,
    ignore: path === undefined,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

await shellTest("bash", async (folder) => {
  const script = join(folder, "both.bash");
  // Outside of a completion compopt has nothing to work on.
  await Deno.writeTextFile(script, `compopt() { :; }\n${bashCompletion(client)}${bashCompletion(server)}`);
  for (const [typed, offered] of CASES) {
    const [name = "", ...words] = typed.split(" ");
    const asked = `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _${name.replace("-", "_")}; ` +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    const offers = (await run("bash", "-c", asked, script, name, ...words)).trim().split("\n");
    assert.ok(offers.includes(offered), `${typed}: ${offers}`);
  }
});

await shellTest("fish", async (folder) => {
  const script = join(folder, "both.fish");
  await Deno.writeTextFile(script, fishCompletion(client) + fishCompletion(server));
  for (const [typed, offered] of CASES) {
    const lines = (await run("fish", "-N", "-c", `source $argv[1]; complete -C $argv[2]`, script, typed)).split("\n");
    assert.ok(lines.some((line) => line.split("\t")[0] === offered), `${typed}: ${lines}`);
  }
});

await shellTest("zsh", async (folder) => {
  // Shows the offers that a function makes by standing in for what shows them.
  const asked = `
    compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _message() { :; }
    _files() { print -l -- \${words[CURRENT]}*; }; _describe() { print -l -- "\${(@)offers%%:*}"; }
    words=("$\{@:2}"); CURRENT=\${#words}; . $1`;
  for (const [typed, offered] of CASES) {
    const [name] = typed.split(" ");
    const script = join(folder, `_${name}`);
    await Deno.writeTextFile(script, zshCompletion(name === "chat" ? client : server));
    const offers = (await run("zsh", "-f", "-c", asked, "zsh", script, ...typed.split(" "))).split("\n");
    assert.ok(offers.includes(offered), `${typed}: ${offers}`);
  }
});
