import { ALL_SHARDS } from '../event-sourcing/shard.js';
import type { AnyReadModel } from '../read-models/read-models.js';
import type { GenerationStamp } from '../read-store/read-store.js';
import { digestOf, digestOfShards } from '../replay/digest/digest.js';
import type { History } from './build.js';
import { idOf, type ChangedVerdict } from './changed-verdicts.js';
import { FirstOf } from './first-of.js';
import type { SideFindings } from './findings.js';
import { GroupCounter } from './group-counter.js';
import { rehearseShare, type ShareRequest, type ShareFound, type ShareProgress } from './share.js';
import { scopeOf, sidesOf, type RehearsalRequest, type Side } from './sides.js';
import { Tally, type ChangedBy } from './tally.js';
import { TOTALLED, totalQueries, totalsOf, type Totals } from './totals.js';
import { ThrottleComparison, type HeldBackBySides } from './throttle-comparison.js';
import { TriageComparison, type NotReversible } from './triage-comparison.js';

export const MECHANICAL_EFFECT_ONLY =
  'Mechanical effect only: the rules are replayed, not how people would have behaved under them.';

export interface RehearsalOptions {
  readonly events: History;
  readonly projections: readonly AnyReadModel[];
  /** See ShareOptions. It has no effect together with `inShares`. */
  readonly rest?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: ShareProgress): void;
  /** Splits the work into shares, such as one for each thread. Default: one share. */
  inShares?(this: void, whole: ShareRequest): Promise<readonly ShareFound[]>;
}

export interface RehearsedSide {
  /** The rule book of the programme. */
  readonly book: GenerationStamp['ruleBooks'][string];
  readonly title: string | null;
  readonly totals: Totals;
}

export interface Rehearsal {
  readonly notice: string;
  readonly programme: string;
  /** Content hash of the rehearsed rule set. */
  readonly ruleSet: string;
  /** Content hash of the rule set it is compared with; null: the rules in history. */
  readonly against: string | null;
  readonly since: string | null;
  readonly window: { readonly from: string | null; readonly to: string | null };
  readonly at: string;
  /** The last position read; null if history is empty. */
  readonly position: string | null;
  readonly events: number;
  readonly before: RehearsedSide;
  readonly after: RehearsedSide;
  readonly changed: readonly ChangedVerdict[];
  readonly changedCount: number;
  readonly changedCases: number;
  readonly changedBy: ChangedBy;
  /** How many past decisions would differ; no rule change can undo them. */
  readonly notReversible: number;
  readonly decisions: NotReversible;
  /** How many responses the daily limits of each side hold back; null where both sides triage alike. */
  readonly heldBack: HeldBackBySides | null;
  readonly digestBefore: string;
  readonly digestAfter: string;
}

/** Folds history under two rule books and compares the results. It writes nothing. */
export async function rehearse(asked: RehearsalRequest, options: RehearsalOptions): Promise<Rehearsal> {
  const { events, inShares = async (whole) => [await rehearseShare(whole, options)] } = options;
  const end = await events.end();
  const upTo = end ?? '';
  const { before, after } = await sidesOf(events, asked, upTo);
  const shares = await inShares({ ...asked, upTo, shards: ALL_SHARDS });
  const scope = scopeOf(asked);
  const { programme } = scope;
  const tally = new Tally();
  const changed = new FirstOf<ChangedVerdict>(asked.most, idOf);
  const books = { before: before.books, after: after.books };
  const triage = new TriageComparison(books, scope, Math.min(asked.most, 1_000));
  const throttle = new ThrottleComparison(books, scope);
  for (const share of shares) {
    tally.merge(share.tally);
    for (const verdict of share.changed) changed.add(verdict);
    triage.merge(share.decisions);
    throttle.merge(share.wanted);
  }
  const decisions = triage.result();
  const { count: changedCount, cases: changedCases, by: changedBy } = tally.result();
  const sideOf = ({ entries, title }: Side, found: readonly SideFindings[]): RehearsedSide => ({
    book: entries[programme] ?? [],
    title,
    totals: totalsOf(groupsOf(asked, found)),
  });
  const [ones, others] = [shares.map((share) => share.before), shares.map((share) => share.after)];
  return {
    notice: MECHANICAL_EFFECT_ONLY,
    programme,
    ruleSet: after.hash,
    against: asked.against === undefined ? null : before.hash,
    since: asked.candidate.since ?? null,
    window: { from: asked.from ?? null, to: asked.to ?? null },
    at: asked.at,
    position: end ?? null,
    events: shares.reduce((sum, share) => sum + share.events, 0),
    before: sideOf(before, ones),
    after: sideOf(after, others),
    changed: changed.result(),
    changedCount,
    changedCases,
    changedBy,
    notReversible: decisions.count,
    decisions,
    heldBack: throttle.result(),
    digestBefore: digestOfSide(ones),
    digestAfter: digestOfSide(others),
  };
}

/** Adds up the groups of all shares. */
function groupsOf(asked: RehearsalRequest, found: readonly SideFindings[]): SideFindings['groups'] {
  const queries = totalQueries(scopeOf(asked));
  const summed = TOTALLED.map((name) => {
    const counter = new GroupCounter(queries[name]);
    for (const { groups } of found) counter.merge(groups[name]);
    return [name, counter.result()] as const;
  });
  return Object.fromEntries(summed) as SideFindings['groups'];
}

/** Equals the digest of a build under the same rules. */
function digestOfSide(found: readonly SideFindings[]): string {
  const shards = new Map<string, Map<number, string>>();
  for (const { digests } of found)
    for (const [name, ofShards] of digests) shards.set(name, new Map([...(shards.get(name) ?? []), ...ofShards]));
  return digestOf(Object.fromEntries([...shards].map(([name, ofShards]) => [name, digestOfShards(ofShards)])));
}
