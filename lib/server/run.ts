/** A server from its configuration to its end: open what is needed, accept, and close it all in turn. */
import { join } from "node:path";
import { BlobFolder } from "../files/blobs.ts";
import { formatAddress } from "../net/format_address.ts";
import { acceptAll } from "../net/accept.ts";
import { addressOf, listen } from "../net/listen.ts";
import type { StoreState } from "../store/availability.ts";
import { openStore } from "../store/open.ts";
import { createPasswordHasher } from "../store/password.ts";
import { type AdminContext, answerAdmin } from "./admin/admin_commands.ts";
import { AdminSocket, refuseSecondServer } from "./admin/admin_socket.ts";
import { Admission, PATIENCE, type Patience } from "./admission.ts";
import { followFrom } from "./moderation/consequences.ts";
import { DescriptorReserve, isOutOfDescriptors } from "./descriptors.ts";
import { Guard } from "./limits/guard.ts";
import { Turns } from "../net/turns.ts";
import { explained } from "./explained.ts";
import { Housekeeping, INTERVALS, type Intervals } from "./housekeeping.ts";
import { type Log, reasonOf } from "./log.ts";
import { LoopDelay } from "./metrics/loop_delay.ts";
import { meteredStore } from "./metrics/metered_store.ts";
import { Metrics } from "./metrics/metrics.ts";
import { openMonitoring, type Stage } from "./metrics/monitoring.ts";
import type { LiveRoomOptions } from "./live_room.ts";
import { offerOwnerCode } from "./moderation/owner_code.ts";
import { People } from "./access/people.ts";
import { Reloader, type ReloaderOptions } from "./config/reload.ts";
import { Rooms } from "./rooms.ts";
import { Searches } from "./search.ts";
import { memberLimit } from "./session.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./config/settings.ts";
import { takeSnapshot } from "./metrics/snapshot.ts";
import { askToHandOver, whenFree } from "./admin/take_over.ts";
import { Tls } from "./tls/tls.ts";
import { UploadRegistry } from "./upload_registry.ts";

export interface RunningServer {
  /** The address that it accepts connections on. */
  readonly address: Deno.NetAddr;
  /** Resolves with the reason when something has crashed without which there is nothing to serve. */
  readonly failed: Promise<string>;
  /** Resolves when another server has asked to take this one's place. */
  readonly replaced: Promise<undefined>;
  /** Reads the configuration again; the log says what came of it. */
  reload(): Promise<void>;
  /** SHA-256 of the certificate, unless TLS is off. */
  readonly fingerprint: string | undefined;
  /** Stops accepting, tells everybody, stores what was taken, and closes. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly version: string;
  readonly log: Log;
  /** How the configuration was told, and can be read again; without it there is no reload. */
  readonly configuration?: Pick<ReloaderOptions, "texts" | "reread">;
  /** Shown the code that makes the first owner, where there is none. */
  readonly announce?: (code: string) => void;
  /** Takes the place of the server that runs on the same data, instead of being refused. */
  readonly takeOver?: boolean;
  readonly patience?: Partial<Patience>;
  readonly intervals?: Partial<Intervals>;
}

