/**
 * The import table and the purity of the pure folders, as a plugin of `deno lint`: a breach shows in the editor, fails
 * `deno lint`, and fails `deno task layers`, which runs these two rules alone.
 *
 * - `layers/imports`: a folder under lib/ imports only what the table allows it, and everything from outside is a
 *   `node:` module or a name that deno.json pins.
 * - `layers/pure`: what is pure has no IO, clock, chance or waiting; the terminal folder touches the terminal alone.
 */
import { pathToFileURL } from "node:url";
import config from "../../deno.json" with { type: "json" };

/** For each folder of lib/, and each program beside it, what else of ours it may import. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  chat: [],
  terminal: [],
  protocol: ["chat"],
  store: ["chat"],
  files: ["chat"],
  net: ["protocol"],
  server: ["chat", "protocol", "store", "files", "net"],
  client: ["chat", "protocol", "files", "net", "terminal"],
  // The programs alone know the version, which stands in deno.json.
  "server.ts": ["server", "deno.json"],
  "client.ts": ["client", "deno.json"],
  "deno.json": [],
};

const PURE = ["chat", "protocol"];

/** Globals that reach outside or into the future. */
const IMPURE = new Set(
  ("Deno process globalThis console fetch WebSocket Worker crypto performance Promise setTimeout setInterval " +
    "clearTimeout clearInterval setImmediate queueMicrotask").split(" "),
);

/** All that the terminal folder may use of Deno. */
const TTY = new Set(
  "stdin stdout stderr consoleSize addSignalListener removeSignalListener Signal build errors".split(" "),
);

const root = new URL("../../", import.meta.url).href;

/** Which row of the table a file belongs to: `chat` for lib/chat/room.ts, `server.ts` for itself. */
function place(url: string): string | undefined {
  if (!url.startsWith(root)) return undefined;
  const path = url.slice(root.length);
  const inLib = /^lib\/([^/]+)\//.exec(path)?.[1];
  return inLib ?? (path in TABLE ? path : undefined);
}

/** Why the file at `url` may not import `specifier`, if it may not. */
function breach(url: string, specifier: string): string | undefined {
  const from = place(url);
  if (specifier.startsWith("node:")) {
    return from !== undefined && PURE.includes(from) ? `lib/${from} is pure: it imports no ${specifier}` : undefined;
  }
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) {
    const pinned = Object.keys(config.imports).some((name) => specifier === name || specifier.startsWith(`${name}/`));
    return pinned ? undefined : `"${specifier}" is not among the imports of deno.json`;
  }
  if (from === undefined) return undefined;
  const target = new URL(specifier, url).href;
  const to = place(target);
  if (to === from) return undefined;
  if (to !== undefined && TABLE[from]?.includes(to)) return undefined;
  const allowed = TABLE[from]?.map((to) => to.includes(".") ? to : `lib/${to}`).join(", ") || "nothing of ours";
  return `${target.replace(root, "")} is out of bounds here: ${from} may import ${allowed}`;
}

const imports: Deno.lint.Rule = {
  create(context) {
    const url = pathToFileURL(context.filename).href;
    const check = (node: Deno.lint.Node | null) => {
      if (node?.type !== "Literal" || typeof node.value !== "string") return;
      const message = breach(url, node.value);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: ({ argument }) => check(argument.type === "TSLiteralType" ? argument.literal : null),
      // Workers and files beside the code: new URL("./worker.ts", import.meta.url)
      NewExpression(node) {
        const [first, base] = node.arguments;
        const isUrl = node.callee.type === "Identifier" && node.callee.name === "URL";
        if (isUrl && first && base && context.sourceCode.getText(base) === "import.meta.url") check(first);
      },
    };
  },
};

/** Whether an identifier is only a key, as in `{ fetch: 1 }` or `cache.fetch`, and names nothing from outside. */
function isKey(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  const same = (other: Deno.lint.Node) => other.range[0] === node.range[0] && other.range[1] === node.range[1];
  if (parent.type === "MemberExpression") return !parent.computed && same(parent.property);
  if (parent.type === "Property") return !parent.computed && !parent.shorthand && same(parent.key);
  if (parent.type === "TSPropertySignature" || parent.type === "TSMethodSignature") return same(parent.key);
  return parent.type === "PropertyDefinition" || parent.type === "MethodDefinition" ? same(parent.key) : false;
}

const pure: Deno.lint.Rule = {
  create(context) {
    const here = place(pathToFileURL(context.filename).href);
    if (here === "terminal") {
      return {
        Identifier(node) {
          if (node.name !== "Deno" || isKey(node)) return;
          const used = /^Deno\.(\w+)/.exec(context.sourceCode.getText(node.parent))?.[1];
          if (used !== undefined && TTY.has(used)) return;
          context.report({ node, message: "lib/terminal does no IO but the terminal's" });
        },
      };
    }
    if (here === undefined || !PURE.includes(here)) return {};
    const refuse = (node: Deno.lint.Node, what: string) =>
      context.report({ node, message: `lib/${here} is pure: no ${what} here; let the caller pass the value in` });
    const refuseAsync = (node: Deno.lint.Node & { readonly async: boolean }) => {
      if (node.async) refuse(node, "async function");
    };
    return {
      Identifier(node) {
        if (IMPURE.has(node.name) && !isKey(node)) refuse(node, node.name);
      },
      MemberExpression(node) {
        const text = context.sourceCode.getText(node);
        if (text === "Date.now" || text === "Math.random") refuse(node, text);
      },
      NewExpression(node) {
        if (/^new Date(\(\s*\))?$/.test(context.sourceCode.getText(node))) refuse(node, "clock");
      },
      AwaitExpression: (node) => refuse(node, "await"),
      ForOfStatement(node) {
        if (node.await) refuse(node, "for await");
      },
      FunctionDeclaration: refuseAsync,
      FunctionExpression: refuseAsync,
      ArrowFunctionExpression: refuseAsync,
    };
  },
};

/** Deno takes a lint plugin as a default export, the only one of this code base. */
export default { name: "layers", rules: { imports, pure } } satisfies Deno.lint.Plugin;
