/** Which numbers new accounts get: the lowest free one from 1001 up; when those are used up, from 100 up. */
import { MAX_ACCOUNT } from "../chat/account.ts";

export const FIRST_ACCOUNT = 1001;
export const LOWEST_ACCOUNT = 100;
export const LAST_ACCOUNT = MAX_ACCOUNT;
