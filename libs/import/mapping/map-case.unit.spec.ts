import { describe, expect, test } from '@jest/globals';
import { shardOf } from '../../event-sourcing/shard.js';
import { eventsOf, mappingText, mapRows, OPENED } from './mapping.testing.js';

const typesOf = (mapped: ReturnType<typeof mapRows>) => eventsOf(mapped).map(({ type }) => type);
const note = (when: string) => `${OPENED}
  - type: NoteAdded
    when: ${when}
    occurredAt: day
    set: { note: seen }
`;

describe('a condition', () => {
  const rows = [{ state: 'new' }, { state: 'done' }, { state: 'done' }, { state: 'new' }, { state: 'done' }];
  const noted = (when: string) => {
    const { streams } = mapRows(mappingText(note(when)), ...rows);
    const events = [...streams.values()].flat();
    return rows.flatMap((_, i) => {
      const alike = mapRows(mappingText(note(when)), ...rows.slice(0, i)).streams;
      const before = [...alike.values()].flat().filter(({ type }) => type === 'NoteAdded').length;
      const upTo = [...mapRows(mappingText(note(when)), ...rows.slice(0, i + 1)).streams.values()].flat();
      return upTo.filter(({ type }) => type === 'NoteAdded').length > before && events.length > 0 ? [i] : [];
    });
  };

  test.each([
    ['on the first row', '{ first: true }', [0]],
    ['on every row but the first', '{ first: false }', [1, 2, 3, 4]],
    ['on a change, the first value being one', '{ changed: [state] }', [0, 1, 3, 4]],
    ['on what stays as it was', '{ unchanged: [state] }', [2]],
    ['on the row', '{ row: { state: done } }', [1, 2, 4]],
    ['on the row before, which is empty before the first', '{ previous: { state: null } }', [0]],
    ['on the first row that passes, and on no later one', '{ firstTime: { state: done } }', [1]],
    ['with all parts holding', '{ changed: [state], row: { state: done } }', [1, 4]],
    ['with any of a list holding', '[{ first: true }, { unchanged: [state] }]', [0, 2]],
  ])('holds %s', (_sentence, when, expected) => {
    expect(noted(when)).toEqual(expected);
  });
});

describe('a field is set to', () => {
  const cause = (value: string, row = {}) =>
    eventsOf(
      mapRows(
        mappingText(`${OPENED}
  - type: RootCauseIdentified
    occurredAt: day
    set: { cause: ${value}, action: { column: action } }
`),
        row,
      ),
    )[1]?.data;

  test('a path of columns, without the empty ones', () => {
    expect(cause('{ path: [a, b, c] }', { a: 'billing', c: 'amount' })).toEqual({ cause: ['billing', 'amount'] });
  });
  test('a path whose empty levels keep their place', () => {
    const value = '{ path: [a, b, c], blank: not reported }';
    expect(cause(value, { b: 'billing' })).toEqual({ cause: ['not reported', 'billing'] });
  });
  test('a constant list, beside a column', () => {
    expect(cause('[process]', { action: 'call back' })).toEqual({ cause: ['process'], action: 'call back' });
  });
  test('what a map makes of a column, and a text that it does not list is rejected', () => {
    const text = mappingText(`${OPENED}
  - type: VerdictReported
    occurredAt: day
    set: { target: mend, verdict: { column: in_time, map: { 'yes': met, 'no': missed } }, field: in_time }
`);
    expect(eventsOf(mapRows(text, { in_time: 'no' }))[1]?.data).toMatchObject({ verdict: 'missed' });
    expect(mapRows(text, { in_time: 'perhaps' }).rejected).toEqual([
      { line: 2, reason: 'in_time "perhaps" is not in the mapping\'s list for verdict', field: 'in_time' },
    ]);
  });
  test("the rule set's fallback owner, and a column as it was before", () => {
    const text = mappingText(`${OPENED}
  - type: CaseAssigned
    when: { first: true }
    occurredAt: day
    set: { owner: { rule: fallbackOwner }, by: programme-fallback }
  - type: CaseHandedOff
    when: { first: false }
    occurredAt: day
    set: { fromOwner: { previous: who }, toOwner: { column: who }, reason: moved }
`);
    const events = eventsOf(mapRows(text, { who: 'ana' }, { who: 'ben' }));
    expect(events[1]?.data).toEqual({ owner: 'front-desk', by: 'programme-fallback' });
    expect(events[2]?.data).toEqual({ fromOwner: 'ana', toOwner: 'ben', reason: 'moved' });
  });
  test('the answers of a survey, whose scores must be on their scale', () => {
    const text = mappingText(`
  - type: ResponseReceived
    occurredAt: day
    set: { kind: survey, answers: { scores: { nps: recommend } }, comment: { column: words } }
${OPENED}`);
    expect(eventsOf(mapRows(text, { recommend: '3', words: 'Never again' }))[0]?.data).toMatchObject({
      answers: [{ metric: 'nps', score: 3 }],
      commentLength: 11,
      source: 'workshop',
      externalId: '7',
    });
    for (const recommend of ['11', '-1', '6.5', '7,0', '0x5', '1e1', '0b1', 'Infinity'])
      expect(mapRows(text, { recommend }).rejected[0]?.reason).toContain(
        `a whole number from 0 to 10, not "${recommend}"`,
      );
  });
});

