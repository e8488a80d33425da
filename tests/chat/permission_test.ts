/** Who may do what, for every act and every pair of people. */
import assert from "node:assert/strict";
import type { Act, Role } from "../../lib/chat/act.ts";
import { enact, type Moderation, UNMODERATED } from "../../lib/chat/moderation.ts";
import { entryRefusal, permission, RULES } from "../../lib/chat/permission.ts";
import { type Account, type Draft, OPERATOR } from "../../lib/chat/types.ts";

const NOW = 1_000_000;
const person = (account: number, name: string): Account => ({ account, name });
const PEOPLE = {
  member: person(1001, "Member"),
  other: person(1002, "Other member"),
  moderator: person(1003, "Moderator"),
  otherModerator: person(1004, "Other moderator"),
  owner: person(1005, "Owner"),
  otherOwner: person(1006, "Other owner"),
  operator: OPERATOR,
} as const;
type Who = keyof typeof PEOPLE;
const RANK: Record<Who, number> = {
  member: 0,
  other: 0,
  moderator: 1,
  otherModerator: 1,
  owner: 2,
  otherOwner: 2,
  operator: 3,
};
const everybody = Object.keys(PEOPLE) as Who[];

const role = (target: Account, role: Role): Act => ({ type: "role", target, role });
const state = (...acts: readonly Act[]): Moderation =>
  [
    role(PEOPLE.moderator, "moderator"),
    role(PEOPLE.otherModerator, "moderator"),
    role(PEOPLE.owner, "owner"),
    role(PEOPLE.otherOwner, "owner"),
    ...acts,
  ].reduce(enact, UNMODERATED);

const draft = (from: Account, act: Act): Draft => ({ id: "id", from, type: "act", act });
const text = (from: Account): Draft => ({ id: "id", from, type: "post", text: "hi" });
const code = (moderation: Moderation, what: Draft, spoke = new Map<number, number>(), now = NOW) =>
  permission(moderation, what, { now, spoke })?.code;

Deno.test("an act on somebody takes a higher rank than theirs, and a moderator's at least", () => {
  for (const type of ["kick", "mute", "ban"] as const) {
    for (const actor of everybody) {
      for (const target of everybody) {
        const refusal = code(state(), draft(PEOPLE[actor], { type, target: PEOPLE[target], until: NOW + 1 }));
        const may = RANK[actor] >= 1 && RANK[actor] > RANK[target];
        assert.equal(refusal, may ? undefined : "not-allowed", `${actor} ${type}s ${target}`);
      }
    }
  }
});

Deno.test("what is lifted by whom: the same ranks, and nothing where nothing is", () => {
  const target = PEOPLE.member;
  for (const [act, lift] of [["mute", "unmute"], ["ban", "unban"], ["kick", "unban"]] as const) {
    const put = state({ type: act, target });
    assert.equal(code(put, draft(PEOPLE.other, { type: lift, target })), "not-allowed");
    assert.equal(code(put, draft(PEOPLE.moderator, { type: lift, target })), undefined);
    assert.equal(
      code(enact(put, { type: lift, target }), draft(PEOPLE.owner, { type: lift, target })),
      "nothing-to-do",
    );
  }
  const over = state({ type: "mute", target, until: NOW });
  assert.equal(code(over, draft(PEOPLE.owner, { type: "unmute", target })), "nothing-to-do");
});

Deno.test("the room's own rules, ranges and invitations take the rank of the table", () => {
  const acts: readonly Act[] = [
    { type: "slow", seconds: 5 },
    { type: "read-only", on: true },
    { type: "invite", uses: 1, until: NOW + 1 },
    { type: "ban-range", range: "203.0.113.0/24" },
  ];
  for (const act of acts) {
    assert.ok(act.type !== "claim");
    const least = { member: 0, moderator: 1, owner: 2, operator: 3 }[RULES[act.type]];
    for (const actor of everybody) {
      assert.equal(code(state(), draft(PEOPLE[actor], act)), RANK[actor] >= least ? undefined : "not-allowed");
    }
  }
  assert.equal(
    code(state({ type: "slow", seconds: 5 }), draft(PEOPLE.owner, { type: "slow", seconds: 5 })),
    "nothing-to-do",
  );
});

Deno.test("a post is removed by whoever wrote it, or by a moderator above them", () => {
  for (const actor of everybody) {
    for (const author of everybody) {
      const refusal = code(state(), draft(PEOPLE[actor], { type: "delete", post: 1, target: PEOPLE[author] }));
      const may = actor === author || (RANK[actor] >= 1 && RANK[actor] > RANK[author]);
      assert.equal(refusal, may ? undefined : "not-allowed", `${actor} removes what ${author} said`);
    }
  }
});

