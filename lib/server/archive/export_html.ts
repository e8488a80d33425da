/**
 * A room as one page that needs nothing beside it: pictures stand in it, and it has no script.
 *
 * What people wrote is escaped, and were that to fail once, the page's own policy lets nothing run and nothing be fetched: no
 * script, no style but this one, no picture but those in it.
 */
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { type FilePost, OPERATOR, type Post } from "../../chat/types.ts";
import { formatSize } from "../../files/size.ts";
import { actLine, removedLine } from "../moderation/act_line.ts";
import { NAME_COLOURS, STYLE } from "./export_style.ts";
import { dayOf, type ExportedFile, type ExportHead, timeOf, timeZone, visible } from "./export_text.ts";

/** What follows its sender's last post within so many milliseconds stands under the same name. */
const SAME_MS = 5 * 60_000;
/** Media types that a browser shows and that can hold no script. */
const SHOWN = /^image\/(png|jpeg|gif|webp|bmp)$/;

const POLICY = [
  "default-src 'none'",
  "img-src data:",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export class HtmlExport {
  #last: Post | undefined;

  begin({ room, since, head, at }: ExportHead): string {
    const what = head > since ? `Messages ${since + 1} to ${head}` : "No messages";
    return `<!doctype html>
<html lang="mul">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(room)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(room)}</h1>
<p class="about" lang="en">${what}, as of ${dayOf(at)}, ${timeOf(at)} (${escaped(timeZone())})</p>
`;
  }

  post(post: Post, file: ExportedFile): string {
    const last = this.#last;
    this.#last = post;
    const day = dayOf(post.at);
    const newDay = !last || dayOf(last.at) !== day;
    const more = !newDay && last.from.account === post.from.account && last.from.name === post.from.name &&
      post.at - last.at < SAME_MS;
    const name = post.from.account === OPERATOR.account ? "Operator" : visible(post.from.name);
    const heading = newDay ? `<h2 lang="en">${day}</h2>\n` : "";
    const who = `<span class="disc" aria-hidden="true">${escaped(initialOf(name))}</span>` +
      `<span class="who"><b><bdi>${escaped(name)}</bdi></b>` +
      `<a href="#n${post.seq}"><time datetime="${new Date(post.at).toISOString()}">${
        timeOf(post.at)
      }</time></a></span>`;
    const colour = post.from.account * 7 % NAME_COLOURS;
    return `${heading}<article id="n${post.seq}" class="c${colour}${more ? " more" : ""}">${more ? "" : who}` +
      `<div class="what">${contentOf(post, file)}</div></article>\n`;
  }

  end(): string {
    return `${this.#last ? "" : '<p class="empty" lang="en">Nothing has been said.</p>\n'}</body>\n</html>\n`;
  }
}

function contentOf(post: Post, file: ExportedFile): string {
  switch (post.type) {
    case "post":
      return `<p class="text" dir="auto">${withLinks(visible(post.text))}</p>`;
    case "removed":
      return `<p class="act" lang="en">${escaped(visible(removedLine(post)))}</p>`;
    case "act":
      return `<p class="act" lang="en">${escaped(visible(actLine(post)))}</p>`;
    case "image":
    case "file":
      return fileOf(post, file);
  }
}

function fileOf(post: FilePost, { link, bytes }: ExportedFile): string {
  const name = escaped(visible(post.name));
  const label = `<bdi>${name}</bdi>`;
  const named = link === undefined ? label : `<a href="${escaped(link)}" download="${name}">${label}</a>`;
  const size = `<span class="size">${formatSize(post.size)}</span>`;
  if (!bytes || !SHOWN.test(post.media)) return `<p class="file">${named} ${size}</p>`;
  const data = `data:${post.media};base64,${Buffer.from(bytes).toString("base64")}`;
  return `<figure><img src="${data}" alt="${name}"><figcaption>${named} ${size}</figcaption></figure>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);

/** Addresses become links; what ends a sentence is not part of one. */
function withLinks(text: string): string {
  let html = "";
  let end = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"'`\p{Cf}。，！？；：（）「」《》]+/gu)) {
    const address = found[0].replace(/[.,;:!?)\]}]+$/, "");
    if (!URL.canParse(address)) continue;
    html += escaped(text.slice(end, found.index));
    html += `<a href="${escaped(address)}" rel="noopener noreferrer nofollow">${escaped(address)}</a>`;
    end = found.index + address.length;
  }
  return html + escaped(text.slice(end));
}

const graphemes = new Intl.Segmenter();

function initialOf(name: string): string {
  const [first] = graphemes.segment(name);
  return first?.segment.toUpperCase() ?? "?";
}
