import assert from "node:assert/strict";
import { newPostId } from "../../lib/client/post_id.ts";

Deno.test("post id: a UUID of version 7 that begins with the time", () => {
  const id = newPostId(0x0123456789ab);
  assert.match(id, /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(newPostId(), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

Deno.test("post id: never the same, and a later one sorts behind an earlier one", () => {
  const ids = Array.from({ length: 1000 }, () => newPostId(5));
  assert.equal(new Set(ids).size, 1000);
  assert.ok(newPostId(6) > (ids.toSorted().at(-1) ?? ""));
});
