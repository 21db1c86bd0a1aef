import { isRefusal, refuse, type Refusal, through } from '../event-sourcing/decider.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Inputs } from '../read-models/inputs.js';
import type { Generation, ReadStore } from '../read-store/read-store.js';
import { sameBook, type BookEntry, type RuleBooks } from '../recovery/rules/rule-book.js';
import { showsTheSame } from '../recovery/rules/rule-decider.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { digestBuild } from '../replay/digest/digest.js';
import type { AnyProjection } from '../event-sourcing/projection.js';
import { typesOf } from '../replay/fold/projections.js';
import { loadRuleBooks, type RulesInHistory } from '../replay/builds/rule-books.js';
import type { Build } from './build.js';
import { changedVerdicts } from './changed-verdicts.js';
import { eventsUpTo } from './events-up-to.js';
import { planTo, type Plan } from './plan.js';
import { ruleHistoryOf } from './rule-history.js';
import { Explainer } from './why.js';

export interface CarryOutOptions {
  readonly events: EventStore;
  readonly reads: ReadStore;
  readonly ledger: Ledger;
  readonly projections: readonly AnyProjection<Inputs>[];
  readonly programme: string;
  readonly ruleSet: string;
  /** When running clocks are read. */
  readonly at: string;
  /** Makes a build of this history under these rules, ready to be switched to. */
  build(this: void, wanted: PastBuild): Promise<Generation>;
  /** Brings it to the end of history. */
  catchUp(this: void, generation: Generation, rules: RulesInHistory): Promise<unknown>;
}

interface PastBuild {
  /** History as the rehearsal read it. */
  readonly events: EventStore;
  readonly rules: RulesInHistory;
  readonly reason: string;
}

/** A build of what was rehearsed and approved, up to the end of history, and ready to be switched to. */
export interface CarriedOut {
  readonly plan: Plan;
  readonly generation: Generation;
  readonly digestBefore: string;
  readonly digestAfter: string;
  /** How many events came since the rehearsal, and how many verdicts change without them and with them. */
  readonly since: {
    readonly events: number;
    readonly digestRehearsed: string;
    readonly changedRehearsed: number;
    readonly changedNow: number;
  };
}

/**
 * Builds what an approved rehearsal showed, and proves by digest that it is that. It switches to nothing and records
 * nothing. A refusal says what has moved since.
 */
export async function carryOut(options: CarryOutOptions): Promise<CarriedOut | Refusal> {
  const { events, reads, projections, programme, ruleSet, build, catchUp } = options;
  const history = await loadRuleBooks(events);
  const plan = await approvedPlan(options, history);
  if (isRefusal(plan)) return plan;
  if (plan.since !== null)
    return refuse(
      'rehearsed-from-a-time-on',
      `The rules were rehearsed as from ${plan.since} on, not over the past.`,
      'Rehearse them over the past (POST /v1/rehearsals, amends rehearse), and have that approved; or activate them from a time on.',
    );
  const content = history.drafts.get(ruleSet)?.content as RuleSet;
  const rules = await loadRuleBooks(events, { override: { [programme]: content } });
  const before = await reads.live();
  const digestBefore = (await digestBuild(reads)).digest;
  const upTo = plan.position;
  const reason = `rule set ${ruleSet}, as rehearsed`;
  // A build that was left over may hold more than was rehearsed.
  for (const { id, status, stamp } of await reads.generations())
    if (status === 'ready' && stamp.reason === reason) await reads.release(id);
  const generation = await build({ events: eventsUpTo(events, upTo), rules, reason });
  const rehearsed = (await digestBuild(reads, generation.id)).digest;
  if (rehearsed !== plan.digestAfter) {
    await reads.release(generation.id);
    return refuse(
      'rehearsal-outdated',
      `The rehearsal of ${plan.madeAt} gave the digest ${short(plan.digestAfter)}, and the same history gives ${short(rehearsed)} now: the read models have changed.`,
      REHEARSE_AGAIN,
    );
  }
  const came = await eventsSince(events, upTo, projections);
  await catchUp(generation, rules);
  const { changedCount: changedRehearsed } = plan;
  const since = { events: came, digestRehearsed: rehearsed, changedRehearsed, changedNow: changedRehearsed };
  if (came === 0) return { plan, generation, digestBefore, digestAfter: rehearsed, since };
  const digestAfter = (await digestBuild(reads, generation.id)).digest;
  const books = { before: history.books, after: rules.books };
  const changedNow = before ? await changedVerdictsBetween([before, generation], options, books) : changedRehearsed;
  return { plan, generation, digestBefore, digestAfter, since: { ...since, changedNow } };
}

