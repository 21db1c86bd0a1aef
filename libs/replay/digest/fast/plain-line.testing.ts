import canonicalize from 'canonicalize';
import { isSealed } from '../../../event-sourcing/sealed.js';
import type { StoredDocument } from '../../../read-store/read-store.js';

const LEFT_OUT: readonly string[] = ['position', 'recordedAt', 'generation', 'timeZoneData'];

const digested = (name: string, value: unknown): unknown => {
  if (LEFT_OUT.includes(name)) return undefined;
  return isSealed(value) ? { event: value.event, field: value.field } : value;
};

/** The line of a document in a digest. */
export const plainLine = ({ id, document }: Pick<StoredDocument, 'id' | 'document'>): string =>
  `${canonicalize([id, JSON.parse(JSON.stringify(document, digested))])}\n`;
