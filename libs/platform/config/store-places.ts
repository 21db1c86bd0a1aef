/** Where the stores are: plain data, so that a thread of its own can be told. */
export interface StorePlaces {
  /** Of the embedded stores; and of what is kept beside any: keys that were made here, rejects, rehearsals. */
  readonly folder: string;
  /** An EventStoreDB; the names of all streams in it begin with the prefix. Absent: history is in the folder. */
  readonly eventStore?: { readonly url: string; readonly prefix: string };
  /** A MongoDB's database, for the read store and the ledger. Absent: they are in the folder. */
  readonly readStore?: string;
  /** A MongoDB's database. Absent: the vault is in the folder. */
  readonly vault?: string;
}

/** Which engine holds what, for people: without passwords. */
export function sayPlaces({ folder, eventStore, readStore, vault }: StorePlaces): {
  readonly history: string;
  readonly readModels: string;
  readonly vault: string;
} {
  const at = (engine: string, url: string | undefined): string =>
    url === undefined ? folder : `${engine} at ${url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '')}`;
  return {
    history: at('EventStoreDB', eventStore?.url),
    readModels: at('MongoDB', readStore),
    vault: at('MongoDB', vault),
  };
}

/** Whether no store is embedded, so that no process has any to itself. */
export const isOnEngines = ({ eventStore, readStore, vault }: StorePlaces): boolean =>
  eventStore !== undefined && readStore !== undefined && vault !== undefined;
