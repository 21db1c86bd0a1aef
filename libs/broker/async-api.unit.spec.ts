import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { asyncApi, dataSchemaOf } from './async-api.js';
import { inBinaryMode, toCloudEvent } from './cloud-event.js';
import { samples } from './sample-events.testing.js';
import { topicOf } from './topics.js';
import type { EventType } from '../recovery/history.js';

const require = createRequire(import.meta.url);
const ASYNC_API = require('@asyncapi/specs/schemas/3.1.0-without-$id.json') as object;
const inbound = { type: 'object', properties: { source: { type: 'string' } } };
const checking = (): Ajv => {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true });
  formats.default(ajv);
  return ajv;
};

describe('the AsyncAPI document', () => {
  test('is valid AsyncAPI 3.1', () => {
    const validate = checking().compile(ASYNC_API);
    validate(JSON.parse(JSON.stringify(asyncApi(inbound))));
    expect(validate.errors).toBeNull();
  });
  test('every reference leads somewhere', () => {
    const document = JSON.parse(JSON.stringify(asyncApi(inbound))) as object;
    const lost: string[] = [];
    JSON.stringify(document, (name, value: unknown) => {
      if (name !== '$ref') return value;
      const found = String(value)
        .slice(2)
        .split('/')
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
      if (found === undefined) lost.push(String(value));
      return value;
    });
    expect(lost).toEqual([]);
  });
});

describe.each(samples().filter(({ type }) => topicOf(type) !== undefined))('$type', (event) => {
  test('has data and headers as the document says', () => {
    const data = checking().compile(dataSchemaOf(event.type as EventType));
    data(event.data);
    expect(data.errors).toBeNull();
    const { components } = asyncApi(inbound) as { components: { schemas: { Attributes: object } } };
    const attributes = checking().compile(components.schemas.Attributes);
    attributes(inBinaryMode(toCloudEvent(event, 'the key')).headers);
    expect(attributes.errors).toBeNull();
  });
});
