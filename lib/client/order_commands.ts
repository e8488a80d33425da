/** The subcommands of `chat` by which a script keeps order. */
import type { Command } from "@commander-js/extra-typings";
import type { Link } from "./link.ts";
import type { Common } from "./common_options.ts";
import { natural } from "./natural.ts";
import { ORDER_COMMANDS } from "./order.ts";
import type { Output } from "./output.ts";
import { en } from "./texts_en.ts";

/** Loaded by whoever needs them: the room opens without. */
const scripts = () => import("./order_scripts.ts");

/** Adds them; `command` makes one that logs in, and `withLink` runs it. */
export function addOrderCommands(
  command: (name: string, description: string) => Command<[], Common>,
  withLink: (options: Common, use: (link: Link, output: Output) => Promise<void>) => Promise<void>,
): void {
  for (const { name, usage } of ORDER_COMMANDS) {
    command(name, en.commands[name])
      .argument("<what...>", usage.replaceAll("NAME", "ACCOUNT"))
      .action((words, options) =>
        withLink(
          options,
          async (link, output) => (await scripts()).act(link, output, { name, argument: words.join(" ") }),
        )
      );
  }

  command("roles", en.commands.roles).action((options) =>
    withLink(options, async (link, output) => (await scripts()).roles(link, output))
  );

  command("audit", en.commands.audit)
    .option("--limit <count>", "so many", natural, 100)
    .action(({ limit, ...options }) =>
      withLink(options, async (link, output) => (await scripts()).audit(link, output, limit))
    );

  command("invite", en.commands.invite)
    .option("--uses <count>", "how many people (default: 1)", natural)
    .option("--days <count>", "for how long (default: 7)", natural)
    .action(({ uses, days, ...options }) =>
      withLink(options, async (link, output) => (await scripts()).invite(link, output, { uses, days }))
    );

  command("owner", en.commands.owner)
    .argument("<code>")
    .action((code, options) => withLink(options, async (link, output) => (await scripts()).claim(link, output, code)));
}
