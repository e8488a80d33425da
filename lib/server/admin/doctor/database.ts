/** The database: reachable, ours to use, of our version, and at one with our clock. */
import { inspectMysql } from "../../../store/inspect_mysql.ts";
import { inspectSqlite } from "../../../store/inspect_sqlite.ts";
import { formatSize } from "../../../files/size.ts";
import { type Finding, findingsOf, type Patient, plainReason } from "./finding.ts";

const { fine, warning, wrong } = findingsOf("database");

/** What a batch of posts takes, with room to spare. */
const LEAST_PACKET = 16 * 2 ** 20;
/** Milliseconds between two clocks that nobody minds. */
const TOLERATED_MS = 5000;

export async function checkDatabase({ config: { database } }: Patient): Promise<readonly Finding[]> {
  const file = /^sqlite:(.+)$/s.exec(database)?.[1];
  return file === undefined ? await checkMysql(database) : checkSqlite(file);
}

function checkSqlite(file: string): readonly Finding[] {
  let state;
  try {
    state = inspectSqlite(file);
  } catch (error) {
    return [
      wrong(
        `${file} cannot be read as a database: ${plainReason(error)}.`,
        "Name another file with --database, or put a backup in its place.",
      ),
    ];
  }
  if (!state) return [fine(`${file} is made at the first start.`)];
  if (state.tables > state.known) return [newer(state)];
  if (state.lastAt !== undefined && state.lastAt > Date.now() + TOLERATED_MS) {
    return [
      wrong(
        `The last message was made at ${new Date(state.lastAt).toISOString()}, which is still to come.`,
        "Set the clock right (timedatectl); it has been set back.",
      ),
    ];
  }
  return [fine(`${file} has tables of version ${state.tables}${coming(state)}.`)];
}

async function checkMysql(url: string): Promise<readonly Finding[]> {
  let state;
  try {
    state = await inspectMysql(url);
  } catch (error) {
    const remedy = "Start the database, or set --database right; the server waits for it meanwhile.";
    return [wrong(`The database cannot be used: ${plainReason(error).replace(/[.?]?$/, (end) => end || ".")}`, remedy)];
  }
  const { database, exists, missing, narrow, server, ahead, packet } = state;
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const what = exists ? "use" : "make";
    findings.push(
      wrong(
        `The user may not ${what} the database ${database} as the server does: ${missing.join(", ")} is missing.`,
        `As the database's administrator: GRANT ${missing.join(", ")} ON \`${database}\`.* TO that user.`,
      ),
    );
  }
  if (narrow.length > 0) {
    findings.push(
      wrong(
        `${narrow.join(", ")} cannot hold every character: not utf8mb4.`,
        `ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin for each of them.`,
      ),
    );
  }
  if (state.tables > state.known) findings.push(newer(state));
  if (isOld(server)) {
    findings.push(
      warning(
        `The database is ${server}, which is older than any that was tried.`,
        "Use MariaDB 10.6, MySQL 8.0, or newer.",
      ),
    );
  }
  if (packet < LEAST_PACKET) {
    findings.push(
      warning(
        `One statement may have ${formatSize(packet)} only.`,
        `Set max_allowed_packet to ${formatSize(LEAST_PACKET)} or more.`,
      ),
    );
  }
  if (Math.abs(ahead) > TOLERATED_MS) {
    findings.push(
      warning(
        `The database's clock is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? "ahead of" : "behind"} ours.`,
        "Let both be set by NTP.",
      ),
    );
  }
  if (findings.length > 0) return findings;
  const where = exists ? `has tables of version ${state.tables}${coming(state)}` : "is made at the first start";
  return [fine(`${database} on ${server} ${where}; the user may do all that is needed.`)];
}

interface Versions {
  readonly tables: number;
  readonly known: number;
}

const newer = ({ tables, known }: Versions): Finding =>
  wrong(`Its tables have version ${tables}, and this server knows ${known}.`, "Run the newer server that has used it.");

const coming = ({ tables, known }: Versions): string => tables < known ? `, and ${known} after the next start` : "";

function isOld(server: string): boolean {
  const [major = 0, minor = 0] = server.split(/[.-]/).map(Number);
  return /mariadb/i.test(server) ? major < 10 || (major === 10 && minor < 6) : major < 8;
}
