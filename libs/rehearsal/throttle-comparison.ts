import type { Recorded } from '../event-sourcing/event.js';
import type { RecordedEvent } from '../recovery/history.js';
import { reaches } from '../recovery/rules/reach.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { triage } from '../recovery/triage/triage.js';
import { isTriagedInScope } from './triage-comparison.js';
import type { Scope } from './totals.js';

/** A wanted case: when its response came, and the daily limit that it is under; null where the throttle spares it. */
type Wanted = readonly [at: string, limit: number | null];

/** The cases that each side wants, by team and day. */
export interface WantedCases {
  readonly before: ReadonlyMap<string, readonly Wanted[]>;
  readonly after: ReadonlyMap<string, readonly Wanted[]>;
}

/** How many responses the daily limits of each side hold back. */
export interface HeldBackBySides {
  readonly before: number;
  readonly after: number;
}

/**
 * Holds what each side wants against its daily limits, each day by itself: who was released later is left out. Where both
 * sides triage alike there is nothing to compare. It skips imported responses, which were never triaged here.
 */
export class ThrottleComparison {
  readonly #wanted = { before: new Map<string, Wanted[]>(), after: new Map<string, Wanted[]>() };
  readonly #differs: boolean;

  constructor(
    private readonly books: { readonly before: RuleBooks; readonly after: RuleBooks },
    private readonly scope: Scope,
  ) {
    this.#differs = reaches(['triage'], books.before, books.after);
  }

  each(recorded: Recorded): void {
    if (!this.#differs) return;
    const event = recorded as RecordedEvent;
    if (event.type !== 'ResponseReceived' || !isTriagedInScope(event, this.scope)) return;
    const { programme, occurredAt, knownAt, data } = event;
    for (const side of ['before', 'after'] as const) {
      const rules = this.books[side].at(programme, occurredAt);
      const decided = rules && triage(data, rules, occurredAt);
      // Without a throttle nobody is held back, whatever else is wanted.
      if (decided?.outcome !== 'case-wanted' || !rules?.ruleSet.triage?.throttle) continue;
      const wanted: Wanted = [knownAt, decided.intake.throttle?.perTeamAndDay ?? null];
      this.#add(side, `${knownAt.slice(0, 10)} ${decided.team ?? programme}`, [wanted]);
    }
  }

  /** Adds what another comparison found in other responses. */
  merge(found: WantedCases): void {
    for (const side of ['before', 'after'] as const)
      for (const [day, wanted] of found[side]) this.#add(side, day, wanted);
  }

  found(): WantedCases {
    return this.#wanted;
  }

  /** Null where both sides triage alike. */
  result(): HeldBackBySides | null {
    if (!this.#differs) return null;
    const sum = (days: WantedCases['before']): number =>
      [...days.values()].reduce((held, wanted) => held + heldBackOf(wanted), 0);
    return { before: sum(this.#wanted.before), after: sum(this.#wanted.after) };
  }

  #add(side: keyof WantedCases, day: string, wanted: readonly Wanted[]): void {
    const known = this.#wanted[side].get(day);
    if (known) for (const one of wanted) known.push(one);
    else this.#wanted[side].set(day, [...wanted]);
  }
}

/** As the intake of a day decides, one after the other. Of those that came at once, the throttle's come first. */
function heldBackOf(wanted: readonly Wanted[]): number {
  const inOrder = wanted.toSorted(([a, limit], [b, other]) =>
    a === b ? (limit ?? Infinity) - (other ?? Infinity) || 0 : a < b ? -1 : 1,
  );
  let [opened, held] = [0, 0];
  for (const [, limit] of inOrder)
    if (limit !== null && opened >= limit) held++;
    else opened++;
  return held;
}
