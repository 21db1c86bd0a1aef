/** Where the stores are: plain data, so that it can be passed to a thread. */
export interface StorePlaces {
  /** Of the embedded stores, and of files that accompany any store: generated keys, rejects, rehearsals. */
  readonly folder: string;
  /** An EventStoreDB, and the prefix of its streams' names. Absent: history is in the folder. */
  readonly eventStore?: { readonly url: string; readonly prefix: string };
  /** A MongoDB database for the read store and the ledger. Absent: they are in the folder. */
  readonly readStore?: string;
  /** A MongoDB database. Absent: the vault is in the folder. */
  readonly vault?: string;
}

/** Where each store is, for people: without passwords. */
export function sayPlaces({ folder, eventStore, readStore, vault }: StorePlaces) {
  const at = (engine: string, url: string | undefined): string =>
    url === undefined ? folder : `${engine} at ${url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '')}`;
  return {
    history: at('EventStoreDB', eventStore?.url),
    readModels: at('MongoDB', readStore),
    vault: at('MongoDB', vault),
  };
}

/** Whether no store is embedded, so that several processes can share them. */
export const isOnEngines = ({ eventStore, readStore, vault }: StorePlaces): boolean =>
  eventStore !== undefined && readStore !== undefined && vault !== undefined;
