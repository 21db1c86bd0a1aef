import type { Actor, Recorded } from '../../libs/event-sourcing/event.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { CaseEvent } from '../../libs/recovery/case/case-events.js';
import { asCorrected } from '../../libs/recovery/case/correction.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { advanceClocks, clocksAsOf, type CaseClocks } from '../../libs/recovery/sla/case-clocks.js';
import { explainClock, type ClockExplanation } from '../../libs/recovery/sla/explain-clock.js';
import { entriesOf, booksUnder, loadRuleBooks } from '../../libs/replay/rule-books.js';
import { Failure } from './failure.js';
import { rulesUnder } from './read-models.js';

export interface AuditRequest {
  /** The case's id, or its source's number. */
  readonly name: string;
  readonly at: string;
  readonly knownAt?: string;
  readonly ruleSet?: RuleSet;
}

export interface AuditedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly imported: boolean;
  readonly data: unknown;
  /** Ids of the events that corrected it. */
  readonly correctedBy: readonly string[];
}

export interface AuditedClock extends ClockExplanation {
  readonly verdict: 'met' | 'missed' | 'running' | 'overdue' | 'paused' | 'cancelled';
  /** The source's own verdict on the target. */
  readonly reported: 'met' | 'missed' | null;
}

export interface Audit {
  readonly case: string;
  readonly reference: string | null;
  readonly programme: string;
  readonly knownAt: string | null;
  readonly at: string;
  readonly events: readonly AuditedEvent[];
  readonly clocks: readonly AuditedClock[];
  /** Verdicts of sources on targets that have no clock. */
  readonly reported: Readonly<Record<string, 'met' | 'missed'>>;
}

/** Straight from history, so that it rests on no read model but for finding a case by its source's number. */
export async function runAudit(stores: Stores, { name, at, knownAt, ruleSet }: AuditRequest): Promise<Audit> {
  const id = await caseNamed(stores, name);
  const known = (events: readonly Recorded[]) =>
    (events as readonly RecordedEvent[]).filter((event) => knownAt === undefined || event.knownAt <= knownAt);
  const ofCase = known((await stores.events.readStream(`case-${id}`)).events);
  const opened = ofCase.find((event) => event.type === 'CaseOpened');
  if (opened?.type !== 'CaseOpened')
    throw new Failure(`Nothing was known of case ${name} at ${knownAt}. Name a later time.`);
  const { response, reference = null } = opened.data;
  const beside = [`clock-${id}`, ...(response === undefined ? [] : [`response-${response}`])];
  const told = [...ofCase];
  for (const stream of beside) told.push(...known((await stores.events.readStream(stream)).events));

  const books = await booksOf(stores, ruleSet);
  const clocks = clocksOf(ofCase, books, opened.programme, at);
  return {
    case: id,
    reference,
    programme: opened.programme,
    knownAt: knownAt ?? null,
    at,
    events: auditedEvents(told, stores),
    clocks: (clocks?.clocks ?? []).map((clock) => {
      const explained = explainClock(clock, opened.programme, books, { at, timeZoneData: process.versions.tz ?? '' });
      return { ...explained, verdict: verdictOf(clock, at), reported: clocks?.reported[clock.target] ?? null };
    }),
    reported: clocks?.reported ?? {},
  };
}

async function caseNamed({ events, reads }: Stores, name: string): Promise<string> {
  const { revision } = await events.readStream(`case-${name}`, { limit: 1 });
  if (revision > 0) return name;
  if (await reads.live()) {
    const { documents } = await reads.find('cases', { filter: { reference: name }, limit: 2 });
    const [one, other] = documents;
    if (one && !other) return one.id;
    if (one)
      throw new Failure(
        `Several cases are called ${name}: ${documents.map(({ id }) => id).join(', ')}, ... Name one by its id.`,
      );
  }
  throw new Failure(
    `There is no case ${name} in this store. Name it by its id, or by its source's number such as INC0000045.`,
  );
}

/** The rules that the live read models are under, or those to be tried. */
async function booksOf(stores: Stores, ruleSet: RuleSet | undefined): Promise<RuleBooks> {
  if (ruleSet) return (await rulesUnder(stores, ruleSet)).books;
  const rules = await loadRuleBooks(stores.events);
  const live = await stores.reads.live();
  return live ? booksUnder(entriesOf(live.stamp, rules), rules.drafts) : rules.books;
}

function clocksOf(
  events: readonly RecordedEvent[],
  books: RuleBooks,
  programme: string,
  at: string,
): CaseClocks | undefined {
  const corrected = asCorrected(events as readonly Recorded<CaseEvent>[]) as readonly RecordedEvent[];
  const clocks = corrected.reduce<CaseClocks | undefined>((now, event) => advanceClocks(now, event, books), undefined);
  return clocks && clocksAsOf(clocks, at, books, programme);
}

function verdictOf({ state, met, dueAt }: ClockExplanation['clock'], at: string): AuditedClock['verdict'] {
  if (state === 'completed') return met ? 'met' : 'missed';
  if (state === 'running') return dueAt !== undefined && dueAt < at ? 'overdue' : 'running';
  return state;
}

/** In the order in which they became known, corrections beside what they corrected. */
function auditedEvents(events: readonly RecordedEvent[], { personal }: Stores): readonly AuditedEvent[] {
  const corrections = events.filter((event) => event.type === 'EventCorrected');
  return events
    .toSorted((a, b) => (a.position < b.position ? -1 : 1))
    .map(({ id, type, stream, revision, occurredAt, knownAt, recordedAt, actor, imported = false, data }) => ({
      id,
      type,
      stream,
      revision,
      occurredAt,
      knownAt,
      recordedAt,
      actor,
      imported,
      data: personal.withhold(data),
      correctedBy: corrections.filter(({ data: { corrects } }) => corrects === id).map((correction) => correction.id),
    }));
}
