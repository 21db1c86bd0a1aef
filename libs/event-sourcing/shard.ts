import { hash } from 'node:crypto';

export const SHARDS = 256;

export const ALL_SHARDS: readonly number[] = Array.from({ length: SHARDS }, (_, shard) => shard);

/** The shard, 0 to 255, of a customer (else a case, else a stream): the first byte of SHA-256 of its id. */
export const shardOf = (id: string): number => hash('sha256', id, 'buffer')[0] ?? 0;
