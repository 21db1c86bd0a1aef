import type { Ledger } from '../ledger/ledger.js';

/** How far history was sealed, kept apart from history and seals, because missing seals can't report themselves. */
export interface Anchor {
  readonly events: number;
  /** The chain after the last of these events, in hex. */
  readonly chain: string;
}

const KEY = 'sealed/last';

/** The sealer stores its anchor in the vault, which is a separate database. */
export const readAnchor = async (vault: Ledger): Promise<Anchor | undefined> => (await vault.get<Anchor>(KEY))?.value;

export const storeAnchor = async (vault: Ledger, anchor: Anchor): Promise<void> =>
  void (await vault.put({ key: KEY, value: anchor }));

/** After a restore, the vault's anchor may be of another time than history. */
export const forgetAnchor = (vault: Ledger): Promise<void> => vault.remove(KEY);

/** The form in which people keep it: "1234:" and 64 hexadecimal digits. */
export const anchorText = ({ events, chain }: Anchor): string => `${events}:${chain}`;

export const parseAnchor = (text: string): Anchor | undefined => {
  const [, events, chain] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return events === undefined || chain === undefined ? undefined : { events: Number(events), chain };
};
