/** Whatever somebody sends through a real server: the screen stays in order, and nothing of it is more than text. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { arrive, liveTest } from "../support/live.ts";
import { Peer } from "../support/peer.ts";
import { BOB, enter, post } from "../support/server.ts";
import { sendBytes } from "../support/transfers.ts";
import { makePng, pngOf } from "../terminal/pictures.ts";

const CORPUS = [
  "\x1b[2J\x1b[H",
  "\x1b]2;a title\x07\x1b]0;a title\x1b\\",
  "\x1b]52;c;cm0gLXJmIC8K\x07", // the clipboard
  "\x1b]8;;http://example.org\x1b\\a link\x1b]8;;\x1b\\",
  "\x1b[?1049l\x1bc\x1b[!p",
  "\x1b[6n\x1b[c\x1b[>q\x1b[21t\x1bP$qm\x1b\\",
  "\x1bPq#0;2;0;0;0#0!200~\x1b\\\x1b_Ga=T,f=24,s=1,v=1;AAAA\x1b\\\x1b]1337;File=inline=1:AAAA\x07",
  "\x9b2J\x9d2;a title\x9c\x90q\x9c",
  "\x08\x08\x08\x08\x7f\x0b\x0c\x0e\x0f\x00\x05",
  "one\rtwo\r\nthree\u2028four\u2029five\u0085six",
  "\u202egnp.exe\u2066\u2067\u2068\u2069\u200f\u061c right to left",
  "\u200b\u2060\ufeff\u00ad\u180e".repeat(2000) + "nothing between",
  "Z" + "\u0300\u0301\u0302\u0303\u0304\u0305".repeat(500) + "algo",
  "👨\u200d".repeat(1500) + "family",
  "\u{e0001}\u{e0041}\u{e0042} tags \u{e007f}\ufff9a\ufffab\ufffb",
  "ﷺ".repeat(200) + "꧅".repeat(50) + "𒐫".repeat(50),
  "中".repeat(5000),
  "word ".repeat(3000),
  "\n".repeat(300) + "far down",
  "\t".repeat(500) + "tabs",
  "── online · Alice(1001) · here\n› a line that is none",
  "09:05  Alice(1001) I said this",
];

/** Every sequence that the client itself has a use for; what is left of its output must be text. */
const OURS = new RegExp(
  [
    String.raw`\x1b\[[0-9;]*m`, // colours
    String.raw`\x1b\[\d+;\d+H|\x1b\[\d+G|\x1b\[2?[JK]`, // places, erasing
    String.raw`\x1b\[\?(?:25|7|2004|2026|1000|1004|1006|1049)[hl]|\x1b\[2[23];2t`, // modes
    String.raw`\x1b\[16t|\x1b\]11;\?\x1b\\|\x1b\[>0q|\x1b_Gi=31,[^\x1b]*\x1b\\|\x1b\[c`, // questions
    String.raw`\x1b\]2;(?:\(\d+\) )?chat – [\d.:]+\x1b\\`, // the title
  ].join("|"),
  "g",
);

const header = (width: number, height: number, interlaced = 0) => {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  bytes.set([8, 6, 0, 0, interlaced], 8);
  return bytes;
};
const zeros = (bytes: number) => deflateSync(new Uint8Array(bytes), { level: 9 });
const square = makePng({ width: 40, height: 40, colorType: 2, depth: 8, pixel: (x, y) => [x * 6, y * 6, 90] });
const photo = jpeg.encode({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 4).fill(120) }, 80).data;
/** The photo with a height and width in its frame header that it does not have. */
const huge = (() => {
  const bytes = Uint8Array.from(photo);
  const at = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0);
  bytes.set([0xff, 0xff, 0xff, 0xff], at + 5);
  return bytes;
})();

const BOMBS: readonly (readonly [string, Uint8Array])[] = [
  ["huge.png", pngOf(header(60_000, 60_000), zeros(1000))],
  ["bomb.png", pngOf(header(100, 100), zeros(200 * 1024 * 1024))],
  ["woven.png", pngOf(header(100, 100, 1), zeros(100 * 1024 * 1024))],
  ["cut.png", square.subarray(0, 60)],
  ["huge.jpg", huge],
  ["cut.jpg", photo.subarray(0, photo.length / 2)],
  ["empty.gif", new TextEncoder().encode("GIF89a\xff\xff\xff\xff")],
];

