import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import type { Recorded } from '../../libs/event-sourcing/event.js';
import { isSealed } from '../../libs/event-sourcing/sealed.js';
import { upcasting } from '../../libs/event-sourcing/upcasting.js';
import { AGGREGATES, streamOf } from '../../libs/recovery/aggregates.js';
import { storedSchema } from '../../libs/recovery/vocabulary/stored-fields.js';
import { DECLARATIONS, type EventType, type RecordedEvent } from '../../libs/recovery/history.js';

/**
 * One recorded event of every type in every version that was ever stored. A sample is never changed: whoever changes
 * an event's shape raises its version, writes an upcast and adds a sample beside the old one.
 */
const FOLDER = join(import.meta.dirname, 'events');
const types = Object.keys(DECLARATIONS) as EventType[];
const nameOf = (type: string, version: number) => `${type}.v${version}.json`;
const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Recorded;
const present = upcasting(DECLARATIONS);
const files = readdirSync(FOLDER).sort();
const wanted = types.flatMap((type) =>
  Array.from({ length: DECLARATIONS[type].schemaVersion }, (_, index) => nameOf(type, index + 1)),
);

test('there is a sample of every version of every event, and no other', () => {
  expect(files).toEqual(wanted.sort());
});

describe.each(files)('%s', (file) => {
  const sample = read(file);
  const event = present(sample);

  test('is what its name says', () => {
    expect(nameOf(sample.type, sample.schemaVersion)).toBe(file);
  });
  test('reads as the present version, with every field that it must have and none that is unknown', () => {
    const declared = DECLARATIONS[event.type as EventType];
    expect(event.schemaVersion).toBe(declared.schemaVersion);
    expect(Object.keys(declared.data.properties)).toEqual(expect.arrayContaining(Object.keys(event.data)));
    const plain = Object.entries(event.data).map(([field, value]) => [field, isSealed(value) ? value.sealed : value]);
    expect([...Errors(storedSchema(declared.data) as TSchema, Object.fromEntries(plain))]).toEqual([]);
  });
  test('holds personal fields sealed only', () => {
    for (const field of DECLARATIONS[event.type as EventType].personal ?? []) {
      expect(isSealed(Object.entries(event.data).find(([name]) => name === field)?.[1])).toBe(true);
    }
  });
});

describe('a whole case of samples', () => {
  const sampled = (type: EventType) => present(read(nameOf(type, 1))) as RecordedEvent;
  const { case: id } = (sampled('CaseOpened') as Extract<RecordedEvent, { type: 'CaseOpened' }>).data;

  test('folds from its opening on, with its correction', () => {
    const events = types.map(sampled).filter((event) => event.stream === streamOf('case', id));
    const { decider } = AGGREGATES.case;
    const state = (events as Parameters<typeof decider.evolve>[1][]).reduce(decider.evolve, decider.initialState);
    expect(events).toHaveLength(33);
    expect(state).toMatchObject({ now: { facts: { status: 'merged', cycle: 2 }, attempts: [{ outcome: 'reached' }] } });
  });
  test('every sample has an id of its own', () => {
    expect(new Set(types.map(sampled).map((event) => event.id)).size).toBe(types.length);
  });
});
