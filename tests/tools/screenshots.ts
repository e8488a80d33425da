// deno-lint-ignore-file no-console -- a script speaks on the console
/**
 * `deno task screenshots`: the pictures of the client in the README, from a real session in a real terminal.
 *
 * A server is started, people talk, and one of them looks at it in the client: wide, narrow, and searching.
 */
import { join } from "node:path";
import { Link } from "../../lib/client/link.ts";
import { newPostId } from "../../lib/client/post_id.ts";
import { upload } from "../../lib/client/upload.ts";
import { LOBBY } from "../../lib/chat/types.ts";
import { Pty } from "../support/pty.ts";
import { spawnServer, temporaryFolder } from "../support/server.ts";
import { toSvg } from "../terminal/screen_svg.ts";
import { encrypted } from "../support/encryption.ts";

const root = new URL("../../", import.meta.url).pathname;
const PASSWORD = "screenshots";

await using stack = new AsyncDisposableStack();
const folder = temporaryFolder(stack);
const dataDir = join(folder, "data");
await Deno.mkdir(dataDir);
const { address: { hostname: host, port } } = stack.use(await spawnServer(dataDir));

async function arrive(name: string): Promise<Link> {
  const entrance = { op: "register", name, password: PASSWORD } as const;
  const link = await Link.open({ address: { host, port }, entrance, encryption: encrypted(), client: "screenshots" });
  await link.join(LOBBY, {});
  stack.defer(() => link.close());
  return link;
}
const say = (link: Link, text: string) => link.ask({ op: "post", room: LOBBY, id: newPostId(), text }, "stored");
const show = (link: Link, name: string) => upload(link, join(root, "image", name), { room: LOBBY });

const [mei, jonas, ada] = [await arrive("小美"), await arrive("Jonas"), await arrive("Ada")];
await say(jonas, "Good morning! Who was at the sea on Sunday?");
await say(mei, "我!海边风很大,但是天气特别好。灯塔那边一个人也没有 😄");
await show(mei, "lighthouse.png");
await say(ada, "What a light. I only got as far as the harbour ⛵");
await show(ada, "harbour.jpg");
await say(jonas, "@Ada the harbour is the best part, 下次我们一起去海边吧。");
await say(mei, "好的!星期六上午九点,老地方见 👋");

const { account } = ada.account;
function open(size: { readonly columns: number; readonly rows: number }): Pty {
  const command = [Deno.execPath(), "run", "-A", "--quiet", join(root, "client.ts"), `${host}:${port}`];
  const env = { CHAT_PASSWORD: PASSWORD, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, LANG: "C.UTF-8" };
  const args = [...command, "--account", String(account), "--images", "blocks"];
  return stack.use(new Pty(args, { ...size, cwd: folder, env }));
}
async function save(pty: Pty, name: string): Promise<void> {
  const path = join("image", `${name}.svg`);
  await Deno.writeTextFile(join(root, path), toSvg(pty.terminal));
  console.log(path);
}
const drawn = (pty: Pty, rows: number) =>
  pty.until(() => (pty.screen.match(/^ {2}[▀▄]/gm)?.length ?? 0) > rows, "the pictures");

const wide = open({ columns: 110, rows: 52 });
await wide.shows("老地方见");
// Both pictures: one takes no more than 20 rows.
await drawn(wide, 20);
await wide.until(() => wide.screen.includes("▣ lighthouse.png"), "both pictures");
await wide.types("星期六 is fine, I will bring the coff");
await wide.shows("coff");
await save(wide, "chat-conversation");

const narrow = open({ columns: 44, rows: 22 });
await narrow.shows("见 👋");
await drawn(narrow, 8);
await save(narrow, "chat-narrow");

await wide.types("\x15\x06海边");
await wide.types("\r");
await wide.shows("▶");
await wide.resize(80, 14);
await wide.until(() => /^\/ 海边$/m.test(wide.screen) && wide.terminal.size.columns === 80, "the search");
await wide.until(() => wide.screen.split("\n").length === 14 && wide.screen.includes("▶"), "its small screen");
await save(wide, "chat-search");
