import type { ClockDocument } from '../read-models/clocks.js';
import type { ReadStore } from '../read-store/read-store.js';
import { placeOf } from '../recovery/clocks/clock.js';
import { pairedScans } from '../replay/digest/paired-scans.js';
import type { Build } from './build.js';
import type { Scope } from './totals.js';
import { verdictShown, type Verdict } from './verdict.js';
import type { Explainer, Pair, Why } from './why.js';

/** A promise on a case whose verdict changes. */
export interface ChangedVerdict extends Pick<
  ClockDocument,
  'case' | 'reference' | 'target' | 'cycle' | 'reply' | 'team' | 'owner' | 'priority'
> {
  readonly from: Verdict;
  readonly to: Verdict;
  readonly why: Why;
}

/** The id of the clock's document. */
export const idOf = (verdict: Pick<ChangedVerdict, 'case' | 'target' | 'cycle' | 'reply'>): string =>
  `${verdict.case}:${placeOf(verdict)}`;

/** Compares the clocks of two builds and yields the changed verdicts of the scope, in id order. */
export async function* changedVerdicts(
  before: Build,
  after: Build,
  scope: Scope,
  explainer: Explainer,
): AsyncGenerator<ChangedVerdict> {
  for await (const [one, other] of pairedScans(scan(before), scan(after))) {
    const had = one?.document as ClockDocument | undefined;
    const has = other?.document as ClockDocument | undefined;
    const changed = changedVerdict({ before: had, after: has }, scope, explainer);
    if (changed) yield changed;
  }
}

/** Undefined if the clock is outside the scope or its verdict stays the same. */
export function changedVerdict(pair: Pair, scope: Scope, explainer: Explainer): ChangedVerdict | undefined {
  const { before, after } = pair;
  const clock = after ?? before;
  if (!clock || !inScope(clock, scope)) return undefined;
  const [from, to] = [verdictShown(before, scope.at), verdictShown(after, scope.at)];
  if (from === to) return undefined;
  const { reference, target, cycle, reply, team, owner, priority } = clock;
  return {
    case: clock.case,
    reference,
    target,
    cycle,
    reply,
    team,
    owner,
    priority,
    from,
    to,
    why: explainer.why(pair),
  };
}

const inScope = (
  { programme, openedAt }: { readonly programme: string; readonly openedAt: string },
  { programme: wanted, from, to }: Scope,
): boolean => programme === wanted && (from === undefined || openedAt >= from) && (to === undefined || openedAt < to);

const scan = ({ reads, generation }: Build): ReturnType<ReadStore['scan']> => reads.scan('clocks', { generation });
