import assert from "node:assert/strict";
import { textPost } from "./people.ts";
import {
  append,
  emptyTimeline,
  firstSeq,
  lastSeq,
  MOST,
  prepend,
  replace,
  say,
  tell,
  type Timeline,
} from "../../lib/client/timeline.ts";

const posts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => textPost(from + index, `${from + index}`));
const seqs = ({ entries }: Timeline) => entries.flatMap((entry) => entry.type === "post" ? [entry.post.seq] : []);
const tellAll = (timeline: Timeline, from: number, to: number, reading = false) =>
  posts(from, to).reduce((all, post) => tell(all, post, { reading }), timeline);

Deno.test("while its end is read it keeps the last few hundred, in order", () => {
  const timeline = tellAll(emptyTimeline, 1, 5_000);
  assert.ok(timeline.entries.length <= 600 && timeline.entries.length >= 400);
  assert.equal(lastSeq(timeline), 5_000);
  assert.ok(seqs(timeline).every((seq, index, all) => index === 0 || seq === (all[index - 1] ?? 0) + 1));
});

Deno.test("what was told before is not added again", () => {
  assert.deepEqual(seqs(tellAll(tellAll(emptyTimeline, 1, 3), 2, 4)), [1, 2, 3, 4]);
});

Deno.test("while somebody reads above it stops growing, and pages bring it back to the end", () => {
  let timeline = tellAll(emptyTimeline, 1, MOST + 50, true);
  assert.deepEqual([timeline.live, lastSeq(timeline), timeline.newest], [false, MOST, MOST + 50]);
  timeline = append(timeline, posts(MOST + 1, MOST + 20));
  assert.equal(timeline.live, false);
  timeline = append(timeline, posts(MOST + 21, MOST + 50));
  assert.deepEqual([timeline.live, timeline.entries.length], [true, MOST]);
  assert.equal(lastSeq(tell(timeline, textPost(MOST + 51, "new"), { reading: false })), MOST + 51);
});

Deno.test("pages from before go to its beginning, and an empty one is the beginning of all", () => {
  const timeline = prepend(tellAll(emptyTimeline, 50, 60), posts(40, 52));
  assert.deepEqual([firstSeq(timeline), seqs(timeline).length, timeline.complete], [40, 21, false]);
  assert.ok(prepend(timeline, []).complete);
});

Deno.test("another part of the history is not the end, until it is", () => {
  const timeline = replace(tellAll(emptyTimeline, 1, 100), posts(20, 40));
  assert.deepEqual([timeline.live, timeline.newest], [false, 100]);
  assert.ok(replace(timeline, posts(90, 100)).live);
});

Deno.test("behind a gap it begins anew: there is never one in it", () => {
  assert.deepEqual(seqs(tellAll(tellAll(emptyTimeline, 1, 5), 50, 52)), [50, 51, 52]);
});

Deno.test("what the client says stands where it was said", () => {
  const timeline = tellAll(say(tellAll(emptyTimeline, 1, 1), [{ type: "note", text: "x" }]), 2, 2);
  assert.deepEqual(timeline.entries.map(({ type }) => type), ["post", "note", "post"]);
});
