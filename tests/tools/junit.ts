/** Reads what this project needs of the JUnit report that `deno test --junit-path` writes. */

export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly { readonly file: string; readonly name: string }[];
}

/** Counts tests and steps alike. An empty report, as a run that broke down leaves it, counts nothing. */
export function readReport(xml: string): Report {
  const cases = [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^>]*>\s*(<skipped|<failure|<error)?/g)]
    .map(([, name = "", file = "", outcome]) => ({ name: unescape(name), file: unescape(file), outcome }));
  return {
    passed: cases.filter(({ outcome }) => outcome === undefined).length,
    failed: cases.filter(({ outcome }) => outcome === "<failure" || outcome === "<error").length,
    skipped: cases.filter(({ outcome }) => outcome === "<skipped").map(({ file, name }) => ({ file, name })),
  };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescape(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
