import type { Answer } from "./wire.ts";

/** The answer, if it is the one that the question has. */
export async function expect<Op extends Answer["op"]>(
  answer: Answer | Promise<Answer>,
  op: Op,
): Promise<Extract<Answer, { op: Op }>> {
  const message = await answer;
  if (message.op !== op) throw new Error(`Cannot use the server's answer: it is ${message.op}, not ${op}.`);
  return message as Extract<Answer, { op: Op }>;
}
