import type { Recorded } from '../event-sourcing/event.js';
import { isTombstone } from './topics.js';

/**
 * An event as subscribers see it: CloudEvents 1.0, the envelope as extension attributes. Sealed fields of the data
 * stay sealed: nobody outside has the customers' keys.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  /** `amends.` and the event's name. */
  readonly type: string;
  /** When it happened in the world. */
  readonly time: string;
  /** What it is about: the key, which on Kafka is the message's, too. */
  readonly subject: string;
  readonly datacontenttype?: 'application/json';
  /** Names the event and the version of its schema. */
  readonly dataschema: string;
  readonly stream: string;
  /** Counts from 1 in its stream: who takes only last + 1 takes each event once, in order. */
  readonly revision: number;
  readonly position: string;
  readonly programme: string;
  /** When the source knew; absent: when it happened. */
  readonly knownat?: string;
  /** When it was stored; absent: when it happened. */
  readonly recordedat?: string;
  readonly actorid: string;
  readonly actorrole: string;
  readonly commandid: string;
  /** The same for all that followed from one cause; absent: the command's id. */
  readonly correlationid?: string;
  /** What directly led to it; absent: the command's id. */
  readonly causationid?: string;
  /** Recorded from a source's files, not as it happened. */
  readonly imported?: true;
  readonly data?: object;
}

export const SOURCE = 'urn:amends';
export const TYPE_PREFIX = 'amends.';
export const schemaUri = (type: string, version: number): string => `urn:amends:event:${type}:${version}`;

export const toCloudEvent = (event: Recorded, key: string): CloudEvent => ({
  specversion: '1.0',
  id: event.id,
  source: SOURCE,
  type: TYPE_PREFIX + event.type,
  time: event.occurredAt,
  subject: key,
  ...(isTombstone(event.type) ? {} : { datacontenttype: 'application/json' }),
  dataschema: schemaUri(event.type, event.schemaVersion),
  stream: event.stream,
  revision: event.revision,
  position: event.position,
  programme: event.programme,
  // Most are the same, and each header costs: a tenth of the rate for two.
  ...(event.knownAt === event.occurredAt ? {} : { knownat: event.knownAt }),
  ...(event.recordedAt === event.occurredAt ? {} : { recordedat: event.recordedAt }),
  actorid: event.actor.id,
  actorrole: event.actor.role,
  commandid: event.commandId,
  ...(event.correlationId === event.commandId ? {} : { correlationid: event.correlationId }),
  ...(event.causationId === event.commandId ? {} : { causationid: event.causationId }),
  ...(event.imported === true ? { imported: true } : {}),
  ...(isTombstone(event.type) ? {} : { data: event.data }),
});

/** Names made anew for every message would be hashed anew. */
const headerNames = new Map<string, string>();

function headerNameOf(attribute: string): string {
  let name = headerNames.get(attribute);
  if (name === undefined) headerNames.set(attribute, (name = `ce_${attribute}`));
  return name;
}

/** Binary mode of the Kafka binding: attributes as headers, the data alone as the value. */
export function inBinaryMode({ data, datacontenttype, ...attributes }: CloudEvent): {
  headers: Record<string, string>;
  value: string | null;
} {
  const headers: Record<string, string> = {};
  if (datacontenttype !== undefined) headers['content-type'] = datacontenttype;
  for (const [name, value] of Object.entries(attributes)) headers[headerNameOf(name)] = String(value);
  return { headers, value: data === undefined ? null : JSON.stringify(data) };
}
