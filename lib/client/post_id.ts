/**
 * A post's id: a UUID of version 7 (RFC 9562), which begins with the time. Ids of neighbouring posts then stand beside each other in
 * the server's index, where random ones touch a page each: that makes a post half as dear again to store.
 */
export function newPostId(now = Date.now()): string {
  const time = now.toString(16).padStart(12, "0");
  // What follows the version in a random one is as random here.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
