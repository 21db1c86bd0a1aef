import type { Recorded } from '../event-sourcing/event.js';
import type { EventStore } from '../event-store/event-store.js';
import type { CaseDocument } from '../read-models/cases.js';
import type { ReadStore } from '../read-store/read-store.js';
import { streamOf } from '../recovery/aggregates.js';
import { draw } from '../recovery/verification/drawing.js';
import type { VerificationEvent } from '../recovery/verification/verification.js';
import type { ContactOutcome } from '../recovery/vocabulary/words.js';

/** What the record of a case says of how it ended: whether the customer stays, else what they answered to the last offer. */
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

interface Stores {
  readonly events: Pick<EventStore, 'readStream'>;
  readonly reads: Pick<ReadStore, 'get'>;
}

/** A sample, the calls to verify it, and where customer and record disagree. Undefined where none was drawn. */
export async function sampleReport({ events, reads }: Stores, period: string): Promise<SampleReport | undefined> {
  const { events: recorded } = await events.readStream(streamOf('verification', period));
  const drawings = recorded as readonly Recorded<VerificationEvent>[];
  const [first] = drawings;
  if (first === undefined) return undefined;
  const cases: SampledCase[] = [];
  const strata: SampledStratum[] = [];
  for (const { data } of drawings) {
    const stratum = data.stratum ?? null;
    const ofStratum: SampledCase[] = [];
    for (const id of data.drawn) {
      const found = await reads.get('cases', id);
      // The cases read model stores the documents that it declares.
      ofStratum.push(sampledCase(id, stratum, found?.document as CaseDocument | undefined));
    }
    cases.push(...ofStratum);
    strata.push(sumOf(stratum, data.cases.length, ofStratum));
  }
  const { seed, rate } = first.data;
  return { period, seed, rate, repeatable: drawings.every(isRepeatable), strata, cases };
}

const isRepeatable = ({ data: { seed, rate, cases, drawn } }: Pick<VerificationEvent, 'data'>): boolean =>
  JSON.stringify(draw(seed, rate, cases)) === JSON.stringify(drawn);

function sampledCase(id: string, stratum: string | null, found: CaseDocument | undefined): SampledCase {
  const called = found?.callbacks.at(-1);
  const callback = called
    ? { at: called.at, by: called.by, outcome: called.outcome, satisfied: called.satisfied }
    : null;
  const record = found ? recordOf(found) : null;
  const satisfied = callback?.satisfied ?? null;
  const agrees = record === null || satisfied === null ? null : satisfied === (record === 'recovered');
  return { case: id, stratum, callback, record, agrees };
}

/** Whether the customer stays says more than what they answered to an offer. */
function recordOf({ outcome, offers }: CaseDocument): OnRecord | null {
  if (outcome !== null) return outcome === 'kept' ? 'recovered' : 'not-recovered';
  const answered = offers.findLast(({ answer }) => answer === 'accepted' || answer === 'declined');
  if (answered === undefined) return null;
  return answered.answer === 'accepted' ? 'recovered' : 'not-recovered';
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
