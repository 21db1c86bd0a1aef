import { createHash } from 'node:crypto';

/** The servers of a spec that runs on engines, for the stores of all its folders. */
export interface Servers {
  readonly eventStore: string;
  readonly mongoDb: string;
}

let servers: Servers | undefined;

/** Puts all stores on these servers from now on; each folder has its own history and databases there. */
export const putStoresOn = (on: Servers | undefined): void => void (servers = on);

/** Settings for the stores of a folder; none if they are embedded. */
export function storesOf(folder: string): Record<string, string> {
  if (servers === undefined) return {};
  const own = `amends_test_${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  const database = (name: string): string => {
    const url = new URL(servers?.mongoDb ?? '');
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    EVENT_STORE_URL: servers.eventStore,
    EVENT_STORE_PREFIX: `${own}.`,
    READ_STORE_URL: database(own),
    VAULT_URL: database(`${own}_vault`),
  };
}
