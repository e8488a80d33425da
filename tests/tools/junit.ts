/** Reads what this project needs of the JUnit report that `deno test --junit-path` writes. */

export interface TestName {
  readonly file: string;
  readonly name: string;
}

export interface Report {
  readonly passed: number;
  /** With what was thrown, in its first lines. */
  readonly failed: readonly (TestName & { readonly reason: string })[];
  readonly skipped: readonly TestName[];
}

const TEST =
  /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*(?:<(skipped|failure|error)(?: message="([^"]*)")?)?/g;
const REASON_LINES = 20;

/** Counts tests and steps alike. An empty report, as a run that broke down leaves it, counts nothing. */
export function readReport(xml: string): Report {
  const cases = [...xml.matchAll(TEST)].map(([, name = "", file = "", outcome, message = ""]) => {
    const reason = unescape(message).split("\n").slice(0, REASON_LINES).join("\n");
    return { name: unescape(name), file: unescape(file), outcome, reason };
  });
  return {
    passed: cases.filter(({ outcome }) => outcome === undefined).length,
    failed: cases.filter(({ outcome }) => outcome === "failure" || outcome === "error"),
    skipped: cases.filter(({ outcome }) => outcome === "skipped"),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