Deno.test("roles: owners make and unmake moderators and make owners, nobody raises themselves, the last owner stays", () => {
  const refusal = (actor: Who, target: Who, to: Role) => code(state(), draft(PEOPLE[actor], role(PEOPLE[target], to)));
  for (const actor of ["member", "moderator"] as const) {
    for (const to of ["owner", "moderator"] as const) {
      assert.equal(refusal(actor, "member", to), "not-allowed");
      assert.equal(refusal(actor, actor, to), "not-allowed");
    }
  }
  assert.equal(refusal("owner", "member", "moderator"), undefined);
  assert.equal(refusal("owner", "moderator", "member"), undefined);
  assert.equal(refusal("owner", "moderator", "owner"), undefined);
  assert.equal(refusal("owner", "otherOwner", "member"), "not-allowed");
  assert.equal(refusal("operator", "owner", "member"), undefined);
  assert.equal(refusal("owner", "owner", "member"), undefined);
  assert.equal(refusal("owner", "owner", "owner"), "nothing-to-do");
  const alone = state(role(PEOPLE.otherOwner, "member"));
  for (const actor of [PEOPLE.owner, OPERATOR]) {
    assert.equal(code(alone, draft(actor, role(PEOPLE.owner, "moderator"))), "last-owner");
  }
});

Deno.test("the one-time code makes an owner only while there is none", () => {
  const claim = draft(PEOPLE.member, { type: "claim", target: PEOPLE.member });
  assert.equal(code(UNMODERATED, claim), undefined);
  assert.equal(code(enact(UNMODERATED, { type: "claim", target: PEOPLE.other }), claim), "owner-code-invalid");
});

Deno.test("who may say something: not the muted, in a read-only room moderators, in slow mode everybody now and then", () => {
  const muted = state({ type: "mute", target: PEOPLE.member, until: NOW + 10, reason: "why" });
  const refusal = permission(muted, text(PEOPLE.member), { now: NOW, spoke: new Map() });
  assert.deepEqual(refusal, { code: "muted", until: NOW + 10, reason: "why" });
  assert.equal(code(muted, text(PEOPLE.member), new Map(), NOW + 10), undefined);
  assert.equal(code(muted, text(PEOPLE.other)), undefined);
  const readOnly = state({ type: "read-only", on: true });
  for (const who of everybody) {
    assert.equal(code(readOnly, text(PEOPLE[who])), RANK[who] >= 1 ? undefined : "read-only");
  }
  const slow = state({ type: "slow", seconds: 10 });
  const spoke = new Map([[1001, NOW - 4000], [1003, NOW - 1]]);
  assert.deepEqual(permission(slow, text(PEOPLE.member), { now: NOW, spoke }), { code: "slow-mode", retryAfter: 6000 });
  assert.equal(code(slow, text(PEOPLE.member), spoke, NOW + 6000), undefined);
  assert.equal(code(slow, text(PEOPLE.moderator), spoke), undefined);
});

Deno.test("whoever is banned or was kicked may not come in, speak or act; a muted owner may still act", () => {
  for (const [type, expected] of [["ban", "banned"], ["kick", "kicked"]] as const) {
    const out = state({ type, target: PEOPLE.moderator, until: NOW + 1 });
    assert.equal(code(out, text(PEOPLE.moderator)), expected);
    assert.equal(code(out, draft(PEOPLE.moderator, { type: "slow", seconds: 1 })), expected);
    assert.equal(entryRefusal(out, { account: 1003, address: "127.0.0.1", now: NOW })?.code, expected);
    assert.equal(entryRefusal(out, { account: 1003, address: "127.0.0.1", now: NOW + 1 }), undefined);
  }
  const muted = state({ type: "mute", target: PEOPLE.owner });
  assert.equal(code(muted, text(PEOPLE.owner)), "muted");
  assert.equal(code(muted, draft(PEOPLE.owner, { type: "slow", seconds: 1 })), undefined);
});

Deno.test("a banned range keeps members and newcomers out, however their address is written", () => {
  const out = state({ type: "ban-range", range: "203.0.113.0/24", until: NOW + 1 });
  const refusal = (account: number | undefined, address: string, now = NOW) =>
    entryRefusal(out, { ...(account === undefined ? {} : { account }), address, now })?.code;
  for (const address of ["203.0.113.0", "203.0.113.255", "::ffff:203.0.113.7", "::ffff:cb00:7107"]) {
    assert.equal(refusal(1001, address), "banned");
    assert.equal(refusal(undefined, address), "banned");
    assert.equal(refusal(1003, address), undefined);
  }
  for (const address of ["203.0.114.0", "::1", "not an address"]) assert.equal(refusal(1001, address), undefined);
  assert.equal(refusal(1001, "203.0.113.7", NOW + 1), undefined);
});
