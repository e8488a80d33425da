/** A browser without a window, told what to do over its own protocol; it reaches nothing but this machine. */
import { install, program } from "./packages.ts";
import { within } from "./within.ts";

/** A busy machine takes long to start one. */
const DEADLINE_MS = 60_000;

export interface Page {
  /** What an expression gives, in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** The whole page as a PNG. */
  screenshot(): Promise<Uint8Array>;
  /** How the system's colours are, as the page sees it. */
  prefer(scheme: "light" | "dark"): Promise<void>;
}

export interface Chromium extends AsyncDisposable {
  open(url: string, options?: { readonly width?: number; readonly height?: number }): Promise<Page>;
}

/** Its program, installed where that may be done; else why there is none. */
export async function findChromium(): Promise<{ readonly path: string } | { readonly reason: string }> {
  const found = await program("chromium") ?? await program("chromium-browser") ?? await program("google-chrome");
  if (found !== undefined) return { path: found };
  const { failure } = await install(["chromium"]);
  const path = await program("chromium");
  return path === undefined ? { reason: failure ?? "it is not where it should be" } : { path };
}

export async function startChromium(path: string): Promise<Chromium> {
  const profile = await Deno.makeTempDir({ prefix: "chat-test-chromium-" });
  const child = new Deno.Command(path, {
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND",
      "--hide-scrollbars",
      `--user-data-dir=${profile}`,
      "--remote-debugging-port=0",
      "about:blank",
    ],
    env: { TZ: "UTC" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const listening = Promise.withResolvers<string>();
  let said = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const bytes of child.stderr) {
      said += decoder.decode(bytes, { stream: true });
      const [, host] = /DevTools listening on ws:\/\/([^/\s]+)\//.exec(said) ?? [];
      if (host !== undefined) listening.resolve(host);
    }
    listening.reject(new Error(`Chromium ended: ${said.slice(-1000)}`));
  })();
  listening.promise.catch(() => {});
  const sockets: WebSocket[] = [];
  const end = async () => {
    for (const socket of sockets) await closed(socket);
    try {
      child.kill("SIGKILL");
    } catch { /* It has ended already. */ }
    await child.status;
    await reading;
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  };
  try {
    const host = await within(listening.promise, () => `Chromium does not start: ${said.slice(-1000)}`, DEADLINE_MS);
    return {
      open: async (url, { width = 800, height = 900 } = {}) => {
        const response = await fetch(`http://${host}/json/new?about:blank`, { method: "PUT" });
        const { webSocketDebuggerUrl } = await response.json();
        const socket = new WebSocket(webSocketDebuggerUrl);
        sockets.push(socket);
        return await openPage(new Protocol(socket), { url, width, height });
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function openPage(
  protocol: Protocol,
  { url, width, height }: { readonly url: string; readonly width: number; readonly height: number },
): Promise<Page> {
  await protocol.opened;
  await protocol.call("Page.enable");
  await protocol.call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  const loaded = protocol.event("Page.loadEventFired");
  await protocol.call("Page.navigate", { url });
  await within(loaded, `the page ${url}`, DEADLINE_MS);
  return {
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await protocol.call("Runtime.evaluate", {
        expression,
        awaitPromise: true,
        returnByValue: true,
      }) as { readonly result: { readonly value: never }; readonly exceptionDetails?: unknown };
      if (exceptionDetails) throw new Error(`In the page: ${JSON.stringify(exceptionDetails)}`);
      return result.value;
    },
    screenshot: async () => {
      const options = { format: "png", captureBeyondViewport: true };
      const { data } = await protocol.call("Page.captureScreenshot", options) as { readonly data: string };
      return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    },
    prefer: async (scheme) => {
      const features = [{ name: "prefers-color-scheme", value: scheme }];
      await protocol.call("Emulation.setEmulatedMedia", { features });
    },
  };
}

/** Calls and events of the DevTools protocol. */
class Protocol {
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #events = new Map<string, () => void>();
  #count = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("Chromium does not answer"));
    });
    socket.onmessage = ({ data }) => {
      const { id, method, result, error } = JSON.parse(data);
      this.#events.get(method)?.();
      const call = this.#calls.get(id);
      if (error) call?.reject(new Error(JSON.stringify(error)));
      else call?.resolve(result);
    };
  }

  call(method: string, params: unknown = {}): Promise<unknown> {
    const id = ++this.#count;
    const answer = Promise.withResolvers<unknown>();
    this.#calls.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return within(answer.promise, method, DEADLINE_MS);
  }

  event(method: string): Promise<void> {
    return new Promise((resolve) => this.#events.set(method, resolve));
  }
}

async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const done = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await within(done, "Chromium to hang up", DEADLINE_MS);
}
