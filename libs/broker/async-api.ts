import type { TSchema } from 'typebox';
import { DECLARATIONS, type EventType } from '../recovery/history.js';
import { SOURCE, TYPE_PREFIX, schemaUri } from './cloud-event.js';
import { storedSchema, type JsonSchema } from '../recovery/vocabulary/stored-fields.js';
import { INBOUND_TOPIC } from './inbound-topics.js';
import { eventsOf, isTombstone } from './topics.js';
import { TOPIC_NAMES, TOPICS, type TopicName } from '../recovery/vocabulary/topics.js';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const time = (description: string): JsonSchema => ({ type: 'string', format: 'date-time', description });

/** What every message carries beside its data, as CloudEvents has it: Kafka headers with `ce_` before the name. */
const ATTRIBUTES: Readonly<Record<string, JsonSchema>> = {
  specversion: { const: '1.0' },
  id: text('The same event is the same id: what comes twice is told by it'),
  source: { const: SOURCE },
  type: text('`amends.` and the name of the event'),
  time: time('When it happened in the world'),
  subject: text('What it is about: the key'),
  dataschema: text('Name and version of the schema of the data'),
  stream: text('The stream of the event, such as case-{id}'),
  revision: text('Counts from 1 in its stream: who takes only last + 1 takes each event once, in order'),
  position: text('Place in the whole history: opaque, sorts as text'),
  programme: text('The line of work'),
  knownat: time('When the source knew; absent: when it happened'),
  recordedat: time('When Amends stored it; absent: when it happened'),
  actorid: text('Who did it'),
  actorrole: text('In which role'),
  commandid: text('The command that led to it'),
  correlationid: text('The same for all that followed from one cause; absent: the command'),
  causationid: text('What directly led to it; absent: the command'),
  imported: text("`true` where it was recorded from a source's files"),
  sequence: text('Its place in its stream among events of the same instant, a decimal number; absent: its revision'),
};

const NOT_ALWAYS: ReadonlySet<string> = new Set([
  ...['knownat', 'recordedat', 'correlationid', 'causationid', 'imported', 'sequence'],
]);

/** The topics and their events as AsyncAPI 3.1. @param inbound JSON Schema of a response as it is sent in */
export function asyncApi(inbound: JsonSchema): Readonly<Record<string, unknown>> {
  const types = TOPIC_NAMES.flatMap((topic) => eventsOf(topic));
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Amends: what happened, as events',
      version: '1.0.0',
      description: [
        'Every event is a CloudEvent 1.0. On Kafka it is in binary mode (attributes as headers `ce_*`, the data as the value);',
        'over HTTP, GET /v1/topics/{topic}/events sends it in structured mode as server-sent events.',
        'In order per key, complete, and what comes twice is told by its id: take `revision` = last + 1 of each stream, drop the rest.',
      ].join(' '),
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      ...Object.fromEntries(TOPIC_NAMES.map((name) => [name, channelOf(name)])),
      [INBOUND_TOPIC]: INBOUND_CHANNEL,
    },
    operations: {
      ...Object.fromEntries(
        TOPIC_NAMES.map((name) => [`publish ${name}`, { action: 'send', channel: at('channels', name) }]),
      ),
      [`take ${INBOUND_TOPIC}`]: { action: 'receive', channel: at('channels', INBOUND_TOPIC) },
    },
    components: {
      messages: {
        ...Object.fromEntries(types.map((type) => [type, messageFor(type)])),
        Response: {
          title: 'A response sent in',
          contentType: 'application/json',
          payload: at('components', 'schemas', 'Response'),
        },
      },
      schemas: {
        Attributes: attributesSchema(),
        Sealed: SEALED,
        ...Object.fromEntries(types.map((type) => [type, dataSchemaOf(type, at('components', 'schemas', 'Sealed'))])),
        Response: inbound,
      },
    },
  };
}

const INBOUND_CHANNEL = {
  address: INBOUND_TOPIC,
  title: 'Responses sent in',
  description:
    'What POST /v1/responses takes, one response a message, as plain JSON or as a CloudEvent. Keyed by the customer, their order holds. What is refused is named in amends.inbound.rejects.',
  messages: { Response: at('components', 'messages', 'Response') },
};

function channelOf(name: TopicName): JsonSchema {
  const { says, keyedBy, compacted } = TOPICS[name];
  return {
    address: name,
    title: says,
    description: `Keyed by ${keyedBy}.${compacted ? ' Compacted: the last message of each key is kept.' : ''}`,
    messages: Object.fromEntries(eventsOf(name).map((type) => [type, at('components', 'messages', type)])),
    ...(compacted ? { bindings: { kafka: { topicConfiguration: { 'cleanup.policy': ['compact'] } } } } : {}),
  };
}

function messageFor(type: EventType): JsonSchema {
  return {
    name: TYPE_PREFIX + type,
    title: type,
    contentType: 'application/json',
    headers: at('components', 'schemas', 'Attributes'),
    ...(isTombstone(type)
      ? { summary: 'Has no value: nothing of this key is to be kept', payload: { type: 'null' } }
      : { payload: at('components', 'schemas', type) }),
    'x-dataschema': schemaUri(type, DECLARATIONS[type].schemaVersion),
  };
}

function attributesSchema(): JsonSchema {
  const names = Object.keys(ATTRIBUTES);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [`ce_${name}`, ATTRIBUTES[name]])),
    required: names.filter((name) => !NOT_ALWAYS.has(name)).map((name) => `ce_${name}`),
  };
}

const TEXT: JsonSchema = { type: 'string' };

/** How a person's words leave: encrypted with their own key, which stays here and is destroyed to forget them. */
const SEALED: JsonSchema = {
  type: 'object',
  properties: { sealed: TEXT, key: TEXT, event: TEXT, field: TEXT },
  required: ['sealed', 'key', 'event', 'field'],
  description: "A person's words, encrypted with the customer's key. Ask the API for the plain text, if you may.",
};

/** JSON Schema of an event's data. Open: later versions may add fields. */
export function dataSchemaOf(type: EventType, sealed: JsonSchema = SEALED): JsonSchema {
  const { properties, required }: TSchema & { properties: object; required?: readonly string[] } =
    DECLARATIONS[type].data;
  const fields = Object.entries(properties).map(([name, field]: [string, TSchema]) => [
    name,
    'x-personal' in field ? sealed : open(storedSchema(field)),
  ]);
  return { type: 'object', properties: Object.fromEntries(fields), required: required ?? [] };
}

function open({ additionalProperties: _, ...schema }: JsonSchema): JsonSchema {
  return schema['items'] === undefined ? schema : { ...schema, items: open(schema['items'] as JsonSchema) };
}

/** A reference within the document. */
function at(...path: readonly string[]): JsonSchema {
  return { $ref: `#/${path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}` };
}
