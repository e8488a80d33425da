/** A server in which people of the old client have accounts already. */
import { join } from "node:path";
import { LEGACY_PATIENCE, type LegacyPatience } from "../../lib/server/legacy/legacy_patience.ts";
import { type QtPerson, seedQt } from "./qt_client.ts";
import { serve, type ServeOptions, temporaryFolder, type TestServer } from "./server.ts";

export interface QtServeOptions extends ServeOptions {
  readonly people?: readonly QtPerson[];
  readonly legacy?: Partial<LegacyPatience>;
}

export async function serveQt({ people, legacy, ...options }: QtServeOptions = {}): Promise<TestServer> {
  await using stack = new AsyncDisposableStack();
  const dataDir = options.dataDir ?? temporaryFolder(stack);
  await seedQt(join(dataDir, "chat.sqlite"), people);
  const patience = { ...options.patience, legacy: { ...LEGACY_PATIENCE, ...legacy } };
  const server = await serve({ ...options, dataDir, patience });
  const owned = stack.move();
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await owned.disposeAsync();
    },
  };
}
