import type { Actor, Recorded } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import type { ReadStore } from '../read-store/read-store.js';
import type { EventType, RecordedEvent } from '../recovery/history.js';
import { caseAsRead } from '../recovery/case/case-reading.js';
import { verdictOf, type ClockVerdict } from '../recovery/clocks/clock-times.js';
import { explainClock, type ClockExplanation } from '../recovery/clocks/explain-clock.js';
import { booksServed } from '../replay/builds/kept-builds.js';
import { booksOfView, isPresent, type View } from '../replay/builds/view.js';
import { stepsOfCase, type AuditStep } from './case-steps.js';
import { clocksOfCase, type ExportedCase } from './exported-case.js';

export interface CaseAuditRequest {
  readonly case: string;
  /** The moment at which running clocks are read, UTC. */
  readonly at: string;
  readonly view: View;
  /** Also list the fields that each event changed. */
  readonly steps?: boolean;
}

interface AuditSources {
  readonly events: Pick<EventStore, 'readStream' | 'readAll'>;
  /** The live build names the rules that judge the case, unless the request names others. */
  readonly reads: Pick<ReadStore, 'live'>;
  /** Removes personal data from the answer. */
  withhold(this: void, value: unknown): unknown;
}

export interface AuditedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  /** Its number in the order in which the case is read: 1 happened first. Null: withdrawn, or of another stream. */
  readonly order: number | null;
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly recordedAt: string;
  readonly actor: Actor;
  readonly imported: boolean;
  readonly data: unknown;
  /** Ids of the corrections of this event. */
  readonly correctedBy: readonly string[];
}

export interface AuditedClock extends ClockExplanation {
  readonly verdict: ClockVerdict;
  /** The source's own verdict on the target. */
  readonly reported: 'met' | 'missed' | null;
}

export interface CaseAudit {
  readonly case: string;
  readonly reference: string | null;
  readonly programme: string;
  readonly knownAt: string | null;
  readonly at: string;
  readonly events: readonly AuditedEvent[];
  readonly clocks: readonly AuditedClock[];
  /** Sources' verdicts on targets that have no clock. */
  readonly reported: Readonly<Record<string, 'met' | 'missed'>>;
  /** The rule book that judged the case, oldest first. It and the events suffice to replay the case anywhere. */
  readonly rules: ExportedCase['rules'];
  readonly steps?: readonly AuditStep[];
}

/**
 * Explains one case from its first event: every verdict and its reasons. It reads history alone, no read model.
 * Undefined if the case was not known then.
 */
export async function auditCase(
  { events, reads, withhold }: AuditSources,
  { case: id, at, view, steps = false }: CaseAuditRequest,
): Promise<CaseAudit | undefined> {
  const { knownAt } = view;
  const knownOf = async (stream: string): Promise<readonly RecordedEvent[]> =>
    known((await events.readStream(stream)).events, knownAt);
  const ofCase = await knownOf(`case-${id}`);
  const opened = ofCase.find((event) => event.type === 'CaseOpened');
  if (opened?.type !== 'CaseOpened') return undefined;
  const { programme } = opened;
  const { customer, response, reference = null } = opened.data;
  const recorded = [...ofCase, ...(await knownOf(`clock-${id}`))];
  // With whom the customer was one person says why a case could be merged into another customer's.
  recorded.push(...(await knownOf(`customer-${customer}`)).filter(({ type }) => JOININGS.has(type)));
  if (response !== undefined) recorded.push(...(await knownOf(`response-${response}`)));

  const books = isPresent(view) ? await booksServed(events, reads) : await booksOfView(events, view);
  const clocks = clocksOfCase(ofCase, books, programme, at);
  return {
    case: id,
    reference,
    programme,
    knownAt: knownAt ?? null,
    at,
    events: auditedEvents(`case-${id}`, recorded, withhold),
    clocks: (clocks?.clocks ?? []).map((clock) => {
      const explained = explainClock(clock, programme, books, { at, timeZoneData: process.versions.tz ?? '' });
      return { ...explained, verdict: verdictOf(clock, at), reported: clocks?.reported[clock.target] ?? null };
    }),
    reported: clocks?.reported ?? {},
    rules: books.book(programme).map(({ from, rules }) => ({ from, ruleSet: rules.hash, content: rules.ruleSet })),
    steps: steps
      ? stepsOfCase(ofCase, books).map((step) => ({ ...step, changed: withhold(step.changed) as typeof step.changed }))
      : undefined,
  };
}

const JOININGS: ReadonlySet<string> = new Set(['CustomersJoined', 'CustomersSeparated'] satisfies EventType[]);

const known = (events: readonly Recorded[], at: string | undefined): readonly RecordedEvent[] =>
  (events as readonly RecordedEvent[]).filter((event) => at === undefined || event.knownAt <= at);

/** The events in the order recorded, each with its place in the order in which they happened, and its corrections. */
function auditedEvents(
  stream: string,
  events: readonly RecordedEvent[],
  withhold: AuditSources['withhold'],
): readonly AuditedEvent[] {
  const corrections = events.filter((event) => event.type === 'EventCorrected');
  const read = caseAsRead(events.filter((event) => event.stream === stream)).map((event) => event.id);
  return events
    .toSorted((a, b) => (a.position < b.position ? -1 : 1))
    .map(({ id, type, stream, revision, occurredAt, knownAt, recordedAt, actor, imported = false, data }) => ({
      id,
      type,
      stream,
      revision,
      order: read.indexOf(id) + 1 || null,
      occurredAt,
      knownAt,
      recordedAt,
      actor,
      imported,
      data: withhold(data),
      correctedBy: corrections.filter(({ data: { corrects } }) => corrects === id).map((correction) => correction.id),
    }));
}
