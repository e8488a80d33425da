/** The client's command line: a live room without a command, and a command for each thing that a script wants. */
import { Command, CommanderError, Option } from "@commander-js/extra-typings";
import { checkPassword } from "../chat/account.ts";
import { VERSION } from "../chat/version.ts";
import { complain, fitted, Output } from "./output.ts";
import { EXIT, exitCodeOf, Refused, UsageError } from "./failure.ts";
import { Link } from "./link.ts";
import { describeGap, type Entrance, type LinkOptions, type LinkState } from "./link_options.ts";
import { patiently } from "./patience.ts";
import { IMAGE_WAYS, SCHEMES } from "./preferences.ts";
import {
  authoritiesOption,
  encryptionOf,
  languageOf,
  loginOf,
  newPassword,
  passwordOf,
  plaintextOption,
  preferencesOf,
} from "./run_options.ts";
import { type Say, sayIn } from "./sentences.ts";
import { LANGUAGES, textsOf } from "./texts.ts";
import { formatAddress } from "../net/format_address.ts";
import type { Common } from "./common_options.ts";
import { natural } from "./natural.ts";
import { addOrderCommands } from "./order_commands.ts";
import type { ServerMessage } from "../protocol/server_message.ts";
import { interrupted } from "./interrupted.ts";
import { accountNumber, type Environment, processEnvironment, serverAddress } from "./settings.ts";
import { progressLine } from "./progress.ts";

/** A script that loses the server, or is put off by it, waits this long. */
const SCRIPT_PATIENCE_MS = 30_000;

/** Loaded by the commands alone: the room is to be there at once. */
const scripts = () => import("./scripts.ts");
const devices = () => import("./devices.ts");

interface Extra {
  readonly entrance?: Entrance;
  readonly giveUpMs?: number;
  readonly told?: (message: ServerMessage, output: Output) => void;
}

