import assert from "node:assert/strict";
import config from "../../deno.json" with { type: "json" };
import { VERSION } from "../../lib/chat/version.ts";

Deno.test("the programs have the project's version", () => assert.equal(VERSION, config.version));
