import assert from "node:assert/strict";
import { type PageOptions, plainPage, servePages } from "../../lib/net/http_pages.ts";
import { until, within } from "../support/within.ts";

async function withPages(
  options: Partial<PageOptions>,
  use: (connect: () => Promise<Deno.TcpConn>) => Promise<void>,
): Promise<void> {
  const opened: Deno.TcpConn[] = [];
  const pages = servePages({
    hostname: "127.0.0.1",
    port: 0,
    answer: (path) => plainPage(200, `this is ${path}`),
    failed: (error) => assert.fail(`${error}`),
    ...options,
  });
  try {
    await use(async () => {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port: pages.address.port });
      opened.push(socket);
      return socket;
    });
  } finally {
    await within(pages.close(), "the pages' end");
    for (const socket of opened) socket.close();
  }
}

const say = (socket: Deno.TcpConn, text: string) => socket.write(new TextEncoder().encode(text));

/** All that comes until the end; a reset is an end, too. */
async function hear(socket: Deno.TcpConn): Promise<string> {
  let heard = "";
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await within(socket.read(buffer).catch(() => null), "the end of an answer");
    if (length === null) return heard;
    heard += new TextDecoder().decode(buffer.subarray(0, length));
  }
}

Deno.test("a page is served whole, however the request comes, and without its query", () =>
  withPages({}, async (connect) => {
    const request = "GET /some/page?and=more HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n";
    const body = "this is /some/page\n";
    const wanted = [
      "HTTP/1.1 200 OK",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${body.length}`,
      "Cache-Control: no-store",
      "Connection: close",
      "",
      body,
    ].join("\r\n");
    const whole = await connect();
    await say(whole, request);
    assert.equal(await hear(whole), wanted);
    const slow = await connect();
    for (const character of request) await say(slow, character);
    assert.equal(await hear(slow), wanted);
  }));

Deno.test("what is no GET is refused, and what is no request", () =>
  withPages({}, async (connect) => {
    const requests = [
      ["POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405],
      ["HEAD / HTTP/1.1\r\n\r\n", 405],
      ["GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400],
      ["GET / HTTP/2.0\r\n\r\n", 400],
      ["\u0010\u0001\r\n\r\n", 400],
      [`GET /${"x".repeat(9000)}`, 400],
    ] as const;
    for (const [request, status] of requests) {
      const socket = await connect();
      await say(socket, request);
      assert.match(await hear(socket), new RegExp(`^HTTP/1\\.1 ${status} `), request.slice(0, 30));
    }
  }));

Deno.test("a page that cannot be made is one that says so, and the reason is handed on", async () => {
  const failures: unknown[] = [];
  const options = {
    answer: () => Promise.reject(new Error("out of ink")),
    failed: (error: unknown) => failures.push(error),
  };
  await withPages(options, async (connect) => {
    const socket = await connect();
    await say(socket, "GET / HTTP/1.1\r\n\r\n");
    assert.match(await hear(socket), /^HTTP\/1\.1 500 /);
    assert.match(`${failures}`, /^Error: out of ink$/);
  });
});

Deno.test("a request that is never finished ends, and so does one whose answer nobody takes", () =>
  withPages({ patience: 50, answer: () => plainPage(200, "x".repeat(10_000_000)) }, async (connect) => {
    const half = await connect();
    await say(half, "GET / HTTP/1.1\r\nHost: ");
    assert.equal(await hear(half), "");
    const deaf = await connect();
    await say(deaf, "GET / HTTP/1.1\r\n\r\n");
    // The server gives up: what has arrived by then is all there will be.
    await until(async () => {
      const socket = await connect();
      await say(socket, "GET / HTTP/1.1\r\n\r\n");
      return (await hear(socket)).length > 0;
    }, "another to be served");
    assert.ok((await hear(deaf)).length <= 10_001_000);
  }));

Deno.test("so many are served at once and no more; there is room again when one goes", () =>
  withPages({}, async (connect) => {
    const idle = await Promise.all(Array.from({ length: 16 }, connect));
    const served = async () => {
      const socket = await connect();
      // It may be closed before it has said anything.
      await say(socket, "GET /next HTTP/1.1\r\n\r\n").catch(() => {});
      return (await hear(socket)).endsWith("this is /next\n");
    };
    await until(async () => !await served(), "one too many");
    const [first] = idle;
    assert.ok(first);
    await first.closeWrite();
    await until(served, "room again");
  }));
