/** The limits on what one address and one person may do, a part of the table in `options.ts`. A rate is a burst as well. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { type AddressRanges, parseRanges } from "../../net/address_ranges.ts";
import { reasonOf } from "../log.ts";
import { option, type OptionSpec, size, wholeNumber } from "../config/option_kinds.ts";
import { parseDuration, parseRate, type Rate } from "./rate.ts";

const GIB = 1024 ** 3;

/** All of them change by a reload. */
export const LIMIT_OPTIONS = {
  trust: ranges({
    what:
      "addresses that no limit below holds for: `none`, `loopback`, `private`, ranges as `192.0.2.0/24`, with commas between",
    preset: "loopback",
  }),
  trustProxy: ranges({
    what:
      "proxies that say whose connection it is by the PROXY protocol, version 1 or 2, and from which nothing else is taken",
    preset: "none",
  }),
  maxConnections: wholeNumber({ what: "connections in all", preset: 20_000, min: 1, max: 1_000_000, live: true }),
  maxPerAddress: wholeNumber({ what: "connections from one address", preset: 128, min: 1, max: 1_000_000, live: true }),
  connectRate: rate({ what: "new connections from one address", preset: "128/1m" }),
  visitorTime: duration({ what: "time to log in, or for a message of somebody who has not", preset: "1m" }),
  guessRate: rate({ what: "wrong passwords from one address", preset: "60/10m" }),
  accountGuessRate: rate({
    what: "wrong passwords for one account, from addresses at which it has not logged in lately",
    preset: "30/1h",
  }),
  guessDelay: duration({
    what:
      "longest wait for one account at one address; it begins at 1 s and doubles with each wrong password from the fourth on",
    preset: "15m",
  }),
  registerRate: rate({ what: "registrations from one address", preset: "40/1h" }),
  joinRate: rate({ what: "one person's entrances into the room", preset: "60/1m" }),
  postRate: rate({ what: "one person's messages, files included", preset: "100/20s" }),
  postBytesRate: rate({ what: "bytes of one person's messages", preset: "2M/1m" }),
  lookupRate: rate({ what: "one person's searches and pages of history", preset: "600/1m" }),
  uploadRate: rate({ what: "bytes of files that one person sends", preset: "5G/1d" }),
  quota: size({
    what: "bytes of one person's files that are kept",
    preset: 20 * GIB,
    shown: "20G",
    max: 2 ** 50,
    live: true,
  }),
} as const;

function rate({ what, preset }: { readonly what: string; readonly preset: string }): OptionSpec<Rate> {
  return option({ value: "<rate>", what, preset: parsedRate(preset), shown: preset, parse: parsedRate, live: true });
}

function parsedRate(text: string): Rate {
  const found = parseRate(text);
  if (!found) throw new InvalidArgumentError("A rate is written like 100/20s, 2M/1m, 40/1h, or it is off.");
  return found;
}

function duration({ what, preset }: { readonly what: string; readonly preset: string }): OptionSpec<number> {
  return option({
    value: "<time>",
    what,
    preset: parsedDuration(preset),
    shown: preset,
    parse: parsedDuration,
    live: true,
  });
}

function parsedDuration(text: string): number {
  const found = parseDuration(text);
  if (found === undefined) throw new InvalidArgumentError("A time is written like 90s, 5m, 2h or 1d.");
  return found;
}

function ranges({ what, preset }: { readonly what: string; readonly preset: string }): OptionSpec<AddressRanges> {
  return option({
    value: "<ranges>",
    what,
    preset: parsedRanges(preset),
    shown: preset,
    parse: parsedRanges,
    live: true,
  });
}

function parsedRanges(text: string): AddressRanges {
  try {
    return parseRanges(text);
  } catch (error) {
    throw new InvalidArgumentError(`${reasonOf(error)}.`);
  }
}
