/** How an event of the room looks to the old client, as the frames that it is shown. */
import { formatSize } from "../../files/size.ts";
import type { LegacyFrame } from "../../protocol/delivery.ts";
import * as legacy from "../../protocol/legacy.ts";
import { actLine, removedLine } from "./legacy_act.ts";
import type { LiveRoom } from "../live_room.ts";
import { localTime } from "./local_time.ts";
import type { RoomEvent } from "../room_events.ts";

export interface LegacyView {
  readonly frames: readonly LegacyFrame[];
  /** The picture whose bytes belong to the last frame, and what is shown in its place when that is gone. */
  readonly picture?: { readonly sha256: string; readonly otherwise: readonly LegacyFrame[] };
}

export function viewOf(event: RoomEvent, room: LiveRoom): LegacyView {
  switch (event.op) {
    case "missed":
      return { frames: [onlineList(room, 0)] };
    case "presence": {
      const { type, member } = event;
      if (type === "left") return { frames: [legacy.leftNotice(member), onlineList(room, 0)] };
      return { frames: [legacy.joinedNotice(member), onlineList(room, member.account)] };
    }
    case "event": {
      const { from } = event;
      const who = legacy.says(from);
      if (event.type === "act") return { frames: [legacy.notice(from.account, actLine(event))] };
      if (event.type === "removed") return { frames: [who, legacy.said(from, removedLine(event))] };
      if (event.type === "post") return { frames: [who, legacy.said(from, event.text)] };
      const line = legacy.offered({ type: event.type, name: event.name, size: formatSize(event.size) });
      const offered = [who, legacy.said(from, line)];
      if (event.type === "file" || !legacy.isShowable(event)) return { frames: offered };
      const { sha256, size } = event;
      return { frames: [who, legacy.shown(from, size)], picture: { sha256, otherwise: offered } };
    }
  }
}

/** Who is in the room at this moment; `account` is whoever has come, or 0. */
export function onlineList(room: LiveRoom, account: number): LegacyFrame {
  return legacy.onlineList(
    account,
    room.members().map((member) => ({ ...member, loginTime: localTime(member.since) })),
  );
}
