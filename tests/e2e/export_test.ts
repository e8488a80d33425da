/** Exports of a real room: pages that a browser shows, Markdown, and lines of JSON. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { visibleJson } from "../../lib/chat/visible_json.ts";
import { findChromium, startChromium } from "../support/chromium.ts";
import { chatServer } from "../support/chat_server.ts";
import { ALICE, BOB, CAROL, logIn, post, serve, temporaryFolder } from "../support/server.ts";
import { sendBytes } from "../support/transfers.ts";

/** Whoever shows this as anything but text has a hole. */
const HOSTILE = [
  "<script>document.title = 'broken'</script>",
  "<img src=x onerror=\"document.title = 'broken'\">",
  "\"'><svg onload=document.title='broken'></svg></p></article></body>",
  "&lt;b&gt; &amp; ]]> --> <!-- <style>*{display:none}</style>",
  "http://example.org/\"onmouseover='document.title=`broken`' javascript:alert(1)",
  "a\u001b[31m\u0000\u202eevil\u2066 \ufeff\u2028",
];

const HARBOUR = new URL("../../image/harbour.jpg", import.meta.url);
const LIGHTHOUSE = new URL("../../image/lighthouse.png", import.meta.url);

/** A room in which three people have said and shown something. */
async function room(stack: AsyncDisposableStack): Promise<string> {
  const dataDir = temporaryFolder(stack);
  await using server = await serve({ dataDir });
  await using alice = await logIn(server, ALICE);
  await using bob = await logIn(server, BOB);
  await using carol = await logIn(server, CAROL);
  await post(alice, "Good morning! Who was at the harbour yesterday?");
  await post(bob, "我去了！天气很好 🌊⛵ 看看这张照片：");
  await sendBytes(bob, await Deno.readFile(HARBOUR), { type: "image", name: "港口 harbour.jpg" });
  await post(carol, "Lovely. See https://example.org/tides?day=1&place=north, it says low tide at noon.");
  await post(carol, "And mine:\n\tindented line\n    four spaces");
  await sendBytes(carol, await Deno.readFile(LIGHTHOUSE), { type: "image", name: "lighthouse.png" });
  await sendBytes(alice, randomBytes(20_000), { name: "notes & <plans>.pdf" });
  await post(alice, "مرحبا بالعالم 👩‍👩‍👧‍👦 e\u0301");
  for (const text of HOSTILE) await post(bob, text);
  return dataDir;
}

async function exported(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await chatServer("export", ...args);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("an exported page has no tag but its own, whatever people wrote", async () => {
  await using stack = new AsyncDisposableStack();
  const html = await exported("--html", "--data-dir", await room(stack));
  const body = html.slice(html.indexOf("<body>"));
  const tags = new Set([...body.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag));
  const ours = [
    "html",
    "body",
    "h1",
    "p",
    "h2",
    "article",
    "span",
    "b",
    "bdi",
    "a",
    "time",
    "div",
    "figure",
    "img",
    "figcaption",
  ];
  assert.deepEqual([...tags].filter((tag) => !ours.includes(tag ?? "")), []);
  assert.ok(!/<[^>]*\s(on\w+|style)=/i.test(html), "no handler, no style");
  assert.match(
    html,
    /Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'sha256-[^']+'; base/,
  );
  assert.equal(html.split('src="data:image/').length, 3);
  assert.ok(html.includes("&lt;script&gt;document.title = &#39;broken&#39;&lt;/script&gt;"));
  assert.ok(html.includes('<a href="https://example.org/tides?day=1&amp;place=north" rel="noopener'));
  assert.ok(!html.includes("\u001b") && !html.includes("\u0000"));
  const small = await exported("--html", "--embed", "1K", "--since", "2", "--data-dir", await room(stack));
  assert.ok(!small.includes('src="data:image/') && !small.includes("Good morning"));
});

Deno.test("an exported page opens in Chromium and shows its pictures, light and dark", async (t) => {
  const found = await findChromium();
  if ("reason" in found) {
    return void await t.step({ name: `needs Chromium: ${found.reason}`, ignore: true, fn: () => {} });
  }
  await using stack = new AsyncDisposableStack();
  const dataDir = await room(stack);
  const output = join(dataDir, "room.html");
  await exported("--html", "--files", "-o", output, "--data-dir", dataDir);
  await using browser = await startChromium(found.path);
  const page = await browser.open(pathToFileURL(output).href);
  assert.equal(await page.evaluate("document.title"), "lobby");
  assert.deepEqual(
    await page.evaluate("[...document.images].map((image) => [image.alt, image.complete, image.naturalWidth > 0])"),
    [["港口 harbour.jpg", true, true], ["lighthouse.png", true, true]],
  );
  assert.equal(
    await page.evaluate("getComputedStyle(document.images[0]).borderTopLeftRadius"),
    "8px",
    "it has its style",
  );
  const texts = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.text')].map((text) => text.textContent)",
  );
  assert.deepEqual(texts.slice(-HOSTILE.length, -1), HOSTILE.slice(0, -1));
  assert.equal(await page.evaluate("document.querySelectorAll('script, svg, [onerror], .text img').length"), 0);
  const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const keep = Deno.env.get("CHAT_TEST_SCREENSHOTS");
  for (const [scheme, colour] of [["light", "rgb(255, 255, 255)"], ["dark", "rgb(20, 22, 26)"]] as const) {
    await page.prefer(scheme);
    assert.equal(await background(), colour);
    const picture = await page.screenshot();
    if (keep !== undefined) await Deno.writeFile(join(keep, `export-${scheme}.png`), picture);
  }
  const linked = await page.evaluate<string[]>("[...document.querySelectorAll('a[download]')].map((a) => a.href)");
  assert.equal(linked.length, 3);
  for (const link of linked) {
    const bytes = await Deno.readFile(new URL(link));
    assert.ok(link.endsWith(createHash("sha256").update(bytes).digest("hex")));
  }
});

Deno.test("an export in lines of JSON is what the client prints, and one in Markdown has no markup of people's", async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = await room(stack);
  const lines = (await exported("--jsonl", "--since", "3", "--data-dir", dataDir)).trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line).seq), lines.map((_, index) => index + 4));
  assert.equal(JSON.parse(lines.at(-1) ?? "").text, HOSTILE.at(-1));
  assert.equal(visibleJson(JSON.parse(lines[0] ?? "")), lines[0]);

  const markdown = await exported("--markdown", "--data-dir", dataDir);
  assert.ok(markdown.includes("> \\<script\\>document.title"));
  assert.ok(markdown.includes("> And mine:\\\n> &nbsp;indented line\\\n> &nbsp;&nbsp;&nbsp;&nbsp;four spaces\n"));
  assert.ok(markdown.includes("> 港口 harbour.jpg (") && !markdown.includes("\u001b"));

  const both = await chatServer("export", "--html", "--jsonl", "--data-dir", dataDir);
  assert.equal(both.code, 2);
  assert.equal((await chatServer("export", "--data-dir", dataDir)).code, 2);
  const output = join(dataDir, "room.md");
  await exported("--markdown", "-o", output, "--data-dir", dataDir);
  assert.match((await chatServer("export", "--markdown", "-o", output, "--data-dir", dataDir)).stderr, /there already/);
});
