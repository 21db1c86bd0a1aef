import { describe, expect, test } from '@jest/globals';
import type { Recorded } from './event.js';
import { UnreadableEvent, upcasting } from './upcasting.js';

const present = upcasting({
  ToolLent: {
    schemaVersion: 3,
    upcasts: { 1: ({ name, ...rest }) => ({ ...rest, member: name }), 2: (data) => ({ ...data, days: 5 }) },
  },
  ToolReturned: { schemaVersion: 2 },
});
const stored = (type: string, schemaVersion: number, data: object): Recorded => ({
  id: 'e-1',
  type,
  schemaVersion,
  stream: 'loan-7',
  revision: 4,
  position: '4',
  shard: 0,
  programme: 'tools',
  occurredAt: '2031-05-05T09:00:00.000Z',
  knownAt: '2031-05-05T09:00:00.000Z',
  recordedAt: '2031-05-05T09:00:00.000Z',
  actor: { id: 'ana', role: 'agent' },
  commandId: 'c-1',
  correlationId: 'c-1',
  causationId: 'c-1',
  data,
});

describe('upcasting', () => {
  test('an event of the present version is left as it is', () => {
    const event = stored('ToolLent', 3, { member: 'ana', days: 2 });
    expect(present(event)).toBe(event);
  });
  test('an old event goes through every version up to the present one, and the stored one stays as it was', () => {
    const event = stored('ToolLent', 1, { name: 'ana' });
    expect(present(event)).toEqual({ ...event, schemaVersion: 3, data: { member: 'ana', days: 5 } });
    expect(event.data).toEqual({ name: 'ana' });
    expect(present(stored('ToolLent', 2, { member: 'ana' })).data).toEqual({ member: 'ana', days: 5 });
  });
  test.each([
    ['a newer version', 'ToolLent', 4, /revision 4 of loan-7.*schema version 4.*knows 3 at most. Run the version/],
    ['an undeclared type', 'ToolStolen', 1, /ToolStolen.*no event of this type is declared. Run the version/],
    ['a name that every object has', 'constructor', 1, /no event of this type is declared/],
    ['a missing upcast', 'ToolReturned', 1, /has no upcast from schema version 1. Add one./],
  ])('%s is a loud error that says what to do', (_, type, version, message) => {
    expect(() => present(stored(type, version, {}))).toThrow(UnreadableEvent);
    expect(() => present(stored(type, version, {}))).toThrow(message);
  });
});
