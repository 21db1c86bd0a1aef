import type { KeyObject } from 'node:crypto';
import type { Recorded } from '../event-sourcing/event.js';
import { HistoryDamaged, type Batch } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { CHAIN_START, hashOfEvent, link } from './chain.js';
import { Lookahead } from './lookahead.js';
import { isSignedBy, SEALS, unpackContents, type Seal, type SealedEvent } from './seal.js';

export type SealsVerified =
  | { readonly intact: true; readonly sealed: number; readonly unsealed: number }
  | { readonly intact: false; readonly problems: readonly string[] };

/** How far to look for where history and seals fit together again. */
const LOOK_AHEAD = 2_000;
const MOST_PROBLEMS = 100;
const SEALS_A_PAGE = 20;

interface Present {
  readonly event: Recorded;
  readonly hash: string;
}

interface Expected {
  readonly sealed: SealedEvent;
  /** Present on the last event of a seal. */
  readonly endOf?: Seal;
}

/**
 * Compares history, as it is stored and from its beginning, with its seals. What was changed, removed or inserted is
 * named. Memory doesn't grow with history.
 */
export const verifySeals = async (
  history: AsyncIterable<Batch>,
  ledger: Ledger,
  publicKey: KeyObject,
): Promise<SealsVerified> => {
  const problems: string[] = [];
  const expected = new Lookahead(expectedFrom(ledger, publicKey, problems));
  const present = new Lookahead(presentFrom(history));
  try {
    const sealed = await compare(expected, present, problems);
    const unsealed = await countRest(present);
    return problems.length > 0 ? { intact: false, problems } : { intact: true, sealed, unsealed };
  } catch (error) {
    if (!(error instanceof HistoryDamaged)) throw error;
    return { intact: false, problems: [...problems, error.message] };
  }
};

/** Resolves to the number of events that were sealed. */
const compare = async (
  expected: Lookahead<Expected>,
  present: Lookahead<Present>,
  problems: string[],
): Promise<number> => {
  let chain = CHAIN_START;
  let clean = true;
  for (let sealed = 0; ;) {
    await expected.fill(1);
    await present.fill(1);
    const next = expected.peek();
    const here = present.peek();
    if (next === undefined) return sealed;
    if (here !== undefined && isSame(next, here)) {
      chain = link(chain, here.hash);
      present.take();
    } else {
      if (problems.length >= MOST_PROBLEMS) {
        problems.push(`There is more: the comparison stopped after ${MOST_PROBLEMS}.`);
        return sealed;
      }
      clean = false;
      await expected.fill(LOOK_AHEAD);
      await present.fill(LOOK_AHEAD);
      const difference = differenceAt(next, here, expected, present);
      problems.push(inWords(difference, next, here));
      if (difference !== 'removed') present.take();
      if (difference === 'inserted') continue;
    }
    expected.take();
    sealed++;
    if (next.endOf === undefined) continue;
    if (clean && chain !== next.endOf.chain) {
      problems.push(`The chain of seal ${next.endOf.number} doesn't fit the events that it names.`);
    }
    chain = next.endOf.chain;
    clean = true;
  }
};

type Difference = 'changed' | 'removed' | 'inserted';

/** What happened where a sealed event and the event that stands in its place are not the same: the shortest story. */
const differenceAt = (
  next: Expected,
  here: Present | undefined,
  expected: Lookahead<Expected>,
  present: Lookahead<Present>,
): Difference => {
  if (here === undefined) return 'removed';
  if (isNamesake(next, here)) return 'changed';
  const removed = expected.find((other) => isSame(other, here) || isNamesake(other, here));
  const inserted = present.find((other) => isSame(next, other) || isNamesake(next, other));
  if (removed === -1 && inserted === -1) return byPosition(next.sealed.position, here.event.position);
  return inserted === -1 || (removed !== -1 && removed <= inserted) ? 'removed' : 'inserted';
};

const byPosition = (sealed: string, present: string): Difference =>
  sealed === present ? 'changed' : sealed < present ? 'removed' : 'inserted';

const isSame = ({ sealed }: Expected, { hash }: Present): boolean => hash.startsWith(sealed.hash);
const isNamesake = ({ sealed }: Expected, { event }: Present): boolean =>
  sealed.stream === event.stream && sealed.revision === event.revision;

const inWords = (difference: Difference, next: Expected, here: Present | undefined): string => {
  const was = nameOf(next.sealed);
  const is = here === undefined ? '' : nameOf(here.event);
  switch (difference) {
    case 'removed':
      return `Removed since it was sealed: ${was}.`;
    case 'inserted':
      return `Inserted among sealed events: ${is}.`;
    case 'changed':
      return `Changed since it was sealed: ${was}${was === is ? '' : `, which now reads ${is}`}.`;
  }
};

const nameOf = ({ type, stream, revision, position }: Omit<SealedEvent, 'hash'>): string =>
  `${type}, revision ${revision} of ${stream}, at position ${position}`;

async function* presentFrom(history: AsyncIterable<Batch>): AsyncGenerator<readonly Present[]> {
  for await (const { events } of history) yield events.map((event) => ({ event, hash: hashOfEvent(event) }));
}

/** What the seals name, as long as they hold together; from the first that doesn't on, nothing can be said. */
async function* expectedFrom(
  ledger: Ledger,
  publicKey: KeyObject,
  problems: string[],
): AsyncGenerator<readonly Expected[]> {
  let number = 0;
  let chain = CHAIN_START;
  for (let after: string | undefined; ;) {
    const records = await ledger.list<Seal>(SEALS, { after, limit: SEALS_A_PAGE });
    for (const { key, value: seal } of records) {
      after = key;
      number++;
      const fault = faultOf(seal, number, chain, publicKey);
      if (fault !== undefined) {
        problems.push(`${fault} Events from there on can't be checked.`);
        return;
      }
      chain = seal.chain;
      const contents = unpackContents(seal);
      yield contents.map((sealed, index) => (index === contents.length - 1 ? { sealed, endOf: seal } : { sealed }));
    }
    if (records.length === 0) return;
  }
}

const faultOf = (seal: Seal, number: number, chain: string, publicKey: KeyObject): string | undefined => {
  if (seal.number !== number) return `Seal ${number} is missing.`;
  if (!isSignedBy(seal, publicKey)) return `Seal ${number} was changed, or made with another key.`;
  return seal.previous === chain ? undefined : `Seal ${number} doesn't follow from the one before it.`;
};

const countRest = async (present: Lookahead<Present>): Promise<number> => {
  let count = 0;
  for (await present.fill(1); present.take() !== undefined; await present.fill(1)) count++;
  return count;
};