/** Starts a server in this process. Rejects when the folder, the database or the address cannot be used. */
export async function startServer(settings: Settings, options: ServerOptions): Promise<RunningServer> {
  const { config } = settings;
  const { log, patience = {}, intervals = {}, version, takeOver = false } = options;
  const started = Date.now();
  if (!takeOver) await refuseSecondServer(config.dataDir);
  // Monitors are answered until the very end.
  await using monitors = new AsyncDisposableStack();
  await using stack = new AsyncDisposableStack();
  const metrics = new Metrics();
  const stage: Stage = { at: "starting" };
  stack.use(new LoopDelay(metrics.loopDelaySeconds));
  const blobs = await explained(
    async () => {
      await Deno.mkdir(config.dataDir, { recursive: true, mode: 0o700 });
      return {
        image: await BlobFolder.open(join(config.dataDir, "image")),
        file: await BlobFolder.open(join(config.dataDir, "file")),
      };
    },
    { what: `use the data folder ${config.dataDir}`, remedy: "Name another one with --data-dir" },
  );
  using listening = new DisposableStack();
  const listeners = listening.adopt(
    await explained(() => listen({ hostname: config.host, port: config.port }, { beside: takeOver }), {
      what: `listen on ${formatAddress(config)}`,
      remedy: "Choose another address with --host and --port, or stop what is using this one",
    }),
    (opened) => opened.forEach((listener) => listener.close()),
  );
  const failed = Promise.withResolvers<string>();
  const replaced = Promise.withResolvers<undefined>();
  let successor = false;
  const open = () =>
    openStore(config.database, {
      durability: config.durability,
      alone: true,
      onCrash: failed.resolve,
      onState: (state) => tellState(state, { log, metrics }),
    });
  const reserve = stack.use(new DescriptorReserve(config.dataDir));
  const refused = (error: unknown, waitMs: number) => {
    log("accept-failed", { reason: reasonOf(error), waitMs });
    if (!isOutOfDescriptors(error)) return;
    reserve.release();
    admission.limitToFewer();
  };
  const waits = { ...PATIENCE, ...patience }, every = { ...INTERVALS, ...intervals };
  const tls = config.tls === "off" ? undefined : stack.adopt(
    await explained(
      () => Tls.open(config, { lookMs: every.certificate, handshakeMs: waits.handshake, log, failed: refused }),
      {
        what: `use the certificate ${config.tlsCert} with the key ${config.tlsKey}`,
        remedy: "Name others with --tls-cert and --tls-key, or remove both to have new ones made",
      },
    ),
    (opened) => opened.close(),
  );
  // Whatever else a start may fail by has been done by now.
  if (takeOver) await askToHandOver(config.dataDir, log);
  const opened = stack.adopt(await (takeOver ? whenFree(open) : open()), (opened) => opened.close());
  const store = meteredStore(opened, metrics.database);
  const passwords = createPasswordHasher();
  const people = new People();
  const acted: LiveRoomOptions["acted"] = (post, room) => followFrom(post, { room, people });
  const rooms = stack.adopt(
    new Rooms(store, { capacity: config.ring, log, metrics, acted }),
    (opened) => opened.settled(),
  );
  const services: Services = {
    store,
    passwords,
    rooms,
    people,
    registration: config.registration,
    blobs,
    uploads: new UploadRegistry(),
    searches: new Searches(store),
    log,
    guard: new Guard(config),
    arrivals: new Turns(),
    metrics,
    get limits() {
      return settings.limits;
    },
    memberLimit: memberLimit(() => settings.limits.text),
    get motd() {
      return settings.config.motd;
    },
    name: `chat-server/${version}`,
  };
  const keeping = { retention: () => settings.config.retain, intervals: every };
  stack.adopt(new Housekeeping(services, keeping), (opened) => opened.close());
  const admission = stack.adopt(
    new Admission(services, {
      patience: waits,
      tls,
      plaintext: () => settings.config.plaintext,
      trust: () => settings.config,
    }),
    (opened) => opened.close({ successor }),
  );
  // Before the sessions, which would otherwise wait for every password in the line.
  stack.defer(() => passwords.close());
  if (config.metrics) {
    const snapshot = () => takeSnapshot(services, admission);
    const monitored = {
      address: config.metrics,
      beside: takeOver,
      version,
      log,
      metrics,
      stage,
      store: opened,
      snapshot,
    };
    const monitoring = await openMonitoring(monitored);
    monitors.defer(() => monitoring.close());
  }
  const accepting = acceptAll(listeners, {
    accepted: (socket) => admission.admit(socket, socket.remoteAddr.hostname),
    failed: refused,
  });
  const bound = addressOf(listeners);
  const address = formatAddress(hostPort(bound));
  const reloader = options.configuration &&
    new Reloader({
      ...options.configuration,
      settings,
      log,
      apply: async (next) => {
        await tls?.reload(next);
        services.guard.adjust(next);
      },
    });
  const handOver = () => {
    successor = true;
    log("handing-over");
    // Once it has been answered.
    setTimeout(() => replaced.resolve(undefined), 0);
  };
  const context: AdminContext = { services, admission, tls, settings, reloader, version, address, started, handOver };
  stack.adopt(await openAdmin(config.dataDir, context), (opened) => opened?.[Symbol.asyncDispose]());
  const ending = new AbortController();
  const { announce = () => {} } = options;
  const offering = offerOwnerCode(services, { announce, signal: ending.signal })
    .catch((error) => log("owner-code-failed", { reason: reasonOf(error) }));
  stack.defer(() => {
    ending.abort();
    return offering;
  });
  const [owned, ports, watched] = [stack.move(), listening.move(), monitors.move()];
  stage.at = "serving";
  log("listening", { address, data: config.dataDir });
  return {
    address: bound,
    reload: async () => void await reloader?.reload().catch(() => {}),
    failed: failed.promise,
    fingerprint: tls?.fingerprint,
    replaced: replaced.promise,
    close: async () => {
      stage.at = "draining";
      ports.dispose();
      await owned.disposeAsync();
      await accepting;
      await watched.disposeAsync();
    },
  };
}

function tellState({ available, reason }: StoreState, { log, metrics }: Pick<Services, "log" | "metrics">): void {
  metrics.database.available = available;
  if (available) return log("database-available");
  metrics.database.outages++;
  log("database-unavailable", { reason });
}

/** A server that cannot be asked is better than none. */
async function openAdmin(folder: string, context: AdminContext): Promise<AdminSocket | undefined> {
  const { log } = context.services;
  try {
    return await AdminSocket.open(folder, { answer: (request) => answerAdmin(context, request), log });
  } catch (error) {
    log("admin-unavailable", { reason: reasonOf(error) });
    return undefined;
  }
}

export const hostPort = ({ hostname, port }: Deno.NetAddr) => ({ host: hostname, port });
