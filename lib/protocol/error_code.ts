/**
 * Every error that a peer can be told: a stable code, and the sentence that goes with it where the place of the error has
 * nothing better to say. A code keeps its meaning for ever; sentences may change.
 */

export const ERROR_CODES = {
  // The connection
  "bad-frame": "The bytes are not frames of this protocol; the connection is closed.",
  "frame-too-large": "The frame is longer than this server accepts.",
  "frame-timeout": "A frame was begun and not finished in time; the connection is closed.",
  "hello-required": "The first message must be HELLO; the connection is closed.",
  "unsupported-version": "This server does not speak that version of the protocol; the connection is closed.",
  "tls-required": "This server speaks with you through TLS only; the connection is closed.",
  "tls-unavailable": "This server does not speak TLS; the connection is closed.",
  "unknown-message": "This server does not know that message; it was ignored.",
  "bad-message": "The message is not what its id says it is; it was ignored.",
  "unavailable": "The database cannot be reached at the moment; nothing was lost, try again shortly.",
  "busy": "The server has too much of this to do at the moment; try again shortly.",
  "internal-error": "The server made a mistake, which has been logged.",
  // What one peer may not do to the others
  "too-many-connections": "There are too many connections from this address; try again later.",
  "login-timeout": "Nobody logged in on this connection in time; it is closed.",
  "too-many-attempts": "There were too many wrong passwords; try again later.",
  "too-many-registrations": "Too many accounts were made from this address; try again later.",
  "slow-down": "That is more than one person may do in this time; go on in a moment.",
  "upload-limit": "That is more than one person may send in this time; send it later.",
  "quota-exceeded": "The files that are kept of this account would be more than one person may have.",
  // Accounts
  "login-required": "Log in first.",
  "already-logged-in": "This connection is logged in already; open another one for another account.",
  "wrong-credentials": "The account number or the password is wrong.",
  "token-invalid": "This device's token is unknown or has expired; log in with the password.",
  "unknown-device": "There is no such device; list them again.",
  "account-taken": "That account number belongs to somebody else; choose another one.",
  "accounts-full": "Every account number is taken.",
  "bad-account": "That is not an account number.",
  "bad-name": "That cannot be a display name.",
  "bad-password": "That cannot be a password.",
  // Rooms and posts
  "unknown-room": "There is no such room.",
  "already-joined": "This connection is in that room already.",
  "sequence-ahead": "The room has not reached that sequence number; join again from an earlier one.",
  "text-empty": "There is nothing in that text.",
  "text-too-long": "That text is longer than this server accepts; send it as a file, or in parts.",
  "bad-text": "That text is not valid Unicode.",
  "bad-search": "That cannot be searched for: it is empty, too long, or not valid Unicode.",
  "id-conflict": "Somebody else has used that id; make a new one.",
  // Keeping order
  "not-allowed": "That takes another role than yours.",
  "muted": "You are muted.",
  "banned": "You are banned.",
  "kicked": "You were sent out of the room; come back in a moment.",
  "read-only": "The room is read-only at the moment.",
  "slow-mode": "The room is in slow mode; wait a moment before you say more.",
  "last-owner": "That is the last owner; make somebody else an owner first.",
  "nothing-to-do": "That is so already.",
  "account-unknown": "There is no such account.",
  "post-unknown": "There is nothing of that number that could be removed.",
  "bad-range": "That is not an address range such as 203.0.113.0/24, or it is too large, or you are in it yourself.",
  "registration-closed": "New accounts are not made here; ask whoever runs this server.",
  "invite-required": "A new account takes an invitation here.",
  "invite-invalid": "That invitation is not known, has expired, or has been used up.",
  "owner-code-invalid": "That is not the owner's code, or there is an owner already.",
  // Files
  "file-unknown": "There is no such file.",
  "file-empty": "An empty file cannot be sent.",
  "file-too-large": "That file is larger than this server accepts.",
  "bad-file-name": "That cannot be a file's name.",
  "not-an-image": "That is not a PNG, JPEG, GIF, WebP or BMP picture; send it as a file.",
  "stream-in-use": "That stream number has a transfer already; choose another one.",
  "too-many-transfers": "This connection has too many transfers under way; let one of them finish.",
  "unknown-stream": "There is no transfer on that stream.",
  "bad-offset": "The transfer cannot go on from there.",
  "checksum-mismatch": "The file arrived damaged; send it again.",
  "transfer-superseded": "The same file is being sent from another connection, which goes on with it.",
  "transfer-idle":
    "Nothing was sent or acknowledged for too long; what had arrived is kept, go on with it when you can.",
  "disk-full": "The server has no room left for this; what had arrived is kept.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
