import type { Actor, Recorded } from '../../libs/event-sourcing/event.js';
import type { Stores } from '../../libs/platform/stores/open-stores.js';
import type { RecordedEvent } from '../../libs/recovery/history.js';
import type { RuleBooks } from '../../libs/recovery/rules/rule-book.js';
import { explainClock, type ClockExplanation } from '../../libs/recovery/sla/explain-clock.js';
import { booksUnder, loadRuleBooks } from '../../libs/replay/rule-books.js';
import { clockVerdict, clocksOfCase, type ExportedCase } from '../../libs/rehearsal/exported-case.js';
import { stepsOfCase, type AuditStep } from '../../libs/rehearsal/case-steps.js';
import { Failure } from './failure.js';
import { booksUnderWhich } from './report-run.js';

export interface AuditRequest {
  /** The case's id, or its source's number. */
  readonly name: string;
  readonly at: string;
  readonly knownAt?: string;
  /** Rules to judge by: a file, or a rule set of the store. */
  readonly under?: string;
  /** With the fields that each event changed. */
  readonly steps?: boolean;
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
  readonly verdict: ReturnType<typeof clockVerdict>;
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
  /** The rule book that it was judged by, oldest first: with it and the events the case can be replayed anywhere. */
  readonly rules: ExportedCase['rules'];
  readonly steps?: readonly AuditStep[];
}

/** Straight from history, so that it rests on no read model but for finding a case by its source's number. */
export async function runAudit(
  stores: Stores,
  { name, at, knownAt, under, steps = false }: AuditRequest,
): Promise<Audit> {
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

  const { programme } = opened;
  const books = await booksOf(stores, knownAt, under);
  const clocks = clocksOfCase(ofCase, books, programme, at);
  return {
    case: id,
    reference,
    programme: opened.programme,
    knownAt: knownAt ?? null,
    at,
    events: auditedEvents(told, stores),
    clocks: (clocks?.clocks ?? []).map((clock) => {
      const explained = explainClock(clock, opened.programme, books, { at, timeZoneData: process.versions.tz ?? '' });
      return { ...explained, verdict: clockVerdict(clock, at), reported: clocks?.reported[clock.target] ?? null };
    }),
    reported: clocks?.reported ?? {},
    rules: books.book(programme).map(({ from, rules }) => ({ from, ruleSet: rules.hash, content: rules.ruleSet })),
    ...(steps ? { steps: stepsOf(ofCase, books, stores) } : {}),
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

/** Those asked for; else as they stood when that was known; else those that the live read models are under. */
async function booksOf(stores: Stores, knownAt: string | undefined, under: string | undefined): Promise<RuleBooks> {
  if (knownAt !== undefined || under !== undefined) return booksUnderWhich(stores, { knownAt, under });
  const rules = await loadRuleBooks(stores.events);
  const live = await stores.reads.live();
  return live ? booksUnder(live.stamp.ruleBooks, rules.drafts) : rules.books;
}

/** The fields that each event changed; what persons said stays sealed. */
const stepsOf = (events: readonly RecordedEvent[], books: RuleBooks, { personal }: Stores): readonly AuditStep[] =>
  stepsOfCase(events, books).map((step) => ({
    ...step,
    changed: personal.withhold(step.changed) as AuditStep['changed'],
  }));

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
