/** The message of the day as it is told on the command line: a text, or `@FILE` for what stands in a file. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { textFault, utf8Length } from "../../chat/text.ts";
import { MAX_MOTD_BYTES } from "../../protocol/limits.ts";
import { reasonOf } from "../log.ts";

/** Nothing but space is no message. */
export function parseMotd(text: string): string {
  const motd = (text.startsWith("@") ? readFile(text.slice(1)) : text).trim();
  if (motd === "") return "";
  if (utf8Length(motd) > MAX_MOTD_BYTES) {
    throw new InvalidArgumentError(`A message of the day has ${MAX_MOTD_BYTES} bytes of UTF-8 at most.`);
  }
  if (textFault(motd, MAX_MOTD_BYTES)) throw new InvalidArgumentError("It is not valid Unicode.");
  return motd;
}

function readFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new InvalidArgumentError(`The file is not readable: ${reasonOf(error)}.`);
  }
}
