import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Recorded } from '../event-sourcing/event.js';

/** What the chain stands at before the first event. */
export const CHAIN_START = '0'.repeat(64);

/** How much of an event's hash a seal keeps to find the one that was changed: 64 bits. The chain has all of it. */
export const SHORT_HASH_LENGTH = 16;

/**
 * SHA-256, in hex, of everything stored of an event but its position, which another store would give anew: id, stream,
 * revision, type, data and all metadata, as canonical JSON (RFC 8785).
 */
export const hashOfEvent = (event: Recorded): string => {
  const { position: _, ...rest } = event;
  return hash('sha256', canonicalize(rest) ?? '', 'hex');
};

/** The chain after one more event. */
export const link = (chain: string, eventHash: string): string => hash('sha256', chain + eventHash, 'hex');
