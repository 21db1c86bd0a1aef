import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { routeOf } from '../libs/recovery/aggregates.js';
import { refusals, type Written } from './refusals.testing.js';
import { ROOT } from './sources.testing.js';

const DOCUMENT = join(ROOT, 'docs/rules.md');

const HEAD = `# The rules of the business

Each rule by the code that a refusal carries, what is said to whoever it refuses, what would be accepted instead or by
whom, and the file that holds it. An answer over HTTP names the route too, and in \`wayOut\` who may take it. Words in
italics stand for the values of the case at hand. The code of Amends is where this page comes from: a test holds it to be
current, and \`UPDATE_SCHEMAS=1\` lets that test write it anew.
`;

const SAME_SUBJECT: Readonly<Record<string, string>> = { cases: 'case', responses: 'response' };

/** libs/recovery/root-cause/... is of root-cause, libs/commands/... of commands, apps/api/cases/... of case. */
function subjectOf({ file }: Written): string {
  const [, room = '', folder = ''] = file.split('/');
  const named = ['recovery', 'api'].includes(room) ? folder : room;
  const subject = SAME_SUBJECT[named] ?? named;
  return `${subject.slice(0, 1).toUpperCase()}${subject.slice(1).replaceAll('-', ' ')}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

function inWords({ wayOut, through }: Pick<Written, 'wayOut' | 'through'>): string {
  const routes = through.map((type) => {
    const { method, path } = routeOf(type) ?? {};
    return `\`${method} ${path}\``;
  });
  return [wayOut.join(' '), ...routes].join(' ');
}

function documented(rules: readonly Written[]): string {
  const bySubject = Object.entries(Object.groupBy(rules, subjectOf)).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const chapters = bySubject.map(([subject, ofSubject = []]) => {
    const rows = ofSubject.map(
      ({ code, sentence, file, ...way }) =>
        `| \`${code}\` | ${cell(sentence)} | ${cell(inWords(way))} | [${basename(file)}](../${file}) |`,
    );
    return `\n## ${subject}\n\n| rule | what is said | way out | where |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return HEAD + chapters.join('');
}

test('docs/rules.md lists each rule of the business as the code has it', () => {
  const current = documented(refusals());
  if (process.env['UPDATE_SCHEMAS']) writeFileSync(DOCUMENT, current);
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(current);
});

test('no refusal is left out', () => {
  const codes = new Set(refusals().map(({ code }) => code));
  expect(codes).toContain('four-eyes');
  expect(codes).toContain('root-cause-unknown');
  expect(codes.size).toBeGreaterThan(100);
});

describe('each refusal names a way out', () => {
  const rules = refusals();
  test('in a whole sentence: what would be accepted, or by whom', () => {
    const silent = rules.filter(
      ({ wayOut }) => wayOut.length === 0 || !wayOut.every((says) => /^\S.*[.…]$/s.test(says)),
    );
    expect(silent).toEqual([]);
  });
  test('through commands that there are, and that come in by a route', () => {
    const named = new Set(rules.flatMap(({ through }) => through));
    expect(named.size).toBeGreaterThan(15);
    expect([...named].filter((type) => routeOf(type) === undefined)).toEqual([]);
  });
  test('and writes no route of a command beside its declaration', () => {
    const routes = /(POST|PUT) \/v1\/(cases\/\{|teams|rules|improvements)/;
    expect(rules.filter(({ sentence, wayOut }) => routes.test([sentence, ...wayOut].join(' ')))).toEqual([]);
  });
});
