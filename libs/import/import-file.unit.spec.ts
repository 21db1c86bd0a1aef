import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Recorded } from '../event-sourcing/event.js';
import { idOf } from '../event-sourcing/identity.js';
import { RevisionConflict } from '../event-store/event-store.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { DECLARATIONS } from '../recovery/history.js';
import { importFile } from './import-file.js';
import { ruleSetHash } from '../recovery/rules/hash.js';
import { startRules } from './starting-rules.js';
import { PersonalData } from '../vault/personal-data.js';
import { loadMapping } from './mapping/load-mapping.js';
import { caseIdOf } from './mapping/map-case.js';
import { mappingText, OPENED } from './mapping/mapping.testing.js';

const RULES = {
  programme: 'repairs',
  title: 'Repairs',
  reviewBy: '2032-01-01',
  fallbackOwner: 'front-desk',
  calendars: {},
  targets: [],
};

const MAPPING = mappingText(
  `${OPENED}
  - type: NoteAdded
    when: { changed: [words], row: { words: { $ne: null } } }
    occurredAt: day
    set: { note: { column: words } }
`,
  'customer: who\npersonal: [who, words]',
);

let folder: string;
let store: SqliteEventStore;
let vault: SqliteLedger;
let personal: PersonalData;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  store = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
  vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write' });
  personal = new PersonalData({ vault, keyEncryptionKey: Buffer.alloc(32, 7), declarations: DECLARATIONS });
});
afterEach(async () => {
  await store.close();
  await vault.close();
  rmSync(folder, { recursive: true });
});

const HEADER = 'ticket,entry,day,urgency,who,words';
const rejectsFile = () => join(folder, 'rejects.csv');

async function bring(content: string | Buffer, mapping = MAPPING, crashPoint?: (name: string) => void) {
  const file = join(folder, 'file.csv');
  writeFileSync(file, content);
  return importFile({
    file,
    mapping: loadMapping(mapping, 'repairs.yaml'),
    events: store,
    personal,
    rules: RULES,
    rejectsFile: rejectsFile(),
    now: '2031-06-01T00:00:00.000Z',
    ...(crashPoint ? { crashPoint } : {}),
  });
}

async function history(): Promise<readonly Recorded[]> {
  const events: Recorded[] = [];
  for await (const batch of store.readAll()) events.push(...batch.events);
  return events;
}

const firstCase = `case-${caseIdOf('workshop', '1')}`;

const customerOf = (opened: Recorded | undefined): string => (opened?.data as { customer: string }).customer;

const rows = (...lines: string[]) => [HEADER, ...lines].join('\n');
const TWO_CASES = rows('1,a,2031-05-05,high,ana,', '1,b,2031-05-06,high,ana,It broke', '2,a,2031-05-07,,ben,');

test('the rows of a file become cases, and personal words are sealed before they are stored', async () => {
  expect(await bring(TWO_CASES)).toEqual({ rows: 3, cases: 2, added: 3, alreadyThere: 0, rejected: 0 });
  expect((await history()).map(({ type, data }) => [type, data])).toMatchObject([
    ['CaseOpened', { priority: 'high' }],
    ['NoteAdded', { note: { field: 'note' } }],
    ['CaseOpened', { priority: 'normal' }],
  ]);
  expect(JSON.stringify(await history())).not.toContain('It broke');
});

test('a second import of the same file adds nothing', async () => {
  await bring(TWO_CASES);
  const before = await history();
  expect(await bring(TWO_CASES)).toEqual({ rows: 3, cases: 2, added: 0, alreadyThere: 3, rejected: 0 });
  expect(await history()).toEqual(before);
});

test('what a response led to stands behind it in history, whatever is to be sealed', async () => {
  const answered = MAPPING.replace(
    'emit:\n',
    `emit:
  - type: ResponseReceived
    when: { first: true }
    occurredAt: day
    set: { kind: complaint, contactMe: not-answered, comment: { column: words } }
`,
  );
  await bring(rows('1,a,2031-05-05,high,ana,It broke'), answered);
  expect((await history()).map(({ type }) => type).slice(0, 2)).toEqual(['ResponseReceived', 'CaseOpened']);
});

test('a longer export of the same source adds what is new', async () => {
  await bring(TWO_CASES);
  const longer = `${TWO_CASES}\n2,b,2031-05-09,,ben,Again`;
  expect(await bring(longer)).toMatchObject({ added: 1, alreadyThere: 3 });
});

