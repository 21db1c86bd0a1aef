import { createHash } from 'node:crypto';

export const SHARDS = 256;

export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** The share, 0 to 255, that a customer (else a case, else a stream) belongs to: the first byte of SHA-256 of its id. */
export const shardOf = (id: string): number => createHash('sha256').update(id).digest()[0] ?? 0;