async function changedVerdictsBetween(
  [before, after]: readonly [Generation, Generation],
  { reads, programme, at }: CarryOutOptions,
  books: { readonly before: RuleBooks; readonly after: RuleBooks },
): Promise<number> {
  const buildOf = ({ id }: Generation): Build => ({ reads, generation: id });
  const explainer = new Explainer(books, programme);
  let count = 0;
  for await (const _ of changedVerdicts(buildOf(before), buildOf(after), { programme, at }, explainer)) count++;
  return count;
}

const REHEARSE_AGAIN = 'Rehearse again (POST /v1/rehearsals, amends rehearse), and have that approved.';

type Asked = Pick<CarryOutOptions, 'events' | 'ledger' | 'programme' | 'ruleSet'>;

/** Finds what was rehearsed and approved, and refuses where it no longer fits. */
export async function approvedPlan(
  { events, ledger, programme, ruleSet }: Asked,
  history: RulesInHistory,
): Promise<Plan | Refusal> {
  const { drafts } = await ruleHistoryOf(events, programme);
  const draft = Object.hasOwn(drafts, ruleSet) ? drafts[ruleSet] : undefined;
  if (!draft)
    return refuse(
      'rule-set-not-drafted',
      `There is no draft ${ruleSet} of these rules.`,
      through('Draft it first.', 'DraftRuleSet'),
    );
  const { approval, rehearsed } = draft;
  if (!rehearsed)
    return refuse(
      'rule-set-not-rehearsed',
      'Rules that are to hold over the past are rehearsed first.',
      'Rehearse them (POST /v1/rehearsals, amends rehearse), read it, and have it approved.',
    );
  if (!approval)
    return refuse(
      'rule-set-not-approved',
      'The rules were rehearsed and not approved.',
      through('Have them approved, as they were rehearsed, before they take force.', 'ApproveRuleSet', {
        programme,
        ruleSet,
      }),
    );
  const plan =
    approval.digestAfter && (await planTo(ledger, { programme, ruleSet, digestAfter: approval.digestAfter }));
  if (!plan)
    return refuse(
      'rule-set-not-rehearsed',
      'The rules were approved, but not as a rehearsal showed them.',
      'Rehearse them (POST /v1/rehearsals, amends rehearse), and have that approved.',
    );
  if (!showsTheSame(approval, rehearsed))
    return refuse(
      'approval-outdated',
      `The rules were rehearsed again since they were approved: ${digestsInWords(approval)} was approved, ${digestsInWords(rehearsed)} was rehearsed last.`,
      through('Have the last one approved.', 'ApproveRuleSet', { programme, ruleSet }),
    );
  const book = history.entries[programme] ?? [];
  if (sameBook(plan.book, book)) return plan;
  return refuse(
    'rule-book-moved',
    `The rule book has moved since the rehearsal: in force was ${bookInWords(plan.book)}, and now is ${bookInWords(book)}.`,
    REHEARSE_AGAIN,
  );
}

const bookInWords = (book: readonly BookEntry[]): string =>
  book.map(({ ruleSet, from }) => `${short(ruleSet)} ${from === null ? 'since ever' : `from ${from}`}`).join(', ') ||
  'nothing';

const digestsInWords = ({
  digestBefore = '',
  digestAfter = '',
}: Partial<Pick<Plan, 'digestBefore' | 'digestAfter'>>): string => `${short(digestBefore)} to ${short(digestAfter)}`;

const short = (hash: string): string => hash.slice(0, 12);

/** Counts the events that any digested read model reads. */
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
