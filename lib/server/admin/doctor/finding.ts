/** What a check of the set-up found: one sentence that says how it is, and, where it is not fine, one that says how to mend it. */
import type { Row } from "../admin_protocol.ts";
import type { Config } from "../../config/options.ts";

export type Finding =
  | { readonly check: string; readonly state: "fine"; readonly message: string }
  | {
    readonly check: string;
    /** `warning`: the server runs all the same. */
    readonly state: "warning" | "wrong";
    readonly message: string;
    readonly remedy: string;
  };

/** What is checked. */
export interface Patient {
  readonly config: Config;
  /** What the server that runs on the data says of itself, if one does. */
  readonly running: Row | undefined;
  /** The name that people connect to, where it was told. */
  readonly name: string | undefined;
}

export type Check = (patient: Patient) => Promise<readonly Finding[]> | readonly Finding[];

/** Findings of one check. */
export const findingsOf = (check: string) => ({
  fine: (message: string): Finding => ({ check, state: "fine", message }),
  warning: (message: string, remedy: string): Finding => ({ check, state: "warning", message, remedy }),
  wrong: (message: string, remedy: string): Finding => ({ check, state: "wrong", message, remedy }),
});

/** The system's words without its number. */
export const plainReason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/ \(os error \d+\).*$/s, "");
