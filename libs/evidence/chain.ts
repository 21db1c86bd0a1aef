import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Recorded } from '../event-sourcing/event.js';

/** The chain before the first event. */
export const CHAIN_START = '0'.repeat(64);

/** A seal stores 64 bits of each event's hash, to locate a changed event. The chain covers the whole hash. */
export const SHORT_HASH_LENGTH = 16;

/**
 * An event as canonical JSON (RFC 8785), without its position, which another store would assign anew.
 * The code writes the envelope's fields in canonical order, which takes half the time of sorting them.
 */
export const canonicalEvent = (event: Recorded): string => {
  const { actor, causationId, commandId, correlationId, data, id, imported, knownAt, occurredAt, programme } = event;
  const { recordedAt, requestHash, revision, schemaVersion, sequence, shard, stream, type } = event;
  const before = JSON.stringify({ actor: { id: actor.id, role: actor.role }, causationId, commandId, correlationId });
  const after = JSON.stringify({
    id,
    imported,
    knownAt,
    occurredAt,
    programme,
    recordedAt,
    requestHash,
    revision,
    schemaVersion,
    sequence,
    shard,
    stream,
    type,
  });
  return `${before.slice(0, -1)},"data":${canonicalize(data) ?? ''},${after.slice(1)}`;
};

/** SHA-256, in hex. */
export const hashOfEvent = (event: Recorded): string => hash('sha256', canonicalEvent(event), 'hex');

/** The chain after one more event. */
export const link = (chain: string, eventHash: string): string => hash('sha256', chain + eventHash, 'hex');
