import { sign, verify, type KeyObject } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import canonicalize from 'canonicalize';
import type { Recorded } from '../event-sourcing/event.js';

/** A signature over consecutive events. The ledger stores it, apart from the events. */
export interface Seal {
  /** 1, 2, 3, ... without a gap. */
  readonly number: number;
  /** The chain before and after these events. */
  readonly previous: string;
  readonly chain: string;
  /** Positions of the first and the last event, in the sealed store. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
  /** Each event's short hash, type, stream, revision and position. Deflated lines, in base64. */
  readonly contents: string;
  readonly sealedAt: string;
  /** Ed25519 over all of the above as canonical JSON, in base64. */
  readonly signature: string;
}

/** What a seal stores of an event, to name it when it is missing. */
export type SealedEvent = Pick<Recorded, 'type' | 'stream' | 'revision' | 'position'> & { readonly hash: string };

export const SEALS = 'seal/';
export const sealKey = (number: number): string => `${SEALS}${number.toString().padStart(10, '0')}`;

/** The fastest level: contents are mostly hashes, which don't compress. */
const DEFLATE_LEVEL = 1;

export const packContents = (events: readonly SealedEvent[]): string => {
  const lines = events.map(({ hash, type, stream, revision, position }) =>
    [hash, type, JSON.stringify(stream), revision, position].join('\t'),
  );
  return deflateRawSync(lines.join('\n'), { level: DEFLATE_LEVEL }).toString('base64');
};

export const unpackContents = (seal: Seal): readonly SealedEvent[] =>
  inflateRawSync(Buffer.from(seal.contents, 'base64'))
    .toString('utf8')
    .split('\n')
    .map((line) => {
      const [hash = '', type = '', stream = '""', revision, position = ''] = line.split('\t');
      return { hash, type, stream: String(JSON.parse(stream)), revision: Number(revision), position };
    });

const signedBytes = (seal: Omit<Seal, 'signature'>): Buffer => Buffer.from(canonicalize(seal) ?? '', 'utf8');

export const signSeal = (seal: Omit<Seal, 'signature'>, privateKey: KeyObject): Seal => ({
  ...seal,
  signature: sign(null, signedBytes(seal), privateKey).toString('base64'),
});

export const isSignedBy = ({ signature, ...seal }: Seal, publicKey: KeyObject): boolean =>
  verify(null, signedBytes(seal), publicKey, Buffer.from(signature, 'base64'));
