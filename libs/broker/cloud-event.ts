import type { Recorded } from '../event-sourcing/event.js';
import { isTombstone } from './topics.js';

export const SOURCE = 'urn:amends';
export const TYPE_PREFIX = 'amends.';
export const schemaUri = (type: string, version: number): string => `urn:amends:event:${type}:${version}`;

/**
 * An event as subscribers get it: CloudEvents 1.0 with the envelope as extension attributes, which async-api.ts
 * describes. Sealed fields stay sealed: nobody outside has the customers' keys.
 */
export const toCloudEvent = (event: Recorded, key: string) => ({
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

export type CloudEvent = ReturnType<typeof toCloudEvent>;

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
