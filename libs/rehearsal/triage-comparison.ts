import type { Recorded } from '../event-sourcing/event.js';
import type { RecordedEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { triage, type Triage } from '../recovery/triage/triage.js';
import { FirstOf } from './first-of.js';
import type { Scope } from './totals.js';

const WORDS = {
  wouldHaveBeenOpened: 'would have been opened',
  wouldNotHaveBeenOpened: 'would not have been opened',
  handledOtherwise: 'handled otherwise',
} as const;
const CHANGES = Object.keys(WORDS) as (keyof typeof WORDS)[];

/** A response that the other rules would have triaged otherwise. No rule change can undo what was done then. */
export interface OtherDecision {
  readonly response: string;
  readonly at: string;
  readonly change: (typeof WORDS)[keyof typeof WORDS];
  readonly from: Decision;
  readonly to: Decision;
}

export interface Decision {
  readonly outcome: string;
  readonly rule: string;
  readonly kind: string | null;
  readonly priority: string | null;
  readonly team: string | null;
}

export interface NotReversible {
  readonly count: number;
  readonly wouldHaveBeenOpened: number;
  readonly wouldNotHaveBeenOpened: number;
  /** Another kind, priority or team, or "respect" instead of "nothing". */
  readonly handledOtherwise: number;
  /** The first ones, by the time of the response. */
  readonly examples: readonly OtherDecision[];
}

/**
 * Triages every response again under both rule books. It ignores a team's daily intake limit on both sides, and skips
 * imported responses, which were never triaged here.
 */
export class TriageComparison {
  readonly types = ['ResponseReceived'] as const;
  readonly #examples: FirstOf<OtherDecision>;
  readonly #counts = { wouldHaveBeenOpened: 0, wouldNotHaveBeenOpened: 0, handledOtherwise: 0 };

  constructor(
    private readonly books: { readonly before: RuleBooks; readonly after: RuleBooks },
    private readonly scope: Scope,
    most: number,
  ) {
    this.#examples = new FirstOf<OtherDecision>(most, ({ at, response }) => `${at} ${response}`);
  }

  each(recorded: Recorded): void {
    const event = recorded as RecordedEvent;
    if (event.type !== 'ResponseReceived' || !isTriagedInScope(event, this.scope)) return;
    const { programme, occurredAt, data } = event;
    const [had, has] = [this.books.before, this.books.after].map((books) => {
      const rules = books.at(programme, occurredAt);
      return decisionOf(rules && triage(data, rules, occurredAt));
    }) as [Decision, Decision];
    if (same(had, has)) return;
    const [wasOpened, isOpened] = [had.outcome === 'case-wanted', has.outcome === 'case-wanted'];
    const change =
      wasOpened === isOpened ? 'handledOtherwise' : isOpened ? 'wouldHaveBeenOpened' : 'wouldNotHaveBeenOpened';
    this.#counts[change]++;
    this.#examples.add({ response: data.response, at: occurredAt, change: WORDS[change], from: had, to: has });
  }

  /** Adds what another comparison found in other responses. */
  merge(found: NotReversible): void {
    for (const change of CHANGES) this.#counts[change] += found[change];
    for (const example of found.examples) this.#examples.add(example);
  }

  result(): NotReversible {
    const count = CHANGES.reduce((sum, change) => sum + this.#counts[change], 0);
    return { count, ...this.#counts, examples: this.#examples.result() };
  }
}

/** Whether triage decided here on a response of the scope. */
export const isTriagedInScope = (
  { imported, programme, occurredAt }: Pick<Recorded, 'imported' | 'programme' | 'occurredAt'>,
  { programme: wanted, from, to }: Scope,
): boolean =>
  !imported &&
  programme === wanted &&
  (from === undefined || occurredAt >= from) &&
  (to === undefined || occurredAt < to);

const decisionOf = (decided: Triage | undefined): Decision => {
  if (!decided) return { outcome: 'no rules', rule: '-', kind: null, priority: null, team: null };
  const { outcome, rule } = decided;
  if (decided.outcome !== 'case-wanted') return { outcome, rule, kind: null, priority: null, team: null };
  return { outcome, rule, kind: decided.kind, priority: decided.priority, team: decided.team ?? null };
};

/** A decision by another cell or override is the same if its result is the same. */
const same = (one: Decision, other: Decision): boolean =>
  one.outcome === other.outcome &&
  one.kind === other.kind &&
  one.priority === other.priority &&
  one.team === other.team;
