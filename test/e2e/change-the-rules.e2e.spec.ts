import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { replayExported, type ExportedCase } from '../../libs/rehearsal/exported-case.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import { amendsJson, ROOT_FOLDER, sample } from './amends.testing.js';

const LONG = 600_000;
const LOG = 'incident-events-to-2016-04-14.csv.gz';
const PAGE = join(ROOT_FOLDER, 'docs/operators/change-the-rules.md');

interface Block {
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

const blocksOf = (page: string): readonly Block[] =>
  [...page.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language = '', file, text = '']) => ({
    language,
    file,
    text,
  }));

/** A line `...` of the page matches any lines, `...` within a line any text. */
const asPattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .trimEnd()
      .split('\n')
      .map((line) =>
        line === '...'
          ? '[\\s\\S]*'
          : line
              .split('...')
              .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
              .join('.*'),
      )
      .join('\n')}$`,
  );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amends-walk-'));
  for (const name of ['mappings', 'packs']) symlinkSync(join(ROOT_FOLDER, name), join(folder, name));
  symlinkSync(sample(LOG), join(folder, basename(LOG)));
  mkdirSync(join(folder, 'bin'));
  const shim = join(folder, 'bin/amends');
  const main = join(ROOT_FOLDER, 'dist/apps/ops/main.js');
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${main}" "$@"\n`);
  chmodSync(shim, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command as a reader would type it. @throws Error with its output if it fails. */
const typed = (command: string): Promise<string> =>
  new Promise((done, fail) => {
    const env = {
      ...process.env,
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      AMENDS_DATA: join(folder, 'data'),
    };
    execFile('sh', ['-ec', command], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      if (error) fail(new Error(`${command} ended with ${error.code}: ${err}${out}`));
      else done(out);
    });
  });

const digestOf = (out: string, which: 'before' | 'after'): string =>
  new RegExp(`digest ${which}\\s+([0-9a-f]{64})`).exec(out)?.[1] ?? 'none';

test(
  'the walk-through does what it says, and ends where it began',
  async () => {
    const outputs = new Map<string, string>();
    let last = '';
    for (const { language, file, text } of blocksOf(readFileSync(PAGE, 'utf8'))) {
      if (file !== undefined) writeFileSync(join(folder, file), text);
      if (language === 'text') expect(last.trimEnd()).toMatch(asPattern(text));
      if (language !== 'sh') continue;
      for (const command of text.trim().split('\n')) outputs.set(command, (last = await typed(command)));
    }
    const out = (beginning: string): string =>
      [...outputs].find(([command]) => command.startsWith(beginning))?.[1] ?? '';

    // Activation ends at the rehearsed digest, and the rollback at the previous one.
    const [rehearsed, activated, back] = [
      out('amends rehearse'),
      out('amends rules activate'),
      out('amends rules rollback'),
    ];
    expect(digestOf(activated, 'after')).toBe(digestOf(rehearsed, 'after'));
    expect(digestOf(back, 'before')).toBe(digestOf(rehearsed, 'after'));
    expect(digestOf(back, 'after')).toBe(digestOf(rehearsed, 'before'));
    const data = ['--data', join(folder, 'data')];
    expect(await amendsJson('verify', ...data)).toMatchObject({
      equal: true,
      digest: digestOf(rehearsed, 'before'),
      seals: 'intact',
    });

    // The page is self-contained.
    const page = readFileSync(join(folder, 'rehearsal.html'), 'utf8');
    expect(page).toContain('Mechanical effect only');
    expect(page).not.toMatch(/<script|<link|\ssrc=|url\(|@import/i);
    expect(page).toMatch(/<svg role="img" aria-labelledby=/);

    // An exported case replays to the same verdicts, and to others under other rules.
    const exported = JSON.parse(readFileSync(join(folder, 'INC0008292.json'), 'utf8')) as ExportedCase & {
      readonly clocks: readonly { readonly verdict: string }[];
      readonly steps: readonly object[];
    };
    expect(replayExported(exported).map(({ verdict }) => verdict)).toEqual(
      exported.clocks.map(({ verdict }) => verdict),
    );
    const { ruleSet } = parseRuleSet(readFileSync(join(folder, 'stricter.yaml'), 'utf8'));
    expect(replayExported(exported, ruleSet)).toMatchObject([{ target: 'resolve', verdict: 'missed' }]);
    expect(exported.steps.length).toBe(8);
  },
  LONG,
);
