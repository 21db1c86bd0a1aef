import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Recorded } from '../event-sourcing/event.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { SqliteLedger } from '../ledger/sqlite/sqlite-ledger.js';
import { caseAsRead } from '../recovery/case/case-reading.js';
import { DECLARATIONS } from '../recovery/history.js';
import { PersonalData } from '../vault/personal-data.js';
import { importFile } from './import-file.js';
import { loadMapping } from './mapping/load-mapping.js';
import { caseIdOf } from './mapping/map-case.js';
import { mappingText, OPENED } from './mapping/mapping.testing.js';

const RULES = {
  ...{ programme: 'repairs', title: 'Repairs', reviewBy: '2032-01-01', fallbackOwner: 'front-desk' },
  ...{ calendars: {}, targets: [] },
};
const NOTED = `${OPENED}
  - type: NoteAdded
    when: { row: { words: { $ne: null } } }
    occurredAt: day
    set: { note: { column: words } }
`;
const PERSONAL = 'customer: who\npersonal: [who, words]';
const MAPPING = mappingText(NOTED, PERSONAL);

let folder: string;
let store: SqliteEventStore;
let vault: SqliteLedger;
let personal: PersonalData;
let imports = 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'changed-rows-'));
  store = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
  vault = SqliteLedger.open({ path: join(folder, 'vault.db'), mode: 'write' });
  personal = new PersonalData({ vault, keyEncryptionKey: Buffer.alloc(32, 7), declarations: DECLARATIONS });
});
afterEach(async () => {
  await store.close();
  await vault.close();
  rmSync(folder, { recursive: true });
});

const rejects = () => readFileSync(join(folder, `rejects ${imports}.csv`), 'utf8');

/** Imports a file of these rows. */
async function bring(lines: readonly string[], mapping = MAPPING) {
  const file = join(folder, 'file.csv');
  writeFileSync(file, ['ticket,entry,day,urgency,who,words', ...lines].join('\n'));
  imports += 1;
  return importFile({
    ...{ file, mapping: loadMapping(mapping, 'repairs.yaml'), events: store, personal, rules: RULES },
    ...{ rejectsFile: join(folder, `rejects ${imports}.csv`), now: '2031-06-01T00:00:00.000Z' },
  });
}

const CASE = `case-${caseIdOf('workshop', '1')}`;
const ofCase = async (): Promise<readonly Recorded[]> => (await store.readStream(CASE)).events;
/** What the case is read from. */
const read = async (): Promise<unknown> =>
  Promise.all(
    caseAsRead(await ofCase()).flatMap(({ type, data }) =>
      type === 'EventCorrected' ? [] : [personal.openAll({ type, ...data })],
    ),
  );

const OTHER = '2,a,2031-05-07,,ben,';
const WRITTEN = ['1,a,2031-05-05,high,ana,It broke', OTHER];

describe('a row that comes again', () => {
  beforeEach(() => bring(WRITTEN));

  test('with another value corrects its event, once, and can be put right again', async () => {
    const changed = ['1,a,2031-05-05,low,ana,It broke', OTHER];
    expect(await bring(changed)).toMatchObject({ added: 1, alreadyThere: 3, rejected: 0, corrected: 1 });
    expect((await ofCase()).at(-1)).toMatchObject({
      type: 'EventCorrected',
      imported: true,
      actor: { id: 'workshop', role: 'source' },
      data: { correctsType: 'CaseOpened', set: { priority: 'low' } },
    });
    const again = await bring(changed);
    expect(again).toMatchObject({ added: 0, alreadyThere: 3, rejected: 0 });
    expect(again).not.toHaveProperty('corrected');
    expect(await bring(WRITTEN)).toMatchObject({ corrected: 1 });
    expect(await bring(changed)).toMatchObject({ corrected: 1 });
    expect(await read()).toMatchObject([{ priority: 'low' }, { note: 'It broke' }]);
  });
  test('with other words corrects them, sealed', async () => {
    expect(await bring(['1,a,2031-05-05,high,ana,It smoked', OTHER])).toMatchObject({ corrected: 1, rejected: 0 });
    expect(JSON.stringify(await ofCase())).not.toContain('smoked');
    expect(await read()).toMatchObject([{ priority: 'high' }, { note: 'It smoked' }]);
  });
  test('and no longer says what it said takes that back', async () => {
    expect(await bring(['1,a,2031-05-05,high,ana,', OTHER])).toMatchObject({ added: 1, rejected: 0 });
    expect(await read()).toMatchObject([{ type: 'CaseOpened' }]);
    expect(await bring(WRITTEN)).toMatchObject({ added: 0, rejected: 1 });
    expect(rejects()).toContain('took back');
  });
  test('with another date is rejected by the name of the column, and the rest goes in', async () => {
    const moved = ['1,a,2031-05-04,high,ana,It broke', '1,b,2031-05-06,high,ana,Again', OTHER];
    expect(await bring(moved)).toMatchObject({ added: 1, rejected: 1 });
    expect(rejects()).toMatch(/2,"?It was imported before with another day.*,day,1,a/);
    expect(await read()).toMatchObject([{ type: 'CaseOpened' }, { note: 'It broke' }, { note: 'Again' }]);
  });
  test('unchanged leaves alone what people corrected, until the source says something else', async () => {
    const [opened] = await ofCase();
    if (!opened) throw new Error('There is no case.');
    const { imported: _, ...byHand } = { ...opened, id: 'by hand', commandId: 'by hand', type: 'EventCorrected' };
    const set = { priority: 'normal' };
    const data = { corrects: opened.id, correctsType: 'CaseOpened', set, reason: 'no harm done' };
    await store.append(CASE, [{ ...byHand, data }], 2);
    expect(await bring(WRITTEN)).toMatchObject({ added: 0, alreadyThere: 3 });
    expect(await read()).toMatchObject([{ priority: 'normal' }, {}]);
    expect(await bring(['1,a,2031-05-05,low,ana,It broke', OTHER])).toMatchObject({ corrected: 1 });
    expect(await read()).toMatchObject([{ priority: 'low' }, {}]);
  });
  test('of a forgotten customer passes, because nobody can tell any more what they said', async () => {
    const [opened] = await ofCase();
    await personal.forgetKey((opened?.data as { customer: string }).customer);
    const before = await ofCase();
    expect(await bring(WRITTEN)).toMatchObject({ added: 0, rejected: 0 });
    expect(await ofCase()).toEqual(before);
  });
});

test('an answer that comes again with another score is rejected, because no event corrects an answer', async () => {
  const answered = mappingText(
    `
  - type: ResponseReceived
    when: { first: true }
    occurredAt: day
    set: { kind: survey, contactMe: not-answered, answers: { scores: { nps: urgency } }, comment: { column: words } }
${OPENED.replace('{ column: urgency, otherwise: normal }', 'normal')}`,
    PERSONAL,
  );
  await bring(['1,a,2031-05-05,3,ana,It broke'], answered);
  expect(await bring(['1,a,2031-05-05,9,ana,It smoked'], answered)).toMatchObject({ added: 0, rejected: 1 });
  expect(rejects()).toContain('another urgency, words');
  expect(await bring(['1,a,2031-05-05,3,ana,It broke'], answered)).toMatchObject({ added: 0, rejected: 0 });
});
