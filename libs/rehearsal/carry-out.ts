import { isRefusal, refuse, type Refusal } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Inputs } from '../read-models/inputs.js';
import type { Generation, ReadStore } from '../read-store/read-store.js';
import { sameBook, type BookEntry } from '../recovery/rules/rule-book.js';
import { showsTheSame } from '../recovery/rules/rule-decider.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { digestBuild } from '../replay/digest/digest.js';
import type { AnyProjection } from '../event-sourcing/projection.js';
import { typesOf } from '../replay/fold/projections.js';
import { loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';
import { changedVerdicts } from './changed-verdicts.js';
import { eventsUpTo } from './events-up-to.js';
import { planTo, type Plan } from './plan.js';
import { rulesTold } from './rules-told.js';
import { Tally } from './tally.js';
import { Explainer } from './why.js';

export interface CarryOutOptions {
  readonly events: EventStore;
  readonly reads: ReadStore;
  readonly ledger: Ledger;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly programme: string;
  readonly ruleSet: string;
  /** The moment at which running clocks are read. */
  readonly at: string;
  /** Makes a build of history up to a position, under these rules, that is ready to be switched to. */
  build(this: void, wanted: BuildWanted): Promise<Generation>;
  /** Brings it to the end of history. */
  catchUp(this: void, generation: Generation, rules: RulesInHistory): Promise<unknown>;
}

export interface BuildWanted {
  /** History as it was at the position. */
  readonly events: EventStore;
  readonly upTo: string;
  readonly rules: RulesInHistory;
  readonly reason: string;
}

/** A build that is what was rehearsed and approved, with what came since folded in: ready to be switched to. */
export interface CarriedOut {
  readonly plan: Plan;
  readonly generation: Generation;
  readonly digestBefore: string;
  readonly digestAfter: string;
  /** What came since the rehearsal, and what that changes: the same digest and count where nothing did. */
  readonly since: {
    readonly events: number;
    readonly digestRehearsed: string;
    readonly changedRehearsed: number;
    readonly changedNow: number;
  };
}

/**
 * Builds what an approved rehearsal showed, and proves by digest that it is that. Nothing is switched here, and nothing
 * recorded. A refusal says what has moved since.
 */
export async function carryOut(options: CarryOutOptions): Promise<CarriedOut | Refusal> {
  const { events, reads, projections, programme, ruleSet, at, build, catchUp } = options;
  const history = await loadRuleBooks(events);
  const plan = await approvedPlan(options, history);
  if (isRefusal(plan)) return plan;
  if (plan.since !== null)
    return refuse(
      'rehearsed-from-a-time-on',
      `The rules were rehearsed as from ${plan.since} on, not over the past. Rehearse them over the past, and have that approved; or activate them from a time on.`,
    );
  const content = history.drafts.get(ruleSet)?.content as RuleSet;
  const rules = await loadRuleBooks(events, { override: { [programme]: content } });
  const before = await reads.live();
  const digestBefore = (await digestBuild(reads)).digest;
  const upTo = plan.position;
  const reason = `rule set ${ruleSet}, as rehearsed`;
  // One that was left over may hold more than was rehearsed.
  for (const { id, status, stamp } of await reads.generations())
    if (status === 'ready' && stamp.reason === reason) await reads.release(id);
  const generation = await build({ events: eventsUpTo(events, upTo), upTo, rules, reason });
  const rehearsed = (await digestBuild(reads, generation.id)).digest;
  if (rehearsed !== plan.digestAfter) {
    await reads.release(generation.id);
    return refuse(
      'rehearsal-outdated',
      `The rehearsal of ${plan.madeAt} gave the digest ${short(plan.digestAfter)}, and the same history gives ${short(rehearsed)} now: the read models have changed. Rehearse again, and have that approved.`,
    );
  }
  const came = await eventsSince(events, upTo, projections);
  await catchUp(generation, rules);
  const digestAfter = came === 0 ? rehearsed : (await digestBuild(reads, generation.id)).digest;
  let changedNow = plan.changedCount;
  if (came > 0 && before) {
    const tally = new Tally();
    const sides = [before.id, generation.id].map((id) => ({ reads, generation: id })) as [Side, Side];
    const explainer = new Explainer({ before: history.books, after: rules.books }, programme);
    for await (const changed of changedVerdicts(...sides, { programme, at }, explainer)) tally.add(changed);
    changedNow = tally.count;
  }
  const since = { events: came, digestRehearsed: rehearsed, changedRehearsed: plan.changedCount, changedNow };
  return { plan, generation, digestBefore, digestAfter, since };
}

interface Side {
  readonly reads: ReadStore;
  readonly generation: number;
}

type Asked = Pick<CarryOutOptions, 'events' | 'ledger' | 'programme' | 'ruleSet'>;

/** What was rehearsed and approved, where it still fits: else what has moved. */
export async function approvedPlan(
  { events, ledger, programme, ruleSet }: Asked,
  history: RulesInHistory,
): Promise<Plan | Refusal> {
  const { drafts } = await rulesTold(events, programme);
  const draft = Object.hasOwn(drafts, ruleSet) ? drafts[ruleSet] : undefined;
  if (!draft) return refuse('rule-set-not-drafted', `There is no draft ${ruleSet} of these rules. Draft it first.`);
  const { approval, rehearsed } = draft;
  if (!rehearsed)
    return refuse(
      'rule-set-not-rehearsed',
      'Rules that are to hold over the past are rehearsed first: amends rehearse, read it, and have it approved.',
    );
  if (!approval)
    return refuse('rule-set-not-approved', 'Have the rules, as they were rehearsed, approved before they take force.');
  const plan =
    approval.digestAfter && (await planTo(ledger, { programme, ruleSet, digestAfter: approval.digestAfter }));
  if (!plan)
    return refuse(
      'rule-set-not-rehearsed',
      'The rules were approved, but not as a rehearsal showed them. Rehearse them, and have that approved.',
    );
  if (!showsTheSame(approval, rehearsed))
    return refuse(
      'approval-outdated',
      `The rules were rehearsed again since they were approved: ${digestsTold(approval)} was approved, ${digestsTold(rehearsed)} was rehearsed last. Have the last one approved.`,
    );
  const book = history.entries[programme] ?? [];
  if (sameBook(plan.book, book)) return plan;
  return refuse(
    'rule-book-moved',
    `The rule book has moved since the rehearsal: in force was ${bookTold(plan.book)}, and now is ${bookTold(book)}. Rehearse again, and have that approved.`,
  );
}

const bookTold = (book: readonly BookEntry[]): string =>
  book.map(({ ruleSet, from }) => `${short(ruleSet)} ${from === null ? 'since ever' : `from ${from}`}`).join(', ') ||
  'nothing';

const digestsTold = ({
  digestBefore = '',
  digestAfter = '',
}: Partial<Pick<Plan, 'digestBefore' | 'digestAfter'>>): string => `${short(digestBefore)} to ${short(digestAfter)}`;

const short = (hash: string): string => hash.slice(0, 12);

/** Those that any digested read model reads. */
async function eventsSince(
  events: EventStore,
  position: string,
  projections: readonly AnyProjection<Inputs>[],
): Promise<number> {
  const types = typesOf(projections.filter(({ undigested }) => !undigested));
  let count = 0;
  for await (const batch of events.readAll({ from: position, filter: { types } })) count += batch.events.length;
  return count;
}
