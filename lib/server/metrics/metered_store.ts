/** A store whose failures are counted: whatever is asked of it is passed on as it is. */
import { type Store, StoreUnavailable } from "../../store/store.ts";

export interface StoreFailures {
  /** Calls that the database was away for. */
  unavailable: number;
  /** Calls that failed for another reason, which is a mistake of ours. */
  failed: number;
}

export function meteredStore(store: Store, failures: StoreFailures): Store {
  const metered = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => async (...args: A) => {
    try {
      return await call.apply(store, args);
    } catch (error) {
      if (error instanceof StoreUnavailable) failures.unavailable++;
      else failures.failed++;
      throw error;
    }
  };
  return {
    createAccount: metered(store.createAccount),
    account: metered(store.account),
    accounts: metered(store.accounts),
    changePassword: metered(store.changePassword),
    createToken: metered(store.createToken),
    tokenAccount: metered(store.tokenAccount),
    deleteToken: metered(store.deleteToken),
    createCode: metered(store.createCode),
    hasCode: metered(store.hasCode),
    deleteCodes: metered(store.deleteCodes),
    deleteTokens: metered(store.deleteTokens),
    useToken: metered(store.useToken),
    devices: metered(store.devices),
    append: metered(store.append),
    head: metered(store.head),
    first: metered(store.first),
    posts: metered(store.posts),
    post: metered(store.post),
    moderation: metered(store.moderation),
    audit: metered(store.audit),
    search: metered(store.search),
    trim: metered(store.trim),
    fileBytes: metered(store.fileBytes),
    usedFiles: metered(store.usedFiles),
    close: () => store.close(),
  };
}
