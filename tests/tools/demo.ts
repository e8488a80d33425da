// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task demo`: a server on a free port with its data in a temporary folder, and two people who talk.
 *
 * In a terminal you are one of them, in the real client, and the other one talks to you. Without a terminal both are played,
 * everything that was sent is compared with what arrived, and the transcript is printed; exit code 0 only if all is right.
 */
import { join } from "node:path";
import { LOBBY, type Post } from "../../lib/chat/types.ts";
import { download } from "../../lib/client/download.ts";
import { Link } from "../../lib/client/link.ts";
import { Output } from "../../lib/client/output.ts";
import { upload } from "../../lib/client/upload.ts";
import { encrypted } from "../support/encryption.ts";
import { CLIENT_PERMISSIONS, SERVER_PERMISSIONS } from "./permissions.ts";

const PASSWORD = "demo-password";
const root = new URL("../../", import.meta.url).pathname;
const picture = join(root, "image", "lighthouse.png");

/** One of the two programs, from source, with the permissions that it is compiled with. */
function program(entry: "server.ts" | "client.ts", options: Deno.CommandOptions): Deno.Command {
  const permissions = entry === "server.ts" ? SERVER_PERMISSIONS : CLIENT_PERMISSIONS;
  return new Deno.Command(Deno.execPath(), {
    ...options,
    args: ["run", "--quiet", "--no-prompt", ...permissions, join(root, entry), ...options.args ?? []],
  });
}

interface Person {
  readonly link: Link;
  readonly posts: Post[];
  /** Resolves when this person has seen so many posts. */
  sees(count: number): Promise<void>;
}

async function startServer(folder: string): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const args = ["--host=127.0.0.1", "--port=0", `--data-dir=${folder}`];
  const log = await Deno.open(join(folder, "server.log"), { create: true, write: true });
  const child = program("server.ts", { args, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
  void child.stderr.pipeTo(log.writable);
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  const [, port] = /^listening on 127\.0\.0\.1:(\d+)/.exec(value) ?? [];
  if (port === undefined) {
    throw new Error(`Cannot start the server: ${await Deno.readTextFile(join(folder, "server.log"))}`);
  }
  return {
    port: Number(port),
    stop: async () => {
      child.kill("SIGTERM");
      await child.status;
      await reader.cancel();
    },
  };
}

async function arrive(port: number, name: string, heard: (post: Post) => void = () => {}): Promise<Person> {
  const posts: Post[] = [];
  let waiting: { readonly count: number; readonly resolve: () => void } | undefined;
  const link = await Link.open({
    address: { host: "127.0.0.1", port },
    entrance: { op: "register", name, password: PASSWORD },
    encryption: encrypted(),
    client: "demo",
    told: (message) => {
      if (message.op !== "event") return;
      const { op: _, room: __, ...post } = message;
      posts.push(post);
      if (waiting && posts.length >= waiting.count) waiting.resolve();
      heard(post);
    },
  });
  await link.join(LOBBY, { after: 0 });
  return {
    link,
    posts,
    sees: (count) => new Promise((resolve) => posts.length >= count ? resolve() : waiting = { count, resolve }),
  };
}

const say = (link: Link, text: string) =>
  link.ask({ op: "post", room: LOBBY, id: crypto.randomUUID(), text }, "stored");

/** Both people played: text, Chinese text, a picture and a file, compared at the other end. */
async function play(port: number, folder: string): Promise<void> {
  const alice = await arrive(port, "Alice");
  const bob = await arrive(port, "小明");
  const file = join(folder, "notes.bin");
  await Deno.writeFile(file, crypto.getRandomValues(new Uint8Array(60_000)));

  await say(alice.link, "Hello! Is anybody here?");
  await say(bob.link, "你好,Alice!我在这里 👋");
  await upload(bob.link, picture, { room: LOBBY });
  await say(alice.link, "What a view. Here are my notes.");
  await upload(alice.link, file, { room: LOBBY });
  await Promise.all([alice.sees(5), bob.sees(5)]);

  if (JSON.stringify(alice.posts) !== JSON.stringify(bob.posts)) throw new Error("The two saw different things.");
  if (alice.posts.some((post, index) => post.seq !== index + 1)) throw new Error("A number is missing.");
  await compare(alice, { seq: 3, original: picture, folder });
  await compare(bob, { seq: 5, original: file, folder });

  const output = new Output({ json: false });
  for (const post of alice.posts) output.post(post);
  output.flush();
  await alice.link.close();
  await bob.link.close();
  console.log("Both saw the same, and the picture and the file arrived byte for byte.");
}

async function compare(
  person: Person,
  { seq, original, folder }: { readonly seq: number; readonly original: string; readonly folder: string },
): Promise<void> {
  const post = person.posts[seq - 1];
  if (!post) throw new Error(`Post ${seq} did not arrive.`);
  const { path } = await download(person.link, post.id, { folder, path: () => join(folder, `copy-${seq}`) });
  const [sent, got] = [await Deno.readFile(original), await Deno.readFile(path)];
  if (sent.length !== got.length || sent.some((byte, index) => byte !== got[index])) {
    throw new Error(`File ${seq} is damaged.`);
  }
}

/** The person at the terminal in the real client, and somebody who greets and answers them. */
async function talk(port: number, folder: string): Promise<void> {
  const answers = ["Nice to meet you.", "真的吗?", "Tell me more!", "😄", "Try /who, /image PATH or /help.", "好的。"];
  let answered = 0;
  const you = await arrive(port, "You");
  const { account: guest } = you.link.account;
  await you.link.close();
  const bob = await arrive(port, "小明", (post) => {
    if (post.from.account !== guest) return;
    void say(bob.link, post.type === "post" ? answers[answered++ % answers.length] ?? "…" : "Thank you, I have it.");
  });
  const args = [`127.0.0.1:${port}`, "--account", String(guest)];
  const client = program("client.ts", { args, env: { CHAT_PASSWORD: PASSWORD, XDG_STATE_HOME: folder } }).spawn();
  await untilHere(bob.link, guest);
  await say(bob.link, "Hello! 你好!This is where we saw the sea yesterday:");
  await upload(bob.link, picture, { room: LOBBY });
  await say(bob.link, "Write something, I will answer. /quit leaves.");
  await client.status;
  await bob.link.close();
}

async function untilHere(link: Link, account: number): Promise<void> {
  for (;;) {
    const { members } = await link.ask({ op: "who", room: LOBBY }, "members");
    if (members.some((member) => member.account === account)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const folder = await Deno.makeTempDir({ prefix: "chat-demo-" });
try {
  const server = await startServer(folder);
  try {
    if (Deno.stdin.isTerminal() && Deno.stdout.isTerminal()) await talk(server.port, folder);
    else await play(server.port, folder);
  } finally {
    await server.stop();
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
