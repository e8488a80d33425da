/// <reference lib="deno.worker" />
/** The worker's side of `worker_client.ts`: runs each call and answers with its result or its exception. */
import type { AnswerMessage, CallMessage } from "./worker_client.ts";

export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

export function serveCalls(methods: Methods): void {
  self.onmessage = async ({ data }: MessageEvent<CallMessage>) => {
    self.postMessage(await answer(methods, data));
  };
}

async function answer(methods: Methods, { call, method, args }: CallMessage): Promise<AnswerMessage> {
  try {
    const run = methods[method];
    if (!run) throw new TypeError(`Cannot call ${method}: there is no such method`);
    return { call, result: await run(...args as never[]) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { call, error: { name, message } };
  }
}
