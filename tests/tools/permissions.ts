/** What the programs may do: they are compiled with it, and given the same where they run from source. */
const BOTH = ["--allow-net", "--allow-read", "--allow-write", "--allow-env"] as const;

/** Of the system, only how much room a disk has, and how urgent a thread is. */
export const SERVER_PERMISSIONS: readonly string[] = [...BOTH, "--allow-sys=statfs,setPriority"];

/** What /open runs, and nothing else. */
export const CLIENT_PERMISSIONS: readonly string[] = [...BOTH, "--allow-run=xdg-open,open"];
