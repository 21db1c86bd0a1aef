import type { Ledger } from '../ledger/ledger.js';

/**
 * How far history was sealed, noted where neither it nor its seals are. Seals can't say of themselves that they are
 * gone: only something apart from them can.
 */
export interface Anchor {
  /** From the first event of history on. */
  readonly events: number;
  /** The chain after the last of them, in hex. */
  readonly chain: string;
}

const NOTED = 'sealed/last';

/** The one that sealing keeps in the vault, which is a database of its own. */
export const notedAnchor = async (vault: Ledger): Promise<Anchor | undefined> =>
  (await vault.get<Anchor>(NOTED))?.value;

export const noteAnchor = async (vault: Ledger, anchor: Anchor): Promise<void> =>
  void (await vault.put({ key: NOTED, value: anchor }));

/** A vault put back from a back-up may know of more, or less, than the history beside it. */
export const forgetAnchor = (vault: Ledger): Promise<void> => vault.remove(NOTED);

/** As people keep it elsewhere: "1234:" and 64 hexadecimal digits. */
export const sayAnchor = ({ events, chain }: Anchor): string => `${events}:${chain}`;

/** Undefined where the text is no anchor. */
export const parseAnchor = (text: string): Anchor | undefined => {
  const [, events, chain] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return events === undefined || chain === undefined ? undefined : { events: Number(events), chain };
};
