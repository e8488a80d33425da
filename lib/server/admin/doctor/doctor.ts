/** `chat-server doctor`: looks at all that a server needs, and says what is wrong and how to mend it. It changes nothing. */
import { visibleJson } from "../../../chat/visible_json.ts";
import { askServer } from "../admin_client.ts";
import type { Row } from "../admin_protocol.ts";
import { EXIT } from "../ask_task.ts";
import type { Config } from "../../config/options.ts";
import type { Printer } from "../../config/task.ts";
import { checkCertificate } from "./certificate.ts";
import { checkDatabase } from "./database.ts";
import { type Check, type Finding, findingsOf, plainReason } from "./finding.ts";
import { checkFolders } from "./folders.ts";
import { checkClock, checkDescriptors, checkDisk } from "./machine.ts";
import { checkPort } from "./port.ts";

const CHECKS: readonly (readonly [string, Check])[] = [
  ["folders", checkFolders],
  ["port", checkPort],
  ["database", checkDatabase],
  ["certificate", checkCertificate],
  ["descriptors", checkDescriptors],
  ["disk", checkDisk],
  ["clock", checkClock],
];

export interface DoctorOptions extends Printer {
  /** One JSON object a finding. */
  readonly json: boolean;
}

export interface Looking extends DoctorOptions {
  /** The name that people connect to, for the certificate. */
  readonly name?: string | undefined;
}

/** Resolves with the exit code: 0 when nothing is wrong, 1 when something is. Warnings alone are no failure. */
export async function runDoctor(config: Config, options: Looking): Promise<number> {
  const patient = { config, running: await statusOf(config.dataDir), name: options.name };
  const findings: Finding[] = [findingsOf("configuration").fine("The configuration is right.")];
  for (const [name, check] of CHECKS) {
    try {
      findings.push(...await check(patient));
    } catch (error) {
      findings.push(
        findingsOf(name).warning(`It could not be looked at: ${plainReason(error)}.`, "Look at it yourself."),
      );
    }
  }
  return report(findings, options);
}

/** A configuration that cannot be read is all that is to be said. */
export function reportUnreadable(reason: string, options: DoctorOptions): number {
  const { wrong } = findingsOf("configuration");
  return report([wrong(reason, "Mend that line; the options stand in chat-server --help.")], options);
}

function report(findings: readonly Finding[], { print, json }: DoctorOptions): number {
  for (const finding of findings) for (const line of json ? [visibleJson(finding)] : inWords(finding)) print(line);
  return findings.some(({ state }) => state === "wrong") ? EXIT.failed : EXIT.done;
}

function inWords(finding: Finding): readonly string[] {
  const { check, state, message } = finding;
  const first = `${state.padEnd(7)}  ${check.padEnd(13)}  ${message}`;
  return state === "fine" ? [first] : [first, `${" ".repeat(9)}${"to mend it:".padEnd(13)}  ${finding.remedy}`];
}

async function statusOf(dataDir: string): Promise<Row | undefined> {
  try {
    for await (const row of askServer(dataDir, { command: "status" })) return row;
  } catch { /* None runs there, which is no fault. */ }
  return undefined;
}
