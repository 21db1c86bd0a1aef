import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Document } from '../event-sourcing/projection.js';
import { openStores, type Stores } from '../platform/stores/open-stores.js';
import { cases } from '../read-models/cases.js';
import { clocks } from '../read-models/clocks.js';
import { documents, inputs } from '../read-models/documents.testing.js';
import { queues } from '../read-models/queues.js';
import { times } from '../read-models/times.js';
import { RESOLVE, rulesOf } from '../recovery/clocks/case-clocks.testing.js';
import { compileRules } from '../recovery/rules/compile.js';
import { ruleBooks } from '../recovery/rules/rule-book.js';
import { caseIdOf } from './mapping/map-case.js';
import { importFile } from './import-file.js';
import { loadMapping } from './mapping/load-mapping.js';
import { mappingText } from './mapping/mapping.testing.js';

const MAPPING = mappingText(`
  - type: CaseOpened
    when: { first: true }
    occurredAt: day
    set: { kind: repair, priority: { column: urgency, otherwise: normal } }
  - type: CaseResumed
    when: { changed: [state], previous: { state: waiting } }
    occurredAt: day
  - type: CasePaused
    when: { changed: [state], row: { state: waiting } }
    occurredAt: day
    set: { waitingOn: customer }
  - type: CaseSubmitted
    when: { changed: [state], row: { state: done } }
    occurredAt: day
`).replace('dates: yyyy-MM-dd', 'dates: iso');

const HEADER = 'ticket,entry,day,urgency,state';
const OPEN = '1,a,2031-05-05T09:00Z,normal,open';
const WAITING = '1,b,2031-05-05T10:00Z,normal,waiting';
const GOES_ON = '1,c,2031-05-05T15:00Z,normal,open';
const DONE = '1,d,2031-05-06T11:00Z,normal,done';
const MISDATED = ([ticket, entry, , ...rest]: readonly string[]) => [ticket, entry, '5 May', ...rest].join(',');
const misdated = (row: string): string => MISDATED(row.split(','));

const CASE = caseIdOf('workshop', '1');
const RULES = rulesOf([RESOLVE]);
const books = ruleBooks({ repairs: [{ from: null, rules: compileRules(RULES) }] });

let folder: string;
let stores: Stores;
let runs = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amends-late-rows-'));
  stores = await openStores({ folder }, { mode: 'write' });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

async function bring(...rows: readonly string[]) {
  const file = join(folder, 'file.csv');
  writeFileSync(file, [HEADER, ...rows].join('\n'));
  const { events, personal } = stores;
  const rejectsFile = join(folder, `rejects-${runs++}.csv`);
  const mapping = loadMapping(MAPPING, 'repairs.yaml');
  return importFile({ file, mapping, events, personal, rules: RULES, rejectsFile, now: '2031-06-01T00:00:00.000Z' });
}

/** What a correction adds of itself, and what the order of recording decides. */
const OF_RECORDING = ['revision', 'lastEventAt', 'touchedAt'];

async function shown() {
  const history = [];
  for await (const batch of stores.events.readAll()) history.push(...batch.events);
  const all: Record<string, Document> = {};
  for (const model of [cases, clocks, queues, times])
    for (const [id, document] of Object.entries(await documents(model, history, inputs(books))))
      all[`${model.name} ${id}`] = Object.fromEntries(
        Object.entries(document).filter(
          ([field, value]) => !OF_RECORDING.includes(field) && !(Array.isArray(value) && field === 'tags'),
        ),
      );
  return all;
}

/** What a store shows that got the whole file at once. */
async function atOnce() {
  const before = stores;
  const other = mkdtempSync(join(tmpdir(), 'amends-at-once-'));
  stores = await openStores({ folder: other }, { mode: 'write' });
  try {
    await bring(OPEN, WAITING, GOES_ON, DONE);
    return await shown();
  } finally {
    await stores.close();
    rmSync(other, { recursive: true, force: true });
    stores = before;
  }
}

/** Ids of events, clocks' causes among them, follow from the rows; customers' from the store. */
const withoutCustomer = (all: Record<string, Document>) =>
  Object.fromEntries(Object.entries(all).map(([id, { customer: _, ...document }]) => [id, document]));

describe('a row that comes with a later import of the same file', () => {
  test.each([
    ['in the middle', [OPEN, misdated(WAITING), GOES_ON, DONE]],
    ['of two in the middle', [OPEN, misdated(WAITING), misdated(GOES_ON), DONE]],
    ['at the start', [misdated(OPEN), WAITING, GOES_ON, DONE]],
    ['at the end', [OPEN, WAITING, GOES_ON, misdated(DONE)]],
  ])('%s counts as if it had come at once', async (_, rows) => {
    expect((await bring(...rows)).rejected).toBeGreaterThan(0);
    expect(await bring(OPEN, WAITING, GOES_ON, DONE)).toMatchObject({ rejected: 0 });
    expect(withoutCustomer(await shown())).toEqual(withoutCustomer(await atOnce()));
    expect(await bring(OPEN, WAITING, GOES_ON, DONE)).toMatchObject({ added: 0, rejected: 0 });
  });

  test('that was left out of the first export counts too', async () => {
    await bring(OPEN, WAITING, DONE);
    await bring(OPEN, WAITING, GOES_ON, DONE);
    expect(withoutCustomer(await shown())).toEqual(withoutCustomer(await atOnce()));
  });

  test('at the same instant as a recorded one stands where the source has it', async () => {
    const waiting = '1,b,2031-05-06T11:00Z,normal,waiting';
    await bring(OPEN, misdated(waiting), DONE);
    await bring(OPEN, waiting, DONE);
    expect(await shown()).toMatchObject({ [`cases ${CASE}`]: { status: 'submitted' } });
  });
});

test('the first row alone, put right, opens the case it is of', async () => {
  await bring(misdated(OPEN), DONE);
  expect(await bring(OPEN)).toMatchObject({ rejected: 0 });
  expect(Object.values(await shown()).find(({ target }) => target === 'resolve')).toMatchObject({
    startedAt: '2031-05-05T09:00:00.000Z',
    workingMs: 10 * 3_600_000,
    met: false,
  });
});

test('a row in the middle, alone, is rejected: a mapping compares it with those around it', async () => {
  await bring(OPEN, misdated(WAITING), GOES_ON, DONE);
  expect(await bring(WAITING)).toMatchObject({ added: 0, rejected: 1 });
});
