import { streamOf } from '../recovery/aggregates.js';
import { asCorrected } from '../recovery/case/correction.js';
import type { RecordedEvent } from '../recovery/history.js';
import { draw } from '../recovery/verification/drawing.js';
import type { ContactOutcome } from '../recovery/vocabulary/words.js';
import type { EventStore } from '../event-store/event-store.js';

/** What the record of a case says of how it ended, by the customer's last answer to an offer, or whether they stay. */
export type OnRecord = 'recovered' | 'not-recovered';

export interface SampledCase {
  readonly case: string;
  readonly stratum: string | null;
  /** The last call that stands; null while nobody has called. */
  readonly callback: {
    readonly at: string;
    readonly by: string;
    readonly outcome: ContactOutcome;
    readonly satisfied: boolean | null;
  } | null;
  /** Null where the record says neither. */
  readonly record: OnRecord | null;
  /** Whether the customer and the record say the same; null where one of them says nothing. */
  readonly agrees: boolean | null;
}

export interface SampledStratum {
  readonly stratum: string | null;
  readonly approved: number;
  readonly drawn: number;
  readonly called: number;
  readonly reached: number;
  readonly satisfied: number;
  readonly disagreements: number;
}

export interface SampleReport {
  readonly period: string;
  readonly seed: string;
  readonly rate: number;
  /** A drawing from the recorded seed, rate and cases gives the recorded sample. */
  readonly repeatable: boolean;
  readonly strata: readonly SampledStratum[];
  readonly cases: readonly SampledCase[];
}

type Sampled = Extract<RecordedEvent, { type: 'VerificationSampled' }>;

/** A sample, the calls to verify it, and where customer and record disagree. Undefined where none was drawn. */
export async function sampleReport(
  events: Pick<EventStore, 'readStream'>,
  period: string,
): Promise<SampleReport | undefined> {
  const drawings = (await read(events, streamOf('verification', period))).filter(
    (event): event is Sampled => event.type === 'VerificationSampled',
  );
  const [first] = drawings;
  if (first === undefined) return undefined;
  const cases: SampledCase[] = [];
  const strata: SampledStratum[] = [];
  for (const { data } of drawings) {
    const stratum = data.stratum ?? null;
    const ofStratum: SampledCase[] = [];
    for (const id of data.drawn) ofStratum.push(sampledCase(id, stratum, await read(events, streamOf('case', id))));
    cases.push(...ofStratum);
    strata.push(sumOf(stratum, data.cases.length, ofStratum));
  }
  const { seed, rate } = first.data;
  return { period, seed, rate, repeatable: drawings.every(isRepeatable), strata, cases };
}

const read = async (events: Pick<EventStore, 'readStream'>, stream: string): Promise<readonly RecordedEvent[]> =>
  (await events.readStream(stream)).events as readonly RecordedEvent[];

const isRepeatable = ({ data: { seed, rate, cases, drawn } }: Sampled): boolean =>
  JSON.stringify(draw(seed, rate, cases)) === JSON.stringify(drawn);

function sampledCase(id: string, stratum: string | null, events: readonly RecordedEvent[]): SampledCase {
  const facts = asCorrected(events);
  const called = facts.findLast((event) => event.type === 'CallbackRecorded');
  const callback = called
    ? {
        at: called.occurredAt,
        by: called.actor.id,
        outcome: called.data.outcome,
        satisfied: called.data.satisfied ?? null,
      }
    : null;
  const record = recordOf(facts);
  const satisfied = callback?.satisfied ?? null;
  const agrees = record === null || satisfied === null ? null : satisfied === (record === 'recovered');
  return { case: id, stratum, callback, record, agrees };
}

function recordOf(facts: readonly RecordedEvent[]): OnRecord | null {
  for (const { type, data } of facts.toReversed())
    switch (type) {
      case 'CustomerKept':
        return 'recovered';
      case 'CustomerLost':
      case 'CaseGivenUp':
        return 'not-recovered';
      case 'OfferAnswered':
        if (data.answer !== 'no-answer') return data.answer === 'accepted' ? 'recovered' : 'not-recovered';
        break;
      default:
    }
  return null;
}

function sumOf(stratum: string | null, approved: number, cases: readonly SampledCase[]): SampledStratum {
  const count = (is: (one: SampledCase) => boolean): number => cases.filter(is).length;
  return {
    stratum,
    approved,
    drawn: cases.length,
    called: count(({ callback }) => callback !== null),
    reached: count(({ callback }) => callback?.outcome === 'reached'),
    satisfied: count(({ callback }) => callback?.satisfied === true),
    disagreements: count(({ agrees }) => agrees === false),
  };
}
