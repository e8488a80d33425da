/** Whether the server can listen where it is to, or does already. */
import { formatAddress } from "../../../net/format_address.ts";
import { type Finding, findingsOf, type Patient, plainReason } from "./finding.ts";

const { fine, wrong } = findingsOf("port");

export function checkPort({ config: { host, port }, running }: Patient): readonly Finding[] {
  const address = formatAddress({ host, port });
  const ours = typeof running?.address === "string" ? running.address : undefined;
  try {
    Deno.listen({ hostname: host, port }).close();
  } catch (error) {
    const taken = error instanceof Deno.errors.AddrInUse;
    if (taken && ours?.endsWith(`:${port}`)) return [fine(`Our server is listening on ${ours}.`)];
    return [wrong(`The server cannot listen on ${address}: ${plainReason(error)}.`, remedy(error, port))];
  }
  // A port that was picked at the start may be another one now.
  if (ours !== undefined) return [fine(`Our server is listening on ${ours}; ${address} is free for the next one.`)];
  return [fine(`${address} is free.`)];
}

function remedy(error: unknown, port: number): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `Stop what listens there (ss -ltnp sport = :${port} names it), or choose another port with --port.`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "Ports below 1024 take a right (CAP_NET_BIND_SERVICE): give it, or choose another port with --port.";
  }
  return "Name an address of this machine with --host, or 0.0.0.0 for all of them.";
}