test('a case stays whose it was, though a later export names somebody else', async () => {
  await bring(`${TWO_CASES}\n3,a,2031-05-04,,zoe,`);
  await bring(rows('1,a,2031-05-05,high,zoe,', '1,b,2031-05-06,high,zoe,It broke', '1,c,2031-05-10,high,zoe,Again'));
  const [opened, , added] = (await history()).filter(({ stream }) => stream === firstCase);
  expect(added).toMatchObject({ type: 'NoteAdded', shard: opened?.shard });
  expect(await personal.openAll(added?.data)).toEqual({ note: 'Again' });
  await personal.forgetKey(customerOf(opened));
  expect(await personal.openAll(added?.data)).toEqual({ note: { forgotten: true } });
});

describe('beside live work on the same case', () => {
  const LONGER = `${TWO_CASES}\n2,b,2031-05-09,,ben,Again`;
  /** Somebody else is quicker, so many times. */
  const outrun = (times: number) => {
    const append = store.append.bind(store);
    let left = times;
    jest.spyOn(store, 'append').mockImplementation(async (stream, events, expected) => {
      if (expected > 0 && left > 0) {
        left -= 1;
        const live = events.map(({ imported: _, ...event }) => ({ ...event, id: idOf('live', left, event.id) }));
        await append(stream, live, expected);
      }
      return append(stream, events, expected);
    });
  };

  test('an import reads the case again and goes on', async () => {
    await bring(TWO_CASES);
    outrun(3);
    expect(await bring(LONGER)).toMatchObject({ added: 1, alreadyThere: 3, rejected: 0 });
    expect(await bring(LONGER)).toMatchObject({ added: 0, alreadyThere: 4, rejected: 0 });
  });

  test('a case of many words that is outrun between two appends goes in whole, and is counted once', async () => {
    const words = Array.from({ length: 600 }, (_, i) => `1,${i},2031-05-06,high,ana,${i}`);
    outrun(1);
    expect(await bring(rows(...words))).toMatchObject({ added: 601, alreadyThere: 0, rejected: 0 });
  });

  test('an import that is outrun each time ends, and does not try for ever', async () => {
    await bring(TWO_CASES);
    outrun(Infinity);
    await expect(bring(LONGER)).rejects.toThrow(RevisionConflict);
  });
});

test('what a forgotten customer said before is no trouble to the next export, and they stay forgotten', async () => {
  await bring(TWO_CASES);
  const before = await history();
  const ana = customerOf(before.find(({ stream }) => stream === firstCase));
  await personal.forgetKey(ana);
  expect(await bring(TWO_CASES)).toEqual({ rows: 3, cases: 2, added: 0, alreadyThere: 3, rejected: 0 });
  expect(await history()).toEqual(before);
  expect(await personal.referencesOf(ana)).toEqual([]);
});

test('words of a forgotten customer that are new are rejected, and the rest of the file goes in', async () => {
  await bring(TWO_CASES);
  await personal.forgetKey(customerOf((await history()).find(({ stream }) => stream === firstCase)));
  const longer = `${TWO_CASES}\n2,b,2031-05-09,,ben,Again\n`.replace('2,a', '1,c,2031-05-10,high,ana,Still\n2,a');
  expect(await bring(longer)).toMatchObject({ added: 1, rejected: 3 });
  expect(readFileSync(rejectsFile(), 'utf8')).toContain('was forgotten');
});

test('an import that was cut off is completed by the next one', async () => {
  const cases = Array.from({ length: 1_200 }, (_, i) => `${i},a,2031-05-05,high,ana,`);
  let chunks = 0;
  const cut = bring(rows(...cases), MAPPING, () => {
    if ((chunks += 1) === 2) throw new Error('cut off');
  });
  await expect(cut).rejects.toThrow('cut off');
  const before = (await history()).length;
  expect(before).toBeLessThan(1_200);
  expect(await bring(rows(...cases))).toMatchObject({ added: 1_200 - before, alreadyThere: before });
});

test.each([
  ['few long', 300, 5_000],
  ['many', 600, 3_000],
])('a case of %s words that takes more than one append goes in whole, and once', async (_which, count, length) => {
  const words = Array.from({ length: count }, (_, i) => `1,${i},2031-05-06,high,ana,${i} ${'y'.repeat(length)}`);
  const content = rows(...words, '2,a,2031-05-07,,ben,');
  expect(await bring(content)).toMatchObject({ cases: 2, added: count + 2, rejected: 0 });
  expect(await bring(content)).toMatchObject({ added: 0, alreadyThere: count + 2, rejected: 0 });
});

