import type { Actor, ToAppend } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { shardOf } from '../event-sourcing/shard.js';
import { DECLARATIONS, type RecoveryEvent } from '../recovery/history.js';

/** An event of the store itself, of no programme, that no aggregate decides: it happens now, under its own command's id. */
export function eventOfNow<E extends RecoveryEvent>(
  { type, data }: E,
  { stream, actor, commandId, now }: { stream: string; actor: Actor; commandId: string; now: string },
): ToAppend<E> {
  return {
    id: idOf(commandId, stream, 0),
    type,
    schemaVersion: DECLARATIONS[type].schemaVersion,
    stream,
    shard: shardOf(stream),
    programme: '',
    occurredAt: now,
    knownAt: now,
    recordedAt: now,
    actor,
    commandId,
    correlationId: commandId,
    causationId: commandId,
    data,
  } as unknown as ToAppend<E>; // E is one of a union: its type and data belong together
}
