/** Every size that the protocol fixes, in bytes unless the name says otherwise. What a server may choose is in WELCOME. */

/** The frame header. */
export const HEADER_BYTES = 8;

/** The version of the modern dialect that this code speaks. */
export const PROTOCOL_VERSION = 1;

/** A control frame before login: room for a HELLO, a REGISTER or a LOGIN and nothing more. */
export const MAX_GREETING_BYTES = 16 * 1024;

/** A text of so many bytes is accepted unless the server was told otherwise. */
export const DEFAULT_MAX_TEXT_BYTES = 64 * 1024;

/** The largest `--max-text`: with it a post still fits a MEDIUMTEXT column and its event a segment of the room's log. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** A file of so many bytes is accepted unless the server was told otherwise. */
export const DEFAULT_MAX_FILE_BYTES = 1024 * 1024 * 1024;

/** JSON spells one control character in six bytes (`\u0007`), and a few hundred bytes stand around the text. */
export const controlBytesFor = (maxText: number): number => MAX_GREETING_BYTES + 6 * maxText;

/** A transfer frame's payload. */
export const MAX_CHUNK_BYTES = 256 * 1024;

/** What a sender puts into one transfer frame: small enough that a chat line behind it does not wait. */
export const CHUNK_BYTES = 128 * 1024;

/** Bytes of one transfer that may be under way without an ACK. It bounds what stands before a chat line in the socket. */
export const WINDOW_BYTES = 1024 * 1024;

/** A frame over its limit is read past up to this length, so that the connection lives on; a longer one ends it. */
export const MAX_SKIPPED_BYTES = 16 * 1024 * 1024;

/** Events in one PAGE, and the UTF-16 units of text after which it ends early. */
export const MAX_PAGE_EVENTS = 500;
export const PAGE_TEXT = 128 * 1024;

/** Events in one FOUND, and the UTF-16 units of a text that is looked for. */
export const MAX_FOUND_EVENTS = 100;
export const MAX_SEARCH_TEXT = 256;

/** UTF-16 units of a room's name. */
export const MAX_ROOM = 64;

/** Acts in one AUDITED. */
export const MAX_AUDIT_ENTRIES = 100;
/** UTF-16 units of a device's name. */
export const MAX_DEVICE_NAME = 64;

/** The highest transfer stream; 0 is the control stream. */
export const MAX_STREAM = 65_535;

/** Milliseconds without a byte after which a peer sends PING; after twice that in silence it hangs up. */
export const HEARTBEAT_MS = 45_000;

/** Milliseconds that a transfer may stand still, with nothing sent or acknowledged. */
export const TRANSFER_IDLE_MS = 5 * 60_000;

/** Milliseconds that a peer may be silent in the middle of a frame. */
export const FRAME_TIMEOUT_MS = 20_000;

/** Bytes of UTF-8 of a server's message of the day. */
export const MAX_MOTD_BYTES = 4096;