test('words that no append carries reject the rest of their case, and the rest of the file goes in', async () => {
  const words = Array.from({ length: 600 }, (_, i) => `1,${i},2031-05-06,high,ana,${i}`);
  const tooLong = `1,z,2031-05-06,high,ana,${'y'.repeat(1_200_000)}`;
  expect(await bring(rows(...words, tooLong, '2,a,2031-05-07,,ben,'))).toMatchObject({ cases: 2, rejected: 601 });
  expect(await store.readStream(`case-${caseIdOf('workshop', '2')}`)).toMatchObject({ revision: 1 });
});

test('a gzipped file is told by its first bytes', async () => {
  expect(await bring(gzipSync(TWO_CASES))).toMatchObject({ cases: 2, added: 3 });
});

test('a byte order mark, Windows line ends, quoted breaks and blank lines are no trouble', async () => {
  const content = `\uFEFF${HEADER}\r\n\r\n1,a,2031-05-05,high,ana,"one\r\ntwo, ""three"""\r\n`;
  expect(await bring(content)).toMatchObject({ cases: 1, added: 2, rejected: 0 });
});

describe('bad rows', () => {
  test('go to the rejects file with line, reason and field but without personal columns, and good ones go in', async () => {
    const content = rows('1,a,2031-02-30,high,ana,secret', '2,a,2031-05-07,,ben,', '3,a', ',a,2031-05-07,=1+1,cy,');
    expect(await bring(content)).toMatchObject({
      rows: 4,
      cases: 1,
      added: 1,
      rejected: 3,
      rejectsFile: rejectsFile(),
    });
    const told = readFileSync(rejectsFile(), 'utf8').split('\r\n');
    expect(told[0]).toBe('line,reason,field,ticket,entry,day,urgency');
    expect(told.slice(1, 4).sort()).toEqual(
      [
        '2,"""2031-02-30"" is not a date: that month has 28 days",day,1,a,2031-02-30,high',
        '4,"It has 2 fields, and the header has 6",',
        '5,"ticket is empty, so the row has no case",ticket,,a,2031-05-07,\'=1+1',
      ].sort(),
    );
    expect(told.join()).not.toContain('secret');
  });

  test.each([
    [
      'a text that is in no list',
      (mapping: string) => mapping.replace('set: {', 'set: { touchpoint: { column: who, map: { ben: web } },'),
      'who "..." is not in the mapping\'s list for touchpoint',
    ],
    [
      'a date that is none',
      (mapping: string) => mapping.replace('occurredAt: day', 'occurredAt: who'),
      '"..." is not a date written as yyyy-MM-dd',
    ],
    [
      'a case whose rows do not stand together',
      (mapping: string) => mapping.replace('group: ticket', 'group: who'),
      'The rows of "..." are not next to each other',
    ],
  ])('%s is told without what a personal column says', async (_what, change, reason) => {
    const mapping = change(MAPPING);
    await bring(rows('1,a,2031-05-05,high,ana,', '2,a,2031-05-06,,ben,', '3,a,2031-05-07,high,ana,'), mapping);
    const told = readFileSync(rejectsFile(), 'utf8').replaceAll('""', '"');
    expect(told).toContain(reason);
    expect(told).not.toContain('ana');
  });

  test('a quote that is never closed names the line on which it is opened', async () => {
    const content = rows('1,a,2031-05-05,high,ana,', '2,a,2031-05-05,high,ana,"it', '3,a,2031-05-05,high,ana,');
    expect(await bring(content)).toMatchObject({ cases: 1, rejected: 1 });
    expect(readFileSync(rejectsFile(), 'utf8')).toContain('3,A quote opens here and never closes');
  });

  test.each([
    ['windows-1252', Buffer.from(rows('1,a,2031-05-05,\xe9lev\xe9e,ana,'), 'latin1')],
    ['utf-16le', Buffer.from(`\uFEFF${rows('1,a,2031-05-05,élevée,ana,')}`, 'utf16le')],
  ])('a file in %s is read as the mapping says', async (encoding, content) => {
    const mapping = MAPPING.replace('{ type: csv }', `{ type: csv, encoding: ${encoding} }`);
    expect(await bring(gzipSync(content), mapping)).toMatchObject({ rejected: 0 });
    expect((await history())[0]).toMatchObject({ data: { priority: 'élevée' } });
  });

  test('bytes that are not UTF-8 reject their row', async () => {
    const content = Buffer.concat([
      Buffer.from(rows('1,a,2031-05-05,high,ana,')),
      Buffer.from('\n2,a,2031-05-05,\xe9,x,', 'latin1'),
    ]);
    expect(await bring(content)).toMatchObject({ cases: 1, rejected: 1 });
  });

  test('rows of a case that do not stand together are rejected, unless the mapping gathers them', async () => {
    const scattered = rows('1,a,2031-05-05,high,ana,', '2,a,2031-05-05,,ben,', '1,b,2031-05-06,high,ana,late');
    expect(await bring(scattered)).toMatchObject({ cases: 2, rejected: 1, added: 2 });
    const gathered = MAPPING.replace('grouped: together', 'grouped: anywhere, order: [entry]');
    expect(await bring(scattered, gathered)).toMatchObject({ cases: 2, rejected: 0, added: 1, alreadyThere: 2 });
  });
});

