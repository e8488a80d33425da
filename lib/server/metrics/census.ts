/** Who is connected, counted over all connections at one moment. */
import type { Account } from "../../chat/types.ts";

/** Connections of one dialect: those that are logged in, and those that are not. */
export interface Connected {
  readonly users: number;
  readonly visitors: number;
}

export interface Census {
  readonly modern: Connected;
  /** Each person on the old client has two. */
  readonly legacy: Connected;
  /** Different accounts among them. */
  readonly people: number;
  readonly uploads: number;
  readonly downloads: number;
}

interface Counted {
  readonly account: Account | undefined;
  readonly connection: { readonly isOpen: boolean };
}

interface Transferring extends Counted {
  readonly transferring: { readonly uploads: number; readonly downloads: number };
}

export function takeCensus(modern: readonly Transferring[], legacy: readonly Counted[]): Census {
  const people = new Set([...modern, ...legacy].flatMap(({ account }) => account ? [account.account] : []));
  let uploads = 0, downloads = 0;
  for (const { transferring } of modern) {
    uploads += transferring.uploads;
    downloads += transferring.downloads;
  }
  return { modern: connected(modern), legacy: connected(legacy), people: people.size, uploads, downloads };
}

function connected(sessions: readonly Counted[]): Connected {
  const open = sessions.filter(({ connection }) => connection.isOpen);
  const users = open.filter(({ account }) => account).length;
  return { users, visitors: open.length - users };
}