test('an event carries the envelope of its source, and the same row always has the same ids', () => {
  const once = [...mapRows(mappingText(OPENED), {}).streams.values()].flat();
  expect(once).toEqual([...mapRows(mappingText(OPENED), {}).streams.values()].flat());
  expect(once[0]).toMatchObject({
    programme: 'repairs',
    occurredAt: '2031-05-05T00:00:00.000Z',
    knownAt: '2031-05-05T00:00:00.000Z',
    actor: { id: 'workshop', role: 'source' },
    imported: true,
    shard: shardOf('customer-1'),
    schemaVersion: 1,
  });
});

test('a rejected row leaves no trace: the next one is compared with the last good one', () => {
  const mapped = mapRows(
    mappingText(note('{ changed: [state] }')),
    { state: 'new' },
    { state: 'x', day: 'soon' },
    { state: 'new' },
  );
  expect(typesOf(mapped)).toEqual(['CaseOpened', 'NoteAdded']);
  expect(mapped.rejected).toEqual([{ line: 3, reason: '"soon" is not a date written as yyyy-MM-dd', field: 'day' }]);
});

test('where the first row is rejected, the next one opens the case', () => {
  const mapped = mapRows(mappingText(OPENED), { day: undefined }, {});
  expect(typesOf(mapped)).toEqual(['CaseOpened']);
  expect(mapped.rejected[0]).toMatchObject({ line: 2, reason: 'day is empty, and a date is needed' });
});

test('an event that does not fold rejects its row', () => {
  const text = mappingText(`${OPENED}
  - type: OfferAnswered
    when: { row: { answer: { $ne: null } } }
    occurredAt: day
    set: { answer: { column: answer, map: { 'yes': accepted } } }
`);
  expect(mapRows(text, { answer: 'yes' }).rejected[0]?.reason).toContain('needs an offer, and the case has none');
  const unopened = mappingText(
    OPENED.replace('first: true', 'row: { state: open }') + note('{ first: true }').replace(OPENED, ''),
  );
  expect(mapRows(unopened, { state: 'lost' }).rejected[0]?.reason).toContain('before CaseOpened');
});

test('a row that is named like one before is rejected', () => {
  const mapped = mapRows(mappingText(OPENED), { entry: '1' }, { entry: '1' });
  expect(mapped.rejected).toEqual([{ line: 3, reason: 'It has the same id as line 2' }]);
});

test('a column that is filled backwards reads as empty until the row that it belongs to', () => {
  const hidden = 'backFilled: [{ columns: [closed], until: { state: done } }]';
  const text = mappingText(note('{ row: { closed: { $ne: null } } }'), hidden);
  const early = { state: 'new', closed: '2031-05-09' };
  expect(typesOf(mapRows(text, early))).toEqual(['CaseOpened']);
  expect(typesOf(mapRows(text, early, { ...early, state: 'done' }, early))).toEqual([
    'CaseOpened',
    'NoteAdded',
    'NoteAdded',
  ]);
});

describe('where the rules triage as of the response', () => {
  const survey = mappingText(
    `
  - type: ResponseReceived
    when: { first: true }
    occurredAt: day
    set:
      kind: survey
      answers: { scores: { nps: score } }
      comment: { column: words }
      contactMe: { column: me, map: { 'yes': 'yes', 'no': 'no' }, otherwise: not-answered }
  - type: CaseAssigned
    when: { row: { who: { $ne: null } } }
    occurredAt: day
    set: { owner: { column: who } }
  - type: ContactAttempted
    when: { row: { called: { $ne: null } } }
    occurredAt: called
    set: { channel: phone, outcome: reached }
`,
    'triage: as-of',
  );

  test('scores and comments are enough: a low one opens a case that the fallback owns', () => {
    const events = eventsOf(mapRows(survey, { score: '3', words: 'Never again' }));
    expect(events).toMatchObject([
      { type: 'ResponseReceived' },
      { type: 'ResponseTriaged', data: { outcome: 'opened', score: 'low', rule: 'low/not-answered' } },
      { type: 'CaseOpened', data: { kind: 'recover', priority: 'normal', team: 'care', reference: '7' } },
      { type: 'CaseAssigned', data: { owner: 'front-desk', by: 'programme-fallback', team: 'care' } },
    ]);
  });

  test('everything is as of then, and marked imported', () => {
    const events = [...mapRows(survey, { score: '3' }).streams.values()].flat();
    expect(events.map(({ occurredAt, imported }) => [occurredAt, imported])).toEqual(
      events.map(() => ['2031-05-05T00:00:00.000Z', true]),
    );
    expect(new Set(events.map(({ id }) => id)).size).toBe(4);
    expect(events).toEqual([...mapRows(survey, { score: '3' }).streams.values()].flat());
  });

  test('who names an owner has it, and what comes later joins the case', () => {
    const mapped = mapRows(survey, { score: '3', me: 'yes', who: 'ana' }, { called: '2031-05-06' });
    expect(eventsOf(mapped).map(({ type }) => type)).toEqual([
      'ResponseReceived',
      'ResponseTriaged',
      'CaseOpened',
      'CaseAssigned',
      'ContactAttempted',
    ]);
    expect(eventsOf(mapped)[3]?.data).toMatchObject({ owner: 'ana' });
  });

  test.each([
    ['9', undefined, 'nothing'],
    ['3', 'no', 'respected'],
  ])('a score of %s and "%s" to a contact open no case, and calls join none', (score, me, outcome) => {
    const mapped = mapRows(survey, { score, me, who: 'ana', called: '2031-05-06' });
    expect(mapped.rejected).toEqual([]);
    expect(eventsOf(mapped)).toMatchObject([
      { type: 'ResponseReceived' },
      { type: 'ResponseTriaged', data: { outcome } },
    ]);
  });
});
