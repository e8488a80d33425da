/**
 * The version of both programs, the same as in deno.json. It stands here because a compiled program keeps what it has made
 * of its modules for its next start (V8's code cache), but only if none of them is JSON.
 */
export const VERSION = "0.1.0";
