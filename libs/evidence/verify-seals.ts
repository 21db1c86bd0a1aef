import type { KeyObject } from 'node:crypto';
import type { Recorded } from '../event-sourcing/event.js';
import { HistoryDamaged, type Batch } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import { notedAnchor, sayAnchor, type Anchor } from './anchor.js';
import { CHAIN_START, hashOfEvent, link } from './chain.js';
import { Lookahead } from './lookahead.js';
import { isSignedBy, SEALS, unpackContents, type Seal, type SealedEvent } from './seal.js';

export type SealsVerified =
  | {
      readonly intact: true;
      readonly sealed: number;
      readonly unsealed: number;
      /** After the last sealed event: kept elsewhere, it misses whatever is gone later. */
      readonly anchor: Anchor;
    }
  | { readonly intact: false; readonly problems: readonly string[] };

export interface Evidence {
  readonly ledger: Ledger;
  /** Holds the note of how far was sealed. */
  readonly vault: Ledger;
  readonly publicKey: KeyObject;
  /** One that was kept elsewhere. */
  readonly anchor?: Anchor | undefined;
}

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

/** An anchor, and whose word it is. */
interface Word extends Anchor {
  readonly from: string;
}

/**
 * Compares history, as it is stored and from its beginning, with its seals, and both with what is noted of them
 * elsewhere. What was changed, removed or inserted is named. Memory doesn't grow with history.
 */
export const verifySeals = async (
  history: AsyncIterable<Batch>,
  { ledger, vault, publicKey, anchor }: Evidence,
): Promise<SealsVerified> => {
  const problems: string[] = [];
  const noted = await notedAnchor(vault);
  const words: readonly Word[] = [
    ...(noted === undefined ? [] : [{ ...noted, from: 'the note in the vault' }]),
    ...(anchor === undefined ? [] : [{ ...anchor, from: 'the anchor' }]),
  ];
  const seals = new Lookahead(expectedFrom(ledger, publicKey, words, problems));
  const unlike: string[] = [];
  const present = new Lookahead(presentFrom(history, words, unlike));
  try {
    const { sealed, chain, alike } = await compare(seals, present, problems);
    const unsealed = await countRest(present);
    // What the seals name event by event needs no telling once more.
    if (alike) problems.push(...unlike);
    if (problems.length > 0) return { intact: false, problems };
    return { intact: true, sealed, unsealed, anchor: { events: sealed, chain } };
  } catch (error) {
    if (!(error instanceof HistoryDamaged)) throw error;
    return { intact: false, problems: [...problems, error.message] };
  }
};

/** Resolves to the number of events that were sealed, the chain after them, and whether all are as they were. */
const compare = async (
  expected: Lookahead<Expected>,
  present: Lookahead<Present>,
  problems: string[],
): Promise<{ sealed: number; chain: string; alike: boolean }> => {
  let chain = CHAIN_START;
  let clean = true;
  let alike = true;
  for (let sealed = 0; ;) {
    await expected.fill(1);
    await present.fill(1);
    const next = expected.peek();
    const here = present.peek();
    if (next === undefined) return { sealed, chain, alike };
    if (here !== undefined && isSame(next, here)) {
      chain = link(chain, here.hash);
      present.take();
    } else {
      if (problems.length >= MOST_PROBLEMS) {
        problems.push(`There is more: the comparison stopped after ${MOST_PROBLEMS}.`);
        return { sealed, chain, alike };
      }
      clean = alike = false;
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

/** History as it is, whose chain must be what each anchor says of it. */
async function* presentFrom(
  history: AsyncIterable<Batch>,
  words: readonly Word[],
  unlike: string[],
): AsyncGenerator<readonly Present[]> {
  const furthest = Math.max(0, ...words.map(({ events }) => events));
  let [count, chain] = [0, CHAIN_START];
  for await (const { events } of history) {
    const present = events.map((event) => ({ event, hash: hashOfEvent(event) }));
    for (const { hash } of present) {
      if (count >= furthest) break;
      chain = link(chain, hash);
      count++;
      for (const word of words)
        if (word.events === count && word.chain !== chain)
          unlike.push(`The first ${count} events are not those that were sealed, by ${word.from}.`);
    }
    yield present;
  }
  for (const { events, from } of words)
    if (events > count) unlike.push(`Events are gone: ${events} were sealed, by ${from}, and there are ${count}.`);
}

/**
 * What the seals that are there when it is first asked name, as long as they hold together; from the first that doesn't
 * on, nothing can be said. To be asked before history: a seal that is made later may vouch for what was not read of it.
 */
async function* expectedFrom(
  ledger: Ledger,
  publicKey: KeyObject,
  words: readonly Word[],
  problems: string[],
): AsyncGenerator<readonly Expected[]> {
  let number = 0;
  let vouched = 0;
  let chain = CHAIN_START;
  const [last] = await ledger.list<Seal>(SEALS, { limit: 1, direction: 'backwards' });
  for (let after: string | undefined; ;) {
    const page = await ledger.list<Seal>(SEALS, { after, limit: SEALS_A_PAGE });
    const records = page.filter(({ key }) => key <= (last?.key ?? ''));
    for (const { key, value: seal } of records) {
      after = key;
      number++;
      const fault = faultOf(seal, number, chain, publicKey);
      if (fault !== undefined) {
        problems.push(`${fault} Events from there on can't be checked.`);
        return;
      }
      chain = seal.chain;
      vouched += seal.count;
      const contents = unpackContents(seal);
      yield contents.map((sealed, index) => (index === contents.length - 1 ? { sealed, endOf: seal } : { sealed }));
    }
    if (records.length > 0) continue;
    for (const { events, from } of words)
      if (events > vouched)
        problems.push(`Seals are gone: ${events} events were sealed, by ${from}, and seals vouch for ${vouched}.`);
    return;
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

/** What verification says of the seals, wherever it is asked for. */
export interface SealsSaid {
  /** `none`: there are events, no seal vouches for any, and nothing says that one ever did. */
  readonly seals: 'intact' | 'none' | 'broken';
  /** To be kept elsewhere: given to a later verification, it misses what has gone since. */
  readonly anchor: string | null;
  readonly problems?: readonly string[];
}

export function saySeals(verified: SealsVerified): SealsSaid {
  if (!verified.intact) return { seals: 'broken', anchor: null, problems: verified.problems };
  const { sealed, unsealed, anchor } = verified;
  if (sealed > 0 || unsealed === 0) return { seals: 'intact', anchor: sealed === 0 ? null : sayAnchor(anchor) };
  const problem =
    `No seal vouches for any of the ${unsealed} events, so nobody can say whether they were changed. Where nothing was ` +
    'sealed yet, start the app or import: either seals what is there. Where something was, its seals are gone: verify ' +
    'with an anchor that was kept elsewhere.';
  return { seals: 'none', anchor: null, problems: [problem] };
}