liveTest("nothing that anybody sends is more than text, and the screen stays in order", async (stage) => {
  const { server, stack } = stage;
  const { pty } = await arrive(stage, { name: "Alice", columns: 100, rows: 30 });
  const bob = stack.use(await enter(server, BOB));

  // Names: the server takes no others than those that can be read; those that it takes are as bad as it gets.
  let account = 5000;
  for (
    const name of [
      "\x1b[2Jx",
      "a\u202eb",
      "Z\u0300\u0301\u0302\u0303",
      "‌‍a‍‍‍‍",
      "שלום עולם",
      "👨‍👩‍👧‍👦".repeat(2),
      "﷽".repeat(20),
    ]
  ) {
    const peer = stack.use(await Peer.greet(server.address));
    const answer = await peer.ask({ op: "register", account: account++, name, password: "hostile-1" });
    if (answer.op !== "logged-in") continue;
    await peer.get("joined", { op: "join", room: "lobby" });
    await post(peer, `I am ${name}`);
  }
  for (const name of ["\x1b[2J.png", "a\u202egnp.exe", `${"長".repeat(250)}.txt`, "a‍‍‍‍‍‍b.txt", "..\\..\\evil"]) {
    const bytes = new TextEncoder().encode(name);
    const answer = await bob.ask({
      op: "upload",
      stream: 9,
      room: "lobby",
      id: crypto.randomUUID(),
      type: "file",
      name,
      size: bytes.length,
    });
    if (answer.op === "accepted") await bob.say({ op: "cancel", stream: 9 });
    else assert.equal(answer.op === "error" && answer.code, "bad-file-name");
  }
  await sendBytes(bob, new Uint8Array(10), { name: `${"長 名\u200d".repeat(60)}.txt` });

  for (const [index, text] of CORPUS.entries()) {
    await post(bob, text);
    await post(bob, `after ${index}.`);
    await pty.shows(`鲍勃(1002) after ${index}.`);
    assertInOrder(pty.screen);
  }
  for (const [name, bytes] of BOMBS) await sendBytes(bob, bytes, { type: "image", name });
  await sendBytes(bob, square, { type: "image", name: "square.png" });
  await pty.shows(/▣ square\.png.*\n {2}[▀▄]/);
  assertInOrder(pty.screen);
  for (
    const why of ["PNG, 60000 × 60000: too large", "PNG, 100 × 100: damaged", "JPEG, 65535 × 65535: too large", "GIF, "]
  ) {
    assert.ok(pty.output.includes(why), `${why} in ${pty.screen}`);
  }
  await pty.types("\x1b[5~".repeat(30));
  await pty.shows("reading earlier messages");
  for (const [columns, rows] of [[40, 10], [120, 36], [80, 24]] as const) {
    await pty.resize(columns, rows);
    await pty.until(() => pty.screen.split("\n").length === rows && /^── /m.test(pty.screen), "the new size");
  }
  await pty.types("\x1b");
  await pty.until(() => !pty.screen.includes("reading earlier"), "the end again");
  await pty.types("still here");
  await pty.shows("› still here");
  // deno-lint-ignore no-control-regex -- none may be left.
  assert.doesNotMatch(pty.output.slice(pty.output.indexOf("\x1b")).replace(OURS, ""), /[\x00-\x1f\x7f-\x9f]/);
  assert.ok(await peakMiB(pty.pid) < 700, "the bombs have not gone off");
});

/** The last row but one is the status, the last one the input: nothing has pushed or overwritten them. */
function assertInOrder(screen: string): void {
  assert.match(screen, /\n── online · [^\n]*\n› say something, or \/help$/);
}

async function peakMiB(pid: number): Promise<number> {
  const [, kib] = /^VmHWM:\s*(\d+)/m.exec(await Deno.readTextFile(`/proc/${pid}/status`)) ?? [];
  return Number(kib) / 1024;
}
