import type { KeyObject } from 'node:crypto';
import type { Recorded } from '../event-sourcing/event.js';
import { HistoryDamaged, type Batch } from '../event-store/event-store.js';
import { LedgerDamaged, type Ledger } from '../ledger/ledger.js';
import { readAnchor, anchorText, type Anchor } from './anchor.js';
import { CHAIN_START, hashOfEvent, link } from './chain.js';
import { Lookahead } from './lookahead.js';
import { isSignedBy, SEALS, unpackContents, type Seal, type SealedEvent } from './seal.js';

export type SealsVerified =
  | {
      readonly intact: true;
      readonly sealed: number;
      readonly unsealed: number;
      /** After the last sealed event. Kept elsewhere, it lets a later verification detect what was removed. */
      readonly anchor: Anchor;
    }
  | { readonly intact: false; readonly problems: readonly string[] };

export interface Evidence {
  readonly ledger: Ledger;
  /** Holds the sealer's anchor. */
  readonly vault: Ledger;
  readonly publicKey: KeyObject;
  /** One that the operator kept elsewhere. */
  readonly anchor?: Anchor | undefined;
}

/** How far to search for the place where history and seals agree again. */
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

/** An anchor, and how to name it. */
interface Claim extends Anchor {
  readonly by: string;
}

/**
 * Compares history, as it is stored and from its beginning, with its seals, and both with the anchors. It names each
 * changed, removed or inserted event. Memory doesn't grow with history.
 */
export const verifySeals = async (
  history: AsyncIterable<Batch>,
  { ledger, vault, publicKey, anchor }: Evidence,
): Promise<SealsVerified> => {
  const problems: string[] = [];
  const inVault = await readAnchor(vault).catch((error: unknown) => {
    if (!(error instanceof LedgerDamaged)) throw error;
    problems.push(error.message);
    return undefined;
  });
  const claims: readonly Claim[] = [
    ...(inVault === undefined ? [] : [{ ...inVault, by: "the vault's anchor" }]),
    ...(anchor === undefined ? [] : [{ ...anchor, by: 'the given anchor' }]),
  ];
  const seals = new Lookahead(expectedFrom(ledger, publicKey, claims, problems));
  const mismatches: string[] = [];
  const present = new Lookahead(presentFrom(history, claims, mismatches));
  try {
    const { sealed, chain, isUnchanged } = await compare(seals, present, problems);
    const unsealed = await countRest(present);
    // If the seals already name the events, the anchors add nothing.
    if (isUnchanged) problems.push(...mismatches);
    if (problems.length > 0) return { intact: false, problems };
    return { intact: true, sealed, unsealed, anchor: { events: sealed, chain } };
  } catch (error) {
    if (!(error instanceof HistoryDamaged || error instanceof LedgerDamaged)) throw error;
    return { intact: false, problems: [...problems, error.message] };
  }
};

/** Resolves to the number of sealed events, the chain after them, and whether all are unchanged. */
const compare = async (
  expected: Lookahead<Expected>,
  present: Lookahead<Present>,
  problems: string[],
): Promise<{ sealed: number; chain: string; isUnchanged: boolean }> => {
  let chain = CHAIN_START;
  let clean = true;
  let isUnchanged = true;
  for (let sealed = 0; ;) {
    await expected.fill(1);
    await present.fill(1);
    const next = expected.peek();
    const here = present.peek();
    if (next === undefined) return { sealed, chain, isUnchanged };
    if (here !== undefined && isSame(next, here)) {
      chain = link(chain, here.hash);
      present.take();
    } else {
      if (problems.length >= MOST_PROBLEMS) {
        problems.push(`There is more: the comparison stopped after ${MOST_PROBLEMS}.`);
        return { sealed, chain, isUnchanged };
      }
      clean = isUnchanged = false;
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
      problems.push(`The chain of seal ${next.endOf.number} doesn't match its events.`);
    }
    chain = next.endOf.chain;
    clean = true;
  }
};

type Difference = 'changed' | 'removed' | 'inserted';

