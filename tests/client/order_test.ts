/** The commands that keep order, as they are typed: whom they mean, for how long and why. */
import assert from "node:assert/strict";
import { MAX_SANCTION_SECONDS, MAX_SLOW_SECONDS } from "../../lib/chat/act.ts";
import { ORDER_COMMANDS, type OrderName, readOrder, whoIs } from "../../lib/client/order.ts";

const PEOPLE = [
  { account: 1001, name: "Ann" },
  { account: 1002, name: "Ann Lee" },
  { account: 1003, name: "张三" },
  { account: 1004, name: "Twin" },
  { account: 1005, name: "twin" },
  { account: 1006, name: "777" },
];

const read = (line: string) => {
  const [, name = "", argument = ""] = /^(\S+) ?(.*)$/s.exec(line) ?? [];
  return readOrder(name as OrderName, argument, PEOPLE);
};

Deno.test("somebody is named by name, by name and number, or by number; the longest name that fits is meant", () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ["Ann", 1001, ""],
    ["ann 10m", 1001, "10m"],
    ["@Ann flooding", 1001, "flooding"],
    ["Ann Lee flooding", 1002, "flooding"],
    ["Ann Leeward", 1001, "Leeward"],
    ["张三 太吵", 1003, "太吵"],
    ["Twin(1005)  why", 1005, "why"],
    ["twin(1004)", 1004, ""],
    ["777", 1006, ""],
    ["778 why", 778, "why"],
  ];
  for (const [text, account, rest] of cases) assert.deepEqual(whoIs(text, PEOPLE), { account, rest }, text);
  assert.deepEqual(whoIs("Twin why", PEOPLE), { problem: "several", about: "Twin" });
  assert.deepEqual(whoIs("Anna why", PEOPLE), { problem: "nobody", about: "Anna" });
  assert.deepEqual(whoIs(" ", PEOPLE), { problem: "usage", about: "" });
});

Deno.test("a command is a wish, with its duration in seconds and its reason", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["kick Ann", { type: "kick", account: 1001 }],
    ["kick Ann 10m is no time here", { type: "kick", account: 1001, reason: "10m is no time here" }],
    ["mute Ann", { type: "mute", account: 1001 }],
    ["mute Ann 90s", { type: "mute", account: 1001, seconds: 90 }],
    ["mute Ann Lee 10M too  loud", { type: "mute", account: 1002, seconds: 600, reason: "too  loud" }],
    ["mute 张三 2h", { type: "mute", account: 1003, seconds: 7200 }],
    ["mute Ann 0m", { type: "mute", account: 1001 }],
    ["mute Ann 10minutes", { type: "mute", account: 1001, reason: "10minutes" }],
    ["ban Ann 1w spam", { type: "ban", account: 1001, seconds: 604_800, reason: "spam" }],
    ["ban Ann 999999999w", { type: "ban", account: 1001, seconds: MAX_SANCTION_SECONDS }],
    ["ban 203.0.113.0/24 1d bots", { type: "ban-range", range: "203.0.113.0/24", seconds: 86_400, reason: "bots" }],
    ["ban 2001:db8::/32", { type: "ban-range", range: "2001:db8::/32" }],
    ["unban 203.0.113.7 sorry", { type: "unban-range", range: "203.0.113.7", reason: "sorry" }],
    ["unban Ann", { type: "unban", account: 1001 }],
    ["unmute 4711", { type: "unmute", account: 4711 }],
    ["delete 7", { type: "delete", post: 7 }],
    ["delete #7 rude", { type: "delete", post: 7, reason: "rude" }],
    ["slow 30", { type: "slow", seconds: 30 }],
    ["slow off", { type: "slow", seconds: 0 }],
    [`slow ${MAX_SLOW_SECONDS}`, { type: "slow", seconds: MAX_SLOW_SECONDS }],
    ["readonly on", { type: "read-only", on: true }],
    ["readonly off", { type: "read-only", on: false }],
    ["role Ann Lee moderator", { type: "role", account: 1002, role: "moderator" }],
  ];
  for (const [line, wish] of cases) assert.deepEqual(read(line), { wish }, line);
});

Deno.test("what is no command says how it is written, and a wrong range is nobody's name", () => {
  const wrong = ["slow", "slow -1", "slow x", `slow ${MAX_SLOW_SECONDS + 1}`, "readonly", "readonly maybe"];
  const more = ["delete", "delete 0", "delete x", "delete 7x", "role Ann", "role Ann king", "kick", "mute"];
  for (const line of [...wrong, ...more]) {
    const about = ORDER_COMMANDS.find(({ name }) => name === line.split(" ")[0])?.usage;
    assert.deepEqual(read(line), { problem: "usage", about }, line);
  }
  assert.deepEqual(read("ban 203.0.113.0/33"), { problem: "nobody", about: "203.0.113.0/33" });
  assert.deepEqual(read("kick Eve"), { problem: "nobody", about: "Eve" });
});
