import type { Recorded } from '../event-sourcing/event.js';
import { isTombstone } from './topics.js';

/**
 * An event as subscribers get it: CloudEvents 1.0 with the envelope as extension attributes. Sealed fields stay sealed:
 * nobody outside has the customers' keys.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  /** `amends.` and the event's name. */
  readonly type: string;
  /** When it happened in the world. */
  readonly time: string;
  /** The key, which is also the Kafka message's key. */
  readonly subject: string;
  readonly datacontenttype?: 'application/json';
  /** Names the event and the version of its schema. */
  readonly dataschema: string;
  readonly stream: string;
  /** Counts from 1 in its stream: a subscriber that takes only last + 1 takes each event once, in order. */
  readonly revision: number;
  readonly position: string;
  readonly programme: string;
  /** When the source knew; absent: at `time`. */
  readonly knownat?: string;
  /** When Amends stored it; absent: at `time`. */
  readonly recordedat?: string;
  readonly actorid: string;
  readonly actorrole: string;
  readonly commandid: string;
  /** The same for everything that one cause set off; absent: the command's id. */
  readonly correlationid?: string;
  /** The direct cause; absent: the command's id. */
  readonly causationid?: string;
  /** An import recorded it from a source's files. */
  readonly imported?: true;
  /** Its place in its stream among events of the same instant; absent: its revision. */
  readonly sequence?: string;
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
  // Most equal `time`, and two more headers cost a tenth of the relay's rate.
  ...(event.knownAt === event.occurredAt ? {} : { knownat: event.knownAt }),
  ...(event.recordedAt === event.occurredAt ? {} : { recordedat: event.recordedAt }),
  actorid: event.actor.id,
  actorrole: event.actor.role,
  commandid: event.commandId,
  ...(event.correlationId === event.commandId ? {} : { correlationid: event.correlationId }),
  ...(event.causationId === event.commandId ? {} : { causationid: event.causationId }),
  ...(event.imported && { imported: true }),
  ...(event.sequence !== undefined && { sequence: String(event.sequence) }),
  ...(isTombstone(event.type) ? {} : { data: event.data }),
});

/** A name that is made for every message is hashed for every message. */
const headerNames = new Map<string, string>();

function headerNameOf(attribute: string): string {
  let name = headerNames.get(attribute);
  if (name === undefined) headerNames.set(attribute, (name = `ce_${attribute}`));
  return name;
}

/** Binary mode of the Kafka binding: attributes are headers, the data is the value. */
export function inBinaryMode({ data, datacontenttype, ...attributes }: CloudEvent): {
  headers: Record<string, string>;
  value: string | null;
} {
  const headers: Record<string, string> = {};
  if (datacontenttype !== undefined) headers['content-type'] = datacontenttype;
  for (const [name, value] of Object.entries(attributes)) headers[headerNameOf(name)] = String(value);
  return { headers, value: data === undefined ? null : JSON.stringify(data) };
}
