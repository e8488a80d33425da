/** A room as Markdown, in which what people wrote is text and never markup. */
import type { Post } from "../../chat/types.ts";
import { formatSize } from "../../files/size.ts";
import { actLine, removedLine } from "../moderation/act_line.ts";
import { dayOf, type ExportedFile, type ExportHead, timeOf, timeZone, visible } from "./export_text.ts";

export class MarkdownExport {
  #day = "";

  begin({ room, at }: ExportHead): string {
    return `# ${escaped(room)}\n\nAs of ${dayOf(at)}, ${timeOf(at)}. Times are those of ${timeZone()}.\n`;
  }

  post(post: Post, file: ExportedFile): string {
    const day = dayOf(post.at);
    const heading = day === this.#day ? "" : `\n## ${day}\n`;
    this.#day = day;
    const who = `**${escaped(visible(post.from.name))}** ${timeOf(post.at)} \\#${post.seq}`;
    return `${heading}\n${who}\n\n${contentOf(post, file)}\n`;
  }

  end(): string {
    return "";
  }
}

function contentOf(post: Post, { link }: ExportedFile): string {
  switch (post.type) {
    case "post":
      return quoted(post.text);
    case "removed":
    case "act":
      return `> *${escaped(visible(post.type === "act" ? actLine(post) : removedLine(post)))}*`;
    case "image":
    case "file": {
      const name = escaped(visible(post.name));
      const size = formatSize(post.size);
      if (link === undefined) return `> ${name} (${size})`;
      return `> ${post.type === "image" ? "!" : ""}[${name}](${link}) (${size})`;
    }
  }
}

/** Lines of a quotation; each but the last of a paragraph ends in a backslash, which keeps it a line of its own. */
function quoted(text: string): string {
  const lines = visible(text).split("\n").map(lineOf);
  return lines.map((line, index) => {
    const goesOn = line !== "" && (lines[index + 1] ?? "") !== "";
    return `> ${line}${goesOn ? "\\" : ""}`.trimEnd();
  }).join("\n");
}

function lineOf(line: string): string {
  const text = line.trim();
  const indent = text === "" ? "" : (/^[^\S\u00a0]*/.exec(line)?.[0] ?? "").replace(/./gsu, "&nbsp;");
  // What begins a list, a heading or a rule does so only at a line's beginning.
  return indent + escaped(text).replace(/^([#+=:-])/, "\\$1").replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Everything that means something anywhere in a line. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>&|~$]/g, "\\$&");