test('a time that came twice is counted, until the mapping says which is meant', async () => {
  const local = MAPPING.replace('Etc/UTC', 'Europe/Amsterdam').replace('yyyy-MM-dd', 'yyyy-MM-dd HH:mm');
  const file = rows('1,a,2031-10-26 02:30,high,ana,', '1,b,2031-10-26 02:40,high,ana,', '2,a,2031-10-26 03:00,,ben,');
  // The second row tells no event.
  expect(await bring(file, local)).toMatchObject({ added: 2, rejected: 0, inRepeatedHour: 1 });
  const chosen = (choice: string) => bring(file, local.replace('dates:', `repeatedHour: ${choice}\ndates:`));
  expect(await chosen('earlier')).toEqual({ rows: 3, cases: 2, added: 0, alreadyThere: 2, rejected: 0 });
  expect(await chosen('reject')).toMatchObject({ rejected: 2, added: 0 });
  expect(readFileSync(rejectsFile(), 'utf8')).toContain('comes twice in Europe/Amsterdam');
});

test('rows are put in order by number only if both texts are decimal numbers', async () => {
  const gathered = MAPPING.replace('grouped: together', 'grouped: anywhere, order: [urgency]');
  const first = async (ticket: string, ...urgencies: readonly string[]) => {
    await bring(rows(...urgencies.map((urgency, i) => `${ticket},${i},2031-05-05,${urgency},ana,`)), gathered);
    return (await history()).at(-1)?.data;
  };
  expect(await first('1', '10', '9.5')).toMatchObject({ priority: '9.5' });
  expect(await first('2', '9', '0x10')).toMatchObject({ priority: '0x10' });
});

test('rows that are put in order by a date are so in time, however the source writes dates', async () => {
  const scattered = rows('1,a,10/5/2031,,ana,Again', '1,b,3/5/2031,high,ana,It broke', '1,c,3/11/2030,low,ana,');
  const gathered = MAPPING.replace('grouped: together', 'grouped: anywhere, order: [day]').replace(
    'dates: yyyy-MM-dd',
    'dates: d/M/yyyy',
  );
  await bring(scattered, gathered);
  const told = await history();
  expect(told[0]).toMatchObject({ type: 'CaseOpened', data: { priority: 'low' } });
  expect(told.map(({ occurredAt }) => occurredAt.slice(0, 10))).toEqual(['2030-11-03', '2031-05-03', '2031-05-10']);
});

test('of a file that breaks off, what went in until then is told, and the whole file completes it', async () => {
  const cases = Array.from({ length: 3_000 }, (_, i) => `${i},a,2031-05-05,high,ana,`);
  const whole = gzipSync(rows(...cases));
  const message = await bring(whole.subarray(0, whole.length / 2)).then(String, (error: Error) => error.message);
  expect(message).toContain("Amends can't read");
  const before = (await history()).length;
  expect(before).toBeGreaterThan(0);
  expect(message).toContain(`The import added ${before} events before that, which stay`);
  expect(await bring(whole)).toMatchObject({ added: 3_000 - before, alreadyThere: before });
});

