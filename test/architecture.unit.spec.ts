import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { cruise, type ICruiseOptions, type IForbiddenRuleType } from 'dependency-cruiser';

const root = resolve(import.meta.dirname, '..');
const rules = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
  forbidden: IForbiddenRuleType[];
  options: ICruiseOptions;
};

async function violations(baseDir: string): Promise<string[]> {
  const { tsConfig: _, ...options } = rules.options;
  const { output } = await cruise(['apps', 'libs'], {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: rules.forbidden },
  });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

test('every room imports only what the architecture allows', async () => {
  expect(await violations(root)).toEqual([]);
});

describe('a forbidden import is found', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  /** A small tree of rooms, in which one file imports another. */
  function tree(from: string, to: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'rooms-'));
    folders.push(folder);
    for (const file of ['apps/api/main.ts', 'libs/recovery/case.ts', from]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), 'export const here = 1;\n');
    }
    if (!to.startsWith('node:')) {
      mkdirSync(dirname(join(folder, to)), { recursive: true });
      writeFileSync(join(folder, to), 'export const there = 1;\n');
    }
    const up = '../'.repeat(from.split('/').length - 1);
    writeFileSync(
      join(folder, from),
      `import * as there from '${to.startsWith('node:') ? to : up + to}';\nexport const here = there;\n`,
    );
    return folder;
  }

  test.each([
    ['event-sourcing imports nothing of ours', 'libs/event-sourcing/decider.ts', 'libs/recovery/case.ts'],
    ['a port knows no domain', 'libs/event-store/event-store.ts', 'libs/recovery/case.ts'],
    ['a port never imports its adapter', 'libs/read-store/read-store.ts', 'libs/read-store/sqlite/store.ts'],
    ['a port does not know an engine', 'libs/read-store/read-store.ts', 'libs/mongodb/mongo-connection.ts'],
    ['a port does not know SQLite', 'libs/ledger/ledger.ts', 'libs/sqlite/sqlite-errors.ts'],
    ['an adapter does not know another engine', 'libs/ledger/sqlite/ledger.ts', 'libs/mongodb/mongo-connection.ts'],
    ['read models and reactions do not know each other', 'libs/read-models/queues.ts', 'libs/reactions/triage.ts'],
    ['a projection cannot reach a command', 'libs/read-models/queues.ts', 'libs/commands/commands.ts'],
    ['replay cannot reach a reaction', 'libs/replay/builds/rebuild.ts', 'libs/reactions/triage.ts'],
    ['a rehearsal cannot reach a reaction', 'libs/rehearsal/rehearse.ts', 'libs/reactions/triage.ts'],
    ['a rehearsal cannot reach a command', 'libs/rehearsal/rehearse.ts', 'libs/commands/commands.ts'],
    ['a rehearsal cannot open a store', 'libs/rehearsal/rehearse.ts', 'libs/read-store/sqlite/store.ts'],
    ['platform imports only the rooms that it is given', 'libs/platform/stores/open.ts', 'libs/read-models/queues.ts'],
    ['platform does not know an app', 'libs/platform/auth/keys.ts', 'apps/api/main.ts'],
    ['platform does not know builds', 'libs/platform/stores/open.ts', 'libs/builds/worker.ts'],
    ['a change of rules does not know how builds are made', 'libs/rule-changes/changes.ts', 'libs/builds/worker.ts'],
    ['the relay does not know the api', 'apps/relay/inbound.ts', 'apps/api/responses/receive.ts'],
    ['a lib does not know an app', 'libs/replay/builds/rebuild.ts', 'apps/api/main.ts'],
    ['the domain reads no file', 'libs/recovery/case.ts', 'node:fs'],
    ['a source does not import a test aid', 'libs/replay/builds/rebuild.ts', 'libs/replay/history.testing.ts'],
  ])('%s', async (_sentence, from, to) => {
    expect((await violations(tree(from, to))).length).toBeGreaterThan(0);
  });

  test('a circle is found, be it of types alone', async () => {
    const folder = tree('libs/recovery/offer.ts', 'libs/recovery/contact.ts');
    const circle = "import type { here } from './offer.js';\nexport type There = typeof here;\n";
    writeFileSync(join(folder, 'libs/recovery/contact.ts'), circle);
    writeFileSync(
      join(folder, 'libs/recovery/offer.ts'),
      "import type { There } from './contact.js';\nexport const here = 1 as number | There;\n",
    );
    expect((await violations(folder)).join()).toContain('no-cycles');
  });
});

test('every room has a rule of what it may import', () => {
  const ruled = rules.forbidden.map(({ name }) => name);
  const rooms = readdirSync(join(root, 'libs'));
  expect(rooms.filter((room) => !ruled.includes(`${room}-knows-only-its-own`))).toEqual([]);
});

const lint = (await import(join(root, 'eslint.config.js'))) as { default: Linter.Config[] };

describe('pure rooms remember nothing at module level', () => {
  const config = lint.default.find(({ name }) => name === 'no memory at module level');
  const found = (source: string, file = 'libs/recovery/case.ts'): number => {
    if (!config) throw new Error('eslint.config.js has no such rule.');
    const parsed = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser as Linter.Parser } };
    return new Linter().verify(source, [parsed, config], file).length;
  };

  test.each([
    'let last = 0;',
    'export let last: string | undefined;',
    'const known = new Map<string, number>();',
    'const known = new WeakMap<object, number>();',
    'export const known: Map<string, number> = new Map();',
    'const known = new LRUCache({ max: 10 });',
    'const days = { read: new Int32Array(8) };',
    'const books = new RememberedBooks();',
    'const known: Record<string, number> = {};',
    'const list: string[] = [];',
    'class Books { static last = 0; }',
  ])('%s', (source) => {
    expect(found(source)).toBeGreaterThan(0);
    expect(found(source, 'libs/filter/parse-filter.ts')).toBeGreaterThan(0);
  });

  test.each([
    "const RANKS: ReadonlyMap<string, number> = new Map([['high', 1]]);",
    'const make = () => new Map<string, number>();',
    'const NONE: readonly string[] = [];',
    'class Books { readonly #known = new Map<string, number>(); static readonly MOST = 8; }',
    'function fold() { let at = 0; const known = new Map<string, number>(); return [at++, known]; }',
  ])('and may say: %s', (source) => expect(found(source)).toBe(0));

  test('what is fenced may', () => {
    expect(found('const instants = new Instants();', 'libs/recovery/fast/instants.ts')).toBe(0);
  });
});

test('what is fenced for being fast has beside it the test that holds it to the plain version', () => {
  const files = readdirSync(join(root, 'libs'), { recursive: true, encoding: 'utf8' });
  const fenced = files.filter((file) => /\/fast\/[^/]+\.ts$/.test(file) && !/\.(spec|testing)\.ts$/.test(file));
  expect(fenced.length).toBeGreaterThan(5);
  expect(fenced.filter((file) => !files.includes(file.replace(/\.ts$/, '.unit.spec.ts')))).toEqual([]);
});
