import type { Recorded } from '../event-sourcing/event.js';
import { caseAsRead } from '../recovery/case/case-reading.js';
import type { RecordedEvent } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import { ruleBooks, type RuleBooks } from '../recovery/rules/rule-book.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { advanceClocks, clocksAsOf, type CaseClocks } from '../recovery/clocks/case-clocks.js';
import { verdictOf } from '../recovery/clocks/clock-times.js';
import type { Verdict } from './verdict.js';

/** A case as `amends audit CASE --json` writes it: its events, and the rules that judged it. */
export interface ExportedCase {
  readonly case: string;
  readonly programme: string;
  readonly at: string;
  readonly events: readonly ExportedEvent[];
  readonly rules: readonly { readonly from: string | null; readonly ruleSet: string; readonly content: RuleSet }[];
}

export type ExportedEvent = Pick<
  Recorded,
  'id' | 'type' | 'stream' | 'revision' | 'occurredAt' | 'knownAt' | 'recordedAt' | 'actor'
> & { readonly data: unknown };

export interface ReplayedClock {
  readonly target: string;
  readonly cycle: number;
  readonly reply: number | null;
  readonly verdict: Verdict;
  readonly dueAt: string | null;
  readonly workingMs: number | null;
}

/**
 * Judges an exported case again from the export alone: one call turns a fault in production into a test. `under` judges
 * it by another rule set, in force since ever.
 */
export function replayExported(exported: ExportedCase, under?: RuleSet): readonly ReplayedClock[] {
  const { programme, at, rules } = exported;
  const book = under
    ? [{ from: null, rules: compileRules(under) }]
    : rules.map(({ from, content }) => ({ from, rules: compileRules(content) }));
  const stream = `case-${exported.case}`;
  const events = exported.events
    .filter((event) => event.stream === stream)
    .toSorted((a, b) => a.revision - b.revision)
    .map((event) => ({ ...event, programme }) as unknown as RecordedEvent);
  const clocks = clocksOfCase(events, ruleBooks({ [programme]: book }), programme, at);
  return (clocks?.clocks ?? []).map((clock) => ({
    target: clock.target,
    cycle: clock.cycle,
    reply: clock.reply ?? null,
    verdict: verdictOf(clock, at),
    dueAt: clock.dueAt ?? null,
    workingMs: clock.workingMs ?? null,
  }));
}

/** Folds the clocks of a case, as its events are read, and reads them at a moment. */
export function clocksOfCase(
  events: readonly RecordedEvent[],
  books: RuleBooks,
  programme: string,
  at: string,
): CaseClocks | undefined {
  const clocks = caseAsRead(events).reduce<CaseClocks | undefined>(
    (now, event) => advanceClocks(now, event, books),
    undefined,
  );
  return clocks && clocksAsOf(clocks, at, books, programme);
}