describe('a condition compares a column as what it is', () => {
  const noted = (condition: string, more = '') =>
    MAPPING.replace('changed: [words], row: { words: { $ne: null } }', `row: ${condition}`)
      .replace('{ column: words }', 'seen')
      .replace('emit:', `${more}\nemit:`);
  const urgencies = (...texts: string[]) => rows(...texts.map((text, i) => `${i},a,2031-05-05,${text},ana,`));

  test.each([
    ['a number', '{ urgency: { $lte: 6 } }', '', ['6', '10', '9', ''], 1, 'urgency for a number such as 1234.5'],
    ['a number in order, though quoted', "{ urgency: { $gt: '9' } }", '', ['6', '10', '9'], 1, 'for a number'],
    ['a number of a locale', '{ urgency: { $gt: 1000 } }', '', ['"1.234,5"', '"0,5"'], 1, 'such as 1.234,5'],
    ['true or false', '{ urgency: true }', '', ['TRUE', 'false'], 1, 'for true or false'],
    [
      'a date',
      '{ urgency: { $lt: 2031-05-05 } }',
      '',
      ['2031-05-04', '2031-05-05'],
      1,
      'for a date written as yyyy-MM-dd',
    ],
    ['a text that looks like a number', "{ urgency: '07' }", '', ['7', '07'], 1, undefined],
  ])('%s', async (_what, condition, more, texts, count, took) => {
    const { notes, added, cases } = await bring(urgencies(...texts), noted(condition, more));
    expect(added - cases).toBe(count);
    if (took === undefined) expect(notes).toBeUndefined();
    else expect(notes).toEqual([expect.stringContaining(took)]);
  });

  test('a declared type says nothing, and rejects what is none', async () => {
    const declared = noted('{ urgency: { $lte: 6 } }', "numbers: '1.234,5'\ncolumns: { urgency: number }");
    const { notes, ...counts } = await bring(urgencies('6', '"6,5"', 'n/a'), declared);
    expect([notes, counts]).toMatchObject([undefined, { added: 3, rejected: 1 }]);
    expect(readFileSync(rejectsFile(), 'utf8')).toContain('urgency must be a number such as 1.234,5, not ""n/a""');
  });

  test('a declared date is compared with a day, however the source writes days', async () => {
    const declared = noted(
      '{ urgency: { $gte: 2031-05-02 } }',
      'columns: { urgency: { type: date, dates: dd.MM.yyyy } }',
    );
    expect(await bring(urgencies('01.06.2031', '01.05.2031'), declared)).toMatchObject({ added: 3, rejected: 0 });
  });

  test.each([
    [
      'a number with which no text can be compared',
      '{ urgency: { $lte: 6 } }',
      ['high', 'low', 'low', 'none'],
      'line 22, emit.1.when.row.urgency.$lte: urgency is compared with the number 6, and the file has "high", "low" and "none"',
    ],
    ['a number that some texts are not', '{ urgency: { $lte: 6 } }', ['3', 'n/a'], 'the file has "n/a", not a number'],
    [
      'a number that can be read in two ways',
      '{ urgency: 1234 }',
      ['1.234', '7'],
      '"1.234" in urgency is 1.234 or 1234. Say which: numbers: "1234.5" or numbers: "1.234,5"',
    ],
    ['true or false for a text', '{ urgency: true }', ['Yes'], 'the file has "Yes", neither true nor false'],
  ])('%s is refused before anything is stored', async (_what, condition, texts, message) => {
    await expect(bring(urgencies(...texts), noted(condition))).rejects.toThrow(message);
    expect(await history()).toEqual([]);
  });

  test('what a person wrote is shown in no refusal', async () => {
    const refused = bring(rows('1,a,2031-05-05,high,ana,secret'), noted('{ words: 1 }'));
    await expect(refused).rejects.toThrow('texts that are personal');
  });

  test('a condition that held for no row is told, with what the rows have', async () => {
    const { notes } = await bring(urgencies('Done', 'new'), noted('{ urgency: done }'));
    expect(notes).toEqual([
      'line 22, emit.1.when: it held for no row, so there is no NoteAdded from it. The first rows have, for example, urgency "Done" and "new".',
    ]);
  });
});

