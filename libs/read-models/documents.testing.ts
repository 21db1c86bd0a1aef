import type { Recorded } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import type { AnyProjection, Document } from '../event-sourcing/projection.js';
import { shardOf } from '../event-sourcing/shard.js';
import type { RecordedEvent, RecoveryEvent } from '../recovery/history.js';
import type { RuleBooks } from '../recovery/rules/rule-book.js';
import { EventsToFold } from '../replay/fold/events-to-fold.js';
import { ProjectionFold } from '../replay/fold/projection-fold.js';
import { Inputs } from './inputs.js';

/** No programme has rules. */
export const NO_RULES = new Inputs({ at: () => undefined, book: () => [], programmes: () => [] });

export const inputs = (rules: RuleBooks): Inputs => new Inputs(rules);

interface Told {
  /** Minutes after Monday 5 May 2031, 09:00 UTC, unless `occurredAt` says otherwise. */
  readonly minute?: number;
  readonly occurredAt?: string;
  readonly knownAt?: string;
  readonly actor?: { readonly id: string; readonly role: string };
}

const NINE = Date.parse('2031-05-05T09:00:00.000Z');

/** Events as history holds them, in the order told, each with the envelope that a store would have given it. */
export function record(
  ...told: readonly (readonly [stream: string, event: RecoveryEvent, more?: Told])[]
): RecordedEvent[] {
  const revisions = new Map<string, number>();
  return told.map(([stream, event, more = {}], index) => {
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    const occurredAt = more.occurredAt ?? new Date(NINE + (more.minute ?? index) * 60_000).toISOString();
    const id = idOf(stream, revision);
    return {
      ...event,
      id,
      schemaVersion: 1,
      stream,
      revision,
      position: String(index + 1).padStart(12, '0'),
      shard: shardOf('customer-1'),
      programme: 'service',
      occurredAt,
      knownAt: more.knownAt ?? occurredAt,
      recordedAt: occurredAt,
      actor: more.actor ?? { id: 'ana', role: 'agent' },
      commandId: `command-${index + 1}`,
      correlationId: id,
      causationId: id,
    } as RecordedEvent;
  });
}

/** What a read model shows after a history: the very fold that the projector runs, an event a batch. */
export async function documents(
  projection: AnyProjection<Inputs>,
  history: readonly Recorded[],
  given: Inputs = NO_RULES,
): Promise<Record<string, Document>> {
  const fold = new ProjectionFold<Inputs>({
    projection,
    load: () => Promise.resolve(new Map()),
    readStream: (stream, upTo) =>
      Promise.resolve([
        ...new Map(
          history
            .filter((event) => event.stream === stream && event.revision <= upTo)
            .map((event) => [event.id, event]),
        ).values(),
      ]),
    refuseTooLarge: () => undefined,
    cached: 1_000,
    empty: true,
    partlyStored: false,
    parked: new Map(),
    skipped: new Set(),
  });
  const shown: Record<string, Document> = {};
  for (const event of history) {
    const { writes, parked } = await fold.fold(new EventsToFold([event]), given);
    if (parked[0]) throw parked[0].error;
    for (const { collection, id, document } of writes) {
      if (collection !== projection.name) continue;
      if (document) shown[id] = document;
      else delete shown[id];
    }
  }
  return shown;
}

/** Each event delivered twice in place. */
export const twice = <T>(history: readonly T[]): T[] => history.flatMap((event) => [event, event]);