/** The simplest explanation of why the next sealed event and the next event in history differ. */
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
  return {
    removed: `Removed since it was sealed: ${was}.`,
    inserted: `Inserted among sealed events: ${is}.`,
    changed: `Changed since it was sealed: ${was}${was === is ? '' : `, which now reads ${is}`}.`,
  }[difference];
};

const nameOf = ({ type, stream, revision, position }: Omit<SealedEvent, 'hash'>): string =>
  `${type}, revision ${revision} of ${stream}, at position ${position}`;

/** History with hashes. It compares the chain with each anchor on the way. */
async function* presentFrom(
  history: AsyncIterable<Batch>,
  claims: readonly Claim[],
  mismatches: string[],
): AsyncGenerator<readonly Present[]> {
  const furthest = Math.max(0, ...claims.map(({ events }) => events));
  let [count, chain] = [0, CHAIN_START];
  for await (const { events } of history) {
    const present = events.map((event) => ({ event, hash: hashOfEvent(event) }));
    for (const { hash } of present) {
      if (count >= furthest) break;
      chain = link(chain, hash);
      count++;
      for (const claim of claims)
        if (claim.events === count && claim.chain !== chain)
          mismatches.push(`The first ${count} events are not those of ${claim.by}.`);
    }
    yield present;
  }
  for (const { events, by } of claims)
    if (events > count)
      mismatches.push(`Events are missing: ${by} counts ${events} sealed events, and history has ${count}.`);
}

/**
 * The sealed events, up to the first seal that is missing, changed or doesn't follow from the one before. It reads only
 * seals that exist at the first call, so call it before reading history.
 */
async function* expectedFrom(
  ledger: Ledger,
  publicKey: KeyObject,
  claims: readonly Claim[],
  problems: string[],
): AsyncGenerator<readonly Expected[]> {
  let number = 0;
  let covered = 0;
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
        problems.push(`${fault} Amends can't check the events from there on.`);
        return;
      }
      chain = seal.chain;
      covered += seal.count;
      const contents = unpackContents(seal);
      yield contents.map((sealed, index) => (index === contents.length - 1 ? { sealed, endOf: seal } : { sealed }));
    }
    if (records.length > 0) continue;
    for (const { events, by } of claims)
      if (events > covered)
        problems.push(`Seals are missing: ${by} counts ${events} sealed events, and the seals cover ${covered}.`);
    return;
  }
}

const faultOf = (seal: Seal, number: number, chain: string, publicKey: KeyObject): string | undefined => {
  if (seal.number !== number) return `Seal ${number} is missing.`;
  if (!isSignedBy(seal, publicKey))
    return `Seal ${number} was changed, or made with another key than the one that checks it (seal.key, or AMENDS_SEAL_KEY).`;
  return seal.previous === chain ? undefined : `Seal ${number} doesn't follow from the one before it.`;
};

const countRest = async (present: Lookahead<Present>): Promise<number> => {
  let count = 0;
  for (await present.fill(1); present.take() !== undefined; await present.fill(1)) count++;
  return count;
};

/** The verification's result, as the api and the command line show it. */
export interface SealsReport {
  /** `none`: there are events and no seals, and no anchor either. */
  readonly seals: 'intact' | 'none' | 'broken';
  /** Keep it elsewhere: with it, a later verification detects what was removed since. */
  readonly anchor: string | null;
  readonly problems?: readonly string[];
}

export function sealsReport(verified: SealsVerified): SealsReport {
  if (!verified.intact) return { seals: 'broken', anchor: null, problems: verified.problems };
  const { sealed, unsealed, anchor } = verified;
  if (sealed > 0 || unsealed === 0) return { seals: 'intact', anchor: sealed === 0 ? null : anchorText(anchor) };
  const problem =
    `No seal covers any of the ${unsealed} events, so Amends can't detect changes. If nothing was sealed yet, start the ` +
    'app or import: both seal history. Otherwise the seals are missing: verify with an anchor that you kept elsewhere.';
  return { seals: 'none', anchor: null, problems: [problem] };
}