describe('an offer is worth what its column says, in minor units', () => {
  const offering = (currency: string) =>
    MAPPING.replace(
      /  - type: NoteAdded[\s\S]*/,
      `  - type: ResolutionOffered
    occurredAt: day
    set: { kind: refund, value: { money: { amount: urgency, currency: ${currency} } } }
`,
    );
  const offers = async () =>
    (await history()).flatMap(({ type, data }) =>
      type === 'ResolutionOffered' ? [(data as { value?: object }).value] : [],
    );

  test.each([
    ['of a currency with cents', 'EUR', ['"1.234,56"', '"0,5"', '7', ''], [123_456, 50, 700, undefined]],
    ['of one without', 'JPY', ['1234', ''], [1234, undefined]],
    ['of one with three digits', 'KWD', ['1234.567', '1.5'], [1_234_567, 1_500]],
  ])('%s', async (_what, currency, texts, amounts) => {
    await bring(rows(...texts.map((text, i) => `${i},a,2031-05-05,${text},ana,`)), offering(currency));
    expect(await offers()).toEqual(amounts.map((amount) => (amount === undefined ? undefined : { amount, currency })));
  });

  test('the currency can stand in a column; an amount that is none in it rejects its row', async () => {
    const texts = ['1.5,EUR', '1.5,JPY', '1.5,XQQ', '-1,EUR', '1.25,'].map((text, i) => {
      const [amount, currency] = text.split(',');
      return `${i},a,2031-05-05,${amount},ana,${currency}`;
    });
    expect(
      await bring(rows(...texts), offering('{ column: words }').replace('personal: [who, words]', '')),
    ).toMatchObject({
      rejected: 4,
    });
    expect(await offers()).toEqual([{ amount: 150, currency: 'EUR' }]);
    const told = readFileSync(rejectsFile(), 'utf8').replaceAll('""', '"');
    expect(told).toContain('urgency "1.5" has more digits after the point than JPY has');
    expect(told).toContain('words must be a currency such as EUR, not "XQQ"');
    expect(told).toContain('and not below 0, not "-1"');
  });

  test('a currency that is none, and amounts that are no numbers, are refused', async () => {
    await expect(bring(TWO_CASES, offering('EURO'))).rejects.toThrow('emit.1.set.value: "EURO" is no currency');
    await expect(bring(TWO_CASES, offering('EUR'))).rejects.toThrow(
      'emit.1.set.value.money.amount: urgency holds amounts, and the file has "high"',
    );
  });
});

test('triage as of a response reads the rules that were in force then, not those of now', async () => {
  const triage = {
    low: { nps: 6 },
    cells: {
      low: { yes: { do: 'recover' }, no: { do: 'respect' }, 'not-answered': { do: 'recover' } },
      high: { yes: { do: 'nothing' }, no: { do: 'nothing' }, 'not-answered': { do: 'nothing' } },
    },
  } as const;
  const ruleSet = { ...RULES, triage };
  const hash = ruleSetHash(ruleSet);
  await startRules(store, { ruleSet, hash, now: '2031-06-01T00:00:00.000Z', actor: { id: 'ops', role: 'operator' } });
  const survey = mappingText(
    `
  - type: ResponseReceived
    occurredAt: day
    set: { kind: survey, answers: { scores: { nps: urgency } }, comment: { column: words } }
`,
    'triage: as-of\ncustomer: who\npersonal: [who, words]',
  );
  const answers = rows('1,a,2031-05-05,6,ana,Slow', '2,a,2031-05-05,9,ben,Good');
  expect(await bring(answers, survey)).toMatchObject({ rows: 2, cases: 1, added: 6, rejected: 0 });
  expect(await bring(answers, survey)).toMatchObject({ added: 0, alreadyThere: 6 });
  const told = (await history()).filter(({ stream }) => !stream.startsWith('rules-'));
  expect(told.find(({ type }) => type === 'CaseOpened')).toMatchObject({
    ...{ occurredAt: '2031-05-05T00:00:00.000Z', imported: true, data: { ruleSet: hash, kind: 'recover' } },
  });
  expect(told.flatMap(({ type, data }) => (type === 'ResponseTriaged' ? [data] : []))).toMatchObject([
    { outcome: 'opened', ruleSet: hash },
    { outcome: 'nothing', ruleSet: hash },
  ]);
});

describe('a file that can not be what it should is refused in words', () => {
  test.each([
    ['an empty file', '', 'is empty'],
    ['a file without the columns', 'a,b\n1,2', 'does not fit the mapping: it has no column "ticket"'],
    ['a column twice', `${HEADER},day\n`, 'has two columns "day"'],
    ['a broken archive', gzipSync(TWO_CASES).subarray(0, 30), "Amends can't read"],
  ])('%s', async (_sentence, content, expected) => {
    await expect(bring(content)).rejects.toThrow(expected);
  });

  test('a file without a column that is to be kept out of the rejects file, though no event reads it', async () => {
    const misspelt = MAPPING.replace('personal: [who, words]', 'personal: [who, words, adress]');
    const content = `${HEADER},address\n1,a,2031-02-30,high,ana,,1 Main Street`;
    await expect(bring(content, misspelt)).rejects.toThrow('has no column "adress"');
  });
});
