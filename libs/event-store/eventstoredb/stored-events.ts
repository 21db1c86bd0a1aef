import type { AllStreamRecordedEvent, EventData, JSONEventData, RecordedEvent } from '@eventstore/db-client';
import type { Envelope, Recorded, ToAppend } from '../../event-sourcing/event.js';
import { AppendRefused, HistoryDamaged } from '../event-store.js';
import { positionText } from './positions.js';

/**
 * What EventStoreDB doesn't keep of an envelope by itself, as the metadata of an event: names that are stored for good.
 * Those with a dollar are known to its own tools.
 */
type StoredMetadata = Omit<Envelope, 'id' | 'stream' | 'revision' | 'position' | 'correlationId' | 'causationId'> & {
  readonly $correlationId: string;
  readonly $causationId: string;
};

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** @throws AppendRefused for what an EventStoreDB can't keep as it is */
export const storedEvent = (event: ToAppend): EventData => {
  if (!UUID.test(event.id)) {
    throw new AppendRefused(`EventStoreDB keeps events by UUID in small letters, and ${event.id} is none.`);
  }
  if (event.type.startsWith('$') || event.stream.startsWith('$')) {
    throw new AppendRefused(
      `Event ${event.id} (${event.type} in ${event.stream}) has a name that EventStoreDB keeps for itself. Name types and streams without $ at the front.`,
    );
  }
  const metadata: StoredMetadata = {
    schemaVersion: event.schemaVersion,
    shard: event.shard,
    programme: event.programme,
    occurredAt: event.occurredAt,
    knownAt: event.knownAt,
    recordedAt: event.recordedAt,
    actor: event.actor,
    commandId: event.commandId,
    $correlationId: event.correlationId,
    $causationId: event.causationId,
    ...(event.imported === true ? { imported: true } : {}),
  };
  const stored: JSONEventData = {
    contentType: 'application/json',
    id: event.id,
    type: event.type,
    data: event.data as Record<string, unknown>, // an object: checkedData saw to it
    metadata,
  };
  return stored;
};

/** Which shard an event is of, without reading the rest of it; undefined for one that Amends did not write. */
export const shardIn = ({ metadata }: AllStreamRecordedEvent): number | undefined =>
  (metadata as Partial<StoredMetadata> | undefined)?.shard;

/** @throws HistoryDamaged for an event that Amends did not write. */
export const recordedEvent = (
  event: RecordedEvent | AllStreamRecordedEvent,
  stream: string,
  position = positionIn(event),
): Recorded => {
  const metadata = event.metadata as Partial<StoredMetadata> | undefined;
  const { data } = event;
  if (metadata?.commandId === undefined || metadata.schemaVersion === undefined || !isObject(data)) {
    throw new HistoryDamaged(
      `Event ${event.id} (${event.type}, revision ${event.revision} of ${event.streamId}) was not written by Amends. Give Amends an EventStoreDB of its own, or a prefix for its streams.`,
    );
  }
  const stored = metadata as StoredMetadata;
  const recorded: Recorded = {
    id: event.id,
    type: event.type,
    schemaVersion: stored.schemaVersion,
    stream,
    revision: Number(event.revision) + 1,
    position,
    shard: stored.shard,
    programme: stored.programme,
    occurredAt: stored.occurredAt,
    knownAt: stored.knownAt,
    recordedAt: stored.recordedAt,
    actor: stored.actor,
    commandId: stored.commandId,
    correlationId: stored.$correlationId,
    causationId: stored.$causationId,
    data,
  };
  return stored.imported === true ? { ...recorded, imported: true } : recorded;
};

const positionIn = ({ position }: RecordedEvent | AllStreamRecordedEvent): string => {
  if (position === undefined) {
    throw new HistoryDamaged(
      `The EventStoreDB says no positions when a stream is read, as versions before 22.6 don't. Use a later version.`,
    );
  }
  return positionText(position);
};

const isObject = (data: unknown): data is object => typeof data === 'object' && data !== null;
