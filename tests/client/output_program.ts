/** Prints what its argument says in the given format: posts, members and presence. */
import { Output } from "../../lib/client/output.ts";

const { json, said } = JSON.parse(Deno.args[0] ?? "{}");
const output = new Output({ json });
for (const one of said) {
  if (one.op === "presence") output.presence(one);
  else if ("seq" in one) output.post(one);
  else output.member(one);
}