/** Runs the program and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const environment = processEnvironment();
  let code: number = EXIT.done;
  const language = languageOf(args, environment);
  const say = sayIn(language);
  const program = createProgram({ environment, version: VERSION, say, exit: (value) => code = value });
  try {
    // Only who reads it needs it.
    if (language !== "en") (await import("./localize.ts")).localize(program, say);
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof Deno.errors.BrokenPipe) return EXIT.done;
    complain(
      error instanceof Refused
        ? `${textsOf(language).errors[error.code] ?? error.message} (${error.code})`
        : error instanceof Error
        ? say(error.message)
        : String(error),
    );
    return exitCodeOf(error);
  }
}

export interface Shell {
  readonly environment: Environment;
  readonly version: string;
  readonly say?: Say;
  readonly exit: (code: number) => void;
}

/** The program by its definitions, which its help, its manual page and its completions are made of. */
export function createProgram({ environment, version, exit, say = sayIn("en") }: Shell) {
  const client = `chat/${version}`;
  const program = new Command("chat")
    .description("Opens a live chat room in the terminal; its commands are for scripts.")
    .version(version)
    .helpOption("--help", "show this and exit")
    .exitOverride()
    .enablePositionalOptions()
    .argument("[server]", "HOST or HOST:PORT (default: CHAT_HOST and CHAT_PORT, server.conf, 127.0.0.1:8888)")
    .addOption(new Option("--account <number>", "log in as this account").env("CHAT_ACCOUNT"))
    .addOption(plaintextOption())
    .addOption(authoritiesOption())
    .addOption(new Option("--plain", "line by line, for screen readers and simple terminals"))
    .addOption(new Option("--images <way>", "how pictures are drawn").choices(IMAGE_WAYS))
    .addOption(new Option("--theme <name>", "for a dark or a light background").choices(SCHEMES))
    .addOption(new Option("--lang <language>", "en or zh (default: by the locale)").choices(LANGUAGES))
    .action(async (server, { account, plain, plaintext, ca, ...flags }) => {
      const { liveRoom } = await import("./live.ts");
      exit(
        await liveRoom({
          address: serverAddress(server, environment),
          account: accountNumber(account, environment),
          password: environment.get("CHAT_PASSWORD"),
          client,
          encryption: (pinned) => encryptionOf({ plaintext, ca }, { environment, pinned }),
          plain: plain ?? environment.get("TERM") === "dumb",
          preferences: preferencesOf(flags, environment),
        }),
      );
    });
  program.addHelpText(
    "after",
    `
${say("The commands take the password from CHAT_PASSWORD, or ask for it. Their exit codes:")}
  ${say("0 done   1 failed here   2 wrong usage   3 refused by the server   4 cannot connect")}
  ${say("5 not the server that it was, or no encryption")}
`,
  );

  /** Opens a link for a command and closes it behind it. */
  async function withLink(
    options: Common,
    use: (link: Link, output: Output) => Promise<number | void>,
    { entrance, giveUpMs = SCRIPT_PATIENCE_MS, told }: Extra = {},
  ): Promise<void> {
    const output = new Output({ json: options.json ?? false });
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => {});
    let before: LinkState["state"] = "online";
    const linkOptions: LinkOptions = {
      address: serverAddress(options.server, environment),
      entrance: entrance ?? await loginOf(options, environment),
      client,
      encryption: encryptionOf(options, { environment, pinned: (notice) => complain(say(notice)) }),
      giveUpMs,
      changed: (link) => {
        if (link.state === "offline" && before === "online") complain(say(`Offline: ${link.reason} Trying again.`));
        if (link.state === "ended") ended.reject(link.error);
        before = link.state;
      },
      told: (message) => told?.(message, output),
      missed: (gap) => complain(describeGap(gap)),
    };
    const open = () => Link.open(linkOptions);
    // A registration that was put off may have happened, and would make a second account.
    const link = entrance ? await open() : await patiently(open, { patienceMs: SCRIPT_PATIENCE_MS });
    try {
      const code = await Promise.race([use(link, output), ended.promise, output.broken]);
      output.flush();
      exit(code ?? EXIT.done);
    } finally {
      await link.close();
    }
  }

  const scripted = (name: string, description: string) =>
    program.command(name).description(description).helpOption("--help", "show this and exit")
      .option("--server <address>", "HOST or HOST:PORT")
      .option("--json", "one JSON object a line")
      .addOption(plaintextOption())
      .addOption(authoritiesOption());
  const command = (name: string, description: string) =>
    scripted(name, description).addOption(new Option("--account <number>", "who to log in as").env("CHAT_ACCOUNT"));

  scripted("register", "makes an account")
    .option("--account <number>", "a free number of 3 to 6 digits (default: the next free one)")
    .requiredOption("--name <name>", "what others see, 1 to 20 characters")
    .option("--invite <code>", "an invitation, where the server wants one")
    .action(async (options) => {
      const account = options.account === undefined ? undefined : accountNumber(options.account, environment);
      const password = await passwordOf(environment);
      const legal = checkPassword(password);
      if (!legal.ok) throw new UsageError(`Cannot register: ${legal.reason}.`);
      const entrance = {
        op: "register",
        name: options.name,
        password,
        ...(account === undefined ? {} : { account }),
        ...(options.invite === undefined ? {} : { invite: options.invite }),
      } as const;
      const { account: _, name: __, ...common } = options;
      await withLink(common, (link, output) => {
        output.print(link.account, `registered ${link.account.account} (${link.account.name})`);
        return Promise.resolve();
      }, { entrance });
    });

  command("send", "posts a text, or each line of standard input; prints an acknowledgement for each")
    .argument("[text]")
    .action((text, options) =>
      withLink(
        options,
        async (link, output) => (await scripts()).send(link, text, { output, patienceMs: SCRIPT_PATIENCE_MS }),
      )
    );

  command("tail", "prints the events after a number, in order")
    .option("--since <seq>", "events after this one; 0 for all (default: the last 100)", natural)
    .option("--follow", "go on with what comes, until interrupted")
    .option("--presence", "with --follow: who comes and goes, too")
    .action(({ since, follow, presence, ...options }) =>
      withLink(options, async (link, output) => {
        const { tail } = await scripts();
        await tail(link, output, { since, follow: follow ?? false, last: 100 });
        if (follow) await interrupted();
      }, {
        giveUpMs: follow ? Infinity : SCRIPT_PATIENCE_MS,
        told: (message, output) => {
          if (message.op === "event") {
            const { op: _, room: __, ...post } = message;
            output.post(post);
          } else if (message.op === "presence" && presence) output.presence(message);
        },
      })
    );

  command("history", "prints the last events")
    .option("--before <seq>", "those before this one", natural)
    .option("--limit <count>", "so many", natural, 100)
    .action(({ before, limit, ...options }) =>
      withLink(options, async (link, output) => (await scripts()).history(link, output, { before, limit }))
    );

  command("search", "prints the last events in which a text stands")
    .argument("<text>", "any piece of a text or of a file's name, in any case of its letters")
    .option("--limit <count>", "so many", natural, 100)
    .action((text, { limit, ...options }) =>
      withLink(options, async (link, output) => (await scripts()).search(link, text, { output, limit }))
    );

  command("who", "prints who is in the room")
    .action((options) => withLink(options, async (link, output) => (await scripts()).who(link, output)));

  command("devices", "prints on which devices this account is logged in")
    .action((options) => withLink(options, async (link, output) => (await devices()).listDevices(link, output)));

  command("logout", "logs out a device of this account, or all of them")
    .argument("[device]", 'its number, as "chat devices" prints it', natural)
    .option("--all", "every device, and whatever else is logged in")
    .action((device, { all, ...options }) =>
      withLink(options, async (link, output) => (await devices()).logOut(link, { device, all: all ?? false, output }))
    );

  command("passwd", "changes the password to CHAT_NEW_PASSWORD, or asks for it; all devices are logged out")
    .action(async (options) => {
      const old = await passwordOf(environment);
      const fresh = environment.get("CHAT_NEW_PASSWORD") ?? await newPassword(say);
      const entrance = await loginOf(options, environment, old);
      await withLink(
        options,
        async (link, output) => (await devices()).changePassword(link, { old, fresh, output }),
        { entrance },
      );
    });

  command("upload", "sends a file or a picture")
    .argument("<file>")
    .action((file, options) =>
      withLink(
        options,
        async (link, output) => (await scripts()).sendFile(link, file, { output, ...progressLine(file) }),
      )
    );

  command("download", "fetches a file")
    .argument("<id>", "the id of its event")
    .option("-o, --output <file>", "where to (default: its own name in the current folder)")
    .action((id, { output: path, ...options }) =>
      withLink(
        options,
        async (link, output) => (await scripts()).fetchFile(link, id, { output, path, ...progressLine(path ?? id) }),
      )
    );

  addOrderCommands(command, withLink);

  program.command("trust").description("accepts a server's new certificate")
    .helpOption("--help", "show this and exit")
    .argument("<server>", "HOST or HOST:PORT")
    .argument("[fingerprint]", "accept this one only")
    .option("--json", "one JSON object a line")
    .addOption(authoritiesOption())
    .action(async (server, expected, { json, ca }) => {
      const address = serverAddress(server, environment);
      const encryption = encryptionOf({ ca }, { environment, pinned: complain });
      if (encryption.mode !== "tls") {
        throw new UsageError("There is no certificate in plaintext: unset CHAT_PLAINTEXT.");
      }
      const { trust } = await import("./encryption.ts");
      const known = await trust(address, { ...encryption, expected });
      const fingerprint = known.type === "pinned" ? known.fingerprint : undefined;
      const host = formatAddress(address);
      const data = { server: host, type: known.type, ...(fingerprint === undefined ? {} : { fingerprint }) };
      const line = `trusted: ${host} with ${fingerprint ?? "what ordinary authorities vouch for"}`;
      const output = new Output({ json: json ?? false });
      output.print(data, fitted(line, Deno.stdout));
      output.flush();
    });

  return program;
}
