import type { ClockDocument } from '../read-models/clocks.js';
import type { ReadStore, StoredDocument } from '../read-store/read-store.js';
import type { Build } from './build.js';
import type { Scope } from './totals.js';
import { verdictOf, type Verdict } from './verdict.js';
import type { Explainer, Pair, Why } from './why.js';

/** A promise on a case that would be judged otherwise. */
export interface ChangedVerdict {
  readonly case: string;
  readonly reference: string | null;
  readonly target: string;
  readonly cycle: number;
  readonly team: string | null;
  readonly owner: string | null;
  readonly priority: string;
  readonly from: Verdict;
  readonly to: Verdict;
  readonly why: Why;
}

/** Every clock of the scope whose verdict is not the same in both builds, in the order of their ids. */
export async function* changedVerdicts(
  before: Build,
  after: Build,
  scope: Scope,
  explainer: Explainer,
): AsyncGenerator<ChangedVerdict> {
  for await (const [one, other] of paired(scan(before), scan(after))) {
    const had = one?.document as ClockDocument | undefined;
    const has = other?.document as ClockDocument | undefined;
    const changed = changedVerdict({ before: had, after: has }, scope, explainer);
    if (changed) yield changed;
  }
}

/** What changed for one promise, where it is of the scope and its verdict is another. */
export function changedVerdict(pair: Pair, scope: Scope, explainer: Explainer): ChangedVerdict | undefined {
  const { before, after } = pair;
  const clock = after ?? before;
  if (!clock || !inScope(clock, scope)) return undefined;
  const [from, to] = [verdictOf(before, scope.at), verdictOf(after, scope.at)];
  if (from === to) return undefined;
  const { reference, target, cycle, team, owner, priority } = clock;
  return { case: clock.case, reference, target, cycle, team, owner, priority, from, to, why: explainer.why(pair) };
}

const inScope = (
  { programme, openedAt }: { readonly programme: string; readonly openedAt: string },
  { programme: wanted, from, to }: Scope,
): boolean => programme === wanted && (from === undefined || openedAt >= from) && (to === undefined || openedAt < to);

const scan = ({ reads, generation }: Build): ReturnType<ReadStore['scan']> => reads.scan('clocks', { generation });

/** Two scans in id order as one: each id with what either holds of it. */
async function* paired(
  ones: AsyncIterable<readonly StoredDocument[]>,
  others: AsyncIterable<readonly StoredDocument[]>,
): AsyncGenerator<readonly [StoredDocument | undefined, StoredDocument | undefined]> {
  const [left, right] = [singly(ones), singly(others)];
  let [one, other] = [(await left.next()).value, (await right.next()).value];
  while (one ?? other) {
    const order = !one ? 1 : !other ? -1 : Buffer.compare(Buffer.from(one.id), Buffer.from(other.id));
    yield [order <= 0 ? one : undefined, order >= 0 ? other : undefined];
    if (order <= 0) one = (await left.next()).value;
    if (order >= 0) other = (await right.next()).value;
  }
}

async function* singly(scan: AsyncIterable<readonly StoredDocument[]>): AsyncGenerator<StoredDocument, undefined> {
  for await (const batch of scan) yield* batch;
  return undefined;
}
