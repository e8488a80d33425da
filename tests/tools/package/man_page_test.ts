import assert from "node:assert/strict";
import { allCommands } from "./command_tree.ts";
import { manPage } from "./man_page.ts";
import { clientProgram, serverProgram } from "./programs.ts";

const PAGE = { section: 1, version: "1.2.3", date: "2026-01-31", more: [] } as const;

for (const program of [clientProgram("1.2.3"), serverProgram("1.2.3")]) {
  const [name = ""] = program.path;
  Deno.test(`manual: ${name}(1) has every option and every command`, () => {
    const page = manPage(program, PAGE).replaceAll("\\-", "-");
    for (const command of allCommands(program)) {
      if (command.commands.length === 0) assert.ok(page.includes(`.SS "${command.usage.replace(" [options]", "")}"`));
      for (const { term } of command.options) assert.ok(page.includes(`.B ${term}\n`), term);
    }
    assert.ok(allCommands(program).length > 1);
  });
}

Deno.test("manual: no text is taken for a request", () => {
  const page = manPage(
    { path: ["x"], description: "Is .first\n.second 'third \\fB.", usage: "x", args: [], options: [], commands: [] },
    { ...PAGE, more: [{ title: "FILES", entries: ['\'a "b"', [".rc", "-"]] }] },
  );
  assert.ok(page.includes("x \\- is .first\n\\&.second 'third \\efB"));
  assert.ok(page.includes('\n\\&\'a "b"\n.TP\n.B \\&.rc\n\\-\n'));
});
