/** What a package has beside its programs: manual pages, completions, and the configuration with every option in it. */
import { flagOf, keyOf, OPTIONS } from "../../../lib/server/config/options.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completions.ts";
import type { CommandInfo } from "./command_tree.ts";
import { type ManPage, manPage } from "./man_page.ts";
import { clientProgram, serverProgram } from "./programs.ts";

/** Where the package keeps its data; the tarball keeps it beside the executable. */
const DATA_DIR = "/var/lib/chat-room";

export interface Release {
  readonly version: string;
  /** The day, `2026-01-31`. */
  readonly date: string;
}

export interface Document {
  readonly name: string;
  readonly text: string;
}

export function manPages(release: Release): readonly Document[] {
  return [
    { name: "chat.1", text: manPage(clientProgram(release.version), { section: 1, ...release, more: CLIENT }) },
    { name: "chat-server.8", text: manPage(serverProgram(release.version), { section: 8, ...release, more: SERVER }) },
  ];
}

export function completions(shell: "bash" | "zsh" | "fish"): readonly Document[] {
  const [write, name] = {
    bash: [bashCompletion, (program: string) => program],
    zsh: [zshCompletion, (program: string) => `_${program}`],
    fish: [fishCompletion, (program: string) => `${program}.fish`],
  }[shell] as [(program: CommandInfo) => string, (program: string) => string];
  return [clientProgram(""), serverProgram("")].map((info) => ({ name: name(info.path[0] ?? ""), text: write(info) }));
}

/** `server.conf` with every option in it, as comments unless the package has its own way. */
export function serverConf(): string {
  const lines = [
    "# The chat server's configuration; man 8 chat-server says more.",
    "# systemctl restart chat-room makes it hold.",
  ];
  for (const [name, { what, shown, preset }] of Object.entries(OPTIONS)) {
    const value = typeof preset === "function" ? preset({ dataDir: DATA_DIR }) : shown.replaceAll("`", "");
    lines.push("", ...`# ${capital(what.replaceAll("`", ""))}.`.match(/.{1,118}(?: |$)/g)?.map(comment) ?? []);
    lines.push(`${name === "dataDir" ? "" : "#"}${keyOf(name)}=${value}`);
  }
  return lines.join("\n") + "\n";
}

const comment = (text: string, index: number): string => (index === 0 ? text : `# ${text}`).trimEnd();
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

const CLIENT: ManPage["more"] = [
  {
    title: "EXIT STATUS",
    entries: [["0", "done"], ["1", "failed here"], ["2", "wrong usage"], ["3", "refused by the server"], [
      "4",
      "cannot connect",
    ]],
  },
  { title: "SEE ALSO", entries: ["chat-server(8)"] },
];

const SERVER: ManPage["more"] = [
  {
    title: "SIGNALS",
    entries: [[
      "SIGTERM, SIGINT",
      "Everybody is told to come back in a moment, what was taken is stored, and it ends.",
    ]],
  },
  {
    title: "EXIT STATUS",
    entries: [["0", "stopped by a signal, or done"], ["1", "something cannot be used: the log says what"], [
      "2",
      "an option or a line of server.conf makes no sense",
    ]],
  },
  {
    title: "FILES",
    entries: [
      ["/etc/chat-room/server.conf", `lines of KEY=VALUE; ${flagOf("maxFile")} is written ${keyOf("maxFile")}`],
      [DATA_DIR, "what was said, and the files"],
    ],
  },
  { title: "SEE ALSO", entries: ["chat(1)"] },
];
