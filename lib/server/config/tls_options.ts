/** What the server can be told of encryption. */
import { join } from "node:path";
import { choice, notEmpty, option } from "./option_kinds.ts";
import { PLAINTEXT } from "../tls/plaintext.ts";

export const TLS_OPTIONS = {
  tls: choice({
    value: "<mode>",
    what: "`auto` speaks TLS with whoever begins with it, `off` with nobody",
    preset: "auto",
    choices: ["auto", "off"],
  }),
  tlsCert: option<string>({
    value: "<file>",
    what: "certificate, followed by those that lead to its authority; PEM",
    preset: ({ dataDir }) => join(dataDir, "tls", "cert.pem"),
    shown: "`tls/cert.pem` in the folder",
    parse: notEmpty,
    live: true,
  }),
  tlsKey: option<string>({
    value: "<file>",
    what: "its key; PEM. The first start makes both where neither is named",
    preset: ({ dataDir }) => join(dataDir, "tls", "key.pem"),
    shown: "`tls/key.pem` in the folder",
    parse: notEmpty,
    live: true,
  }),
  plaintext: choice({
    value: "<whom>",
    what: "who may speak without TLS: `never` anybody, `private` this machine and private networks, `any` everybody",
    preset: "private",
    choices: PLAINTEXT,
    live: true,
  }),
} as const;
