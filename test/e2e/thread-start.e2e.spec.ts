import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const built = (path: string): string => resolve(import.meta.dirname, '../../dist/libs', path);

/** The packages that these modules load. */
function loadedWith(...modules: readonly string[]): readonly string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({ load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name) packages.add(name);
      return next(url, context);
    } });
    for (const path of ${JSON.stringify(modules)}) await import(path);
    console.log(JSON.stringify([...packages]));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], { encoding: 'utf8' }),
  ) as readonly string[];
}

const HEAVY = ['echarts', 'mongodb', '@eventstore/db-client'];

test('a thread that rehearses on embedded stores loads no charts and no client of an engine', () => {
  const loaded = loadedWith(
    built('builds/worker.js'),
    built('rehearsal/share.js'),
    built('read-models/read-models.js'),
  );
  expect(loaded).toContain('canonicalize');
  for (const name of HEAVY) expect(loaded).not.toContain(name);
});

test('the page of a rehearsal has its charts', () => {
  expect(loadedWith(built('builds/rehearse-to-files.js'))).toContain('echarts');
});
