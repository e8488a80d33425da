/** What an act means for those who are here: whoever may not stay is sent away at once, whatever they are doing. */
import { isInRange, parseRange } from "../../chat/address_range.ts";
import { hasRank } from "../../chat/permission.ts";
import type { ActPost } from "../../chat/types.ts";
import type { LiveRoom } from "../live_room.ts";
import type { Dismissal, People } from "../access/people.ts";

export function followFrom({ act }: ActPost, { room, people }: { readonly room: LiveRoom; readonly people: People }) {
  switch (act.type) {
    case "kick":
      return people.dismiss({ code: "kicked", terms: termsOf(act) }, ({ account }) => account === act.target.account);
    case "ban":
      return people.dismiss({ code: "banned", terms: termsOf(act) }, ({ account }) => account === act.target.account);
    case "ban-range": {
      const range = parseRange(act.range ?? "");
      if (!range) return;
      const stays = (account: number) => hasRank(room.moderation, account, "moderator");
      return people.dismiss(
        { code: "banned", terms: termsOf(act) },
        ({ account }, peer) => isInRange(peer, range) && !stays(account),
      );
    }
  }
}

const termsOf = ({ until, reason }: Dismissal["terms"]): Dismissal["terms"] => ({
  ...(until === undefined ? {} : { until }),
  ...(reason === undefined ? {} : { reason }),
});
