/** What every command for scripts can be told. */
export type Common = {
  readonly server?: string | undefined;
  readonly account?: string | undefined;
  readonly json?: true | undefined;
  readonly plaintext?: true | undefined;
  readonly ca?: string | undefined;
};
