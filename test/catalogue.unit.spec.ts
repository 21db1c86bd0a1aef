import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DeclaredCommand } from '../libs/event-sourcing/declared-command.js';
import type { DeclaredEvent } from '../libs/event-sourcing/declared-event.js';
import { AGGREGATES, routeOf } from '../libs/recovery/aggregates.js';
import { DECLARATIONS } from '../libs/recovery/history.js';

const FILE = join(import.meta.dirname, '../docs/events.md');

function kindOf(field: object): string {
  const { type, enum: words, items, const: only, format } = field as Record<string, unknown>;
  if (Array.isArray(words)) return words.map((word) => `\`${String(word)}\``).join(' ');
  if (only !== undefined) return `\`${String(only)}\``;
  if (type === 'array') return `list of ${kindOf(items as object)}`;
  if (format === 'instant' || format === 'day') return format;
  return type === 'string' ? 'text' : String(type ?? 'any').replaceAll(',', ' or ');
}

function noted(field: object): string {
  const notes = { 'x-personal': 'personal', 'x-identity': 'identity', 'x-given': 'filled by an import' };
  const found = Object.entries(notes).flatMap(([note, words]) => (note in field ? [words] : []));
  const { description } = field as { readonly description?: string };
  return [...found, ...(description === undefined ? [] : [description])].join('; ');
}

function eventSection({ type, topic, schemaVersion, importable, data }: DeclaredEvent): string {
  const required: readonly string[] = data.required ?? [];
  const rows = Object.entries(data.properties).map(
    ([name, field]) =>
      `| ${name}${required.includes(name) ? '' : ' (optional)'} | ${kindOf(field)} | ${noted(field)} |`,
  );
  const about = `Topic: ${topic}. Version ${schemaVersion}.${importable ? ' A mapping may emit it.' : ''}`;
  return [`### ${type}`, about, '', '| field | holds | notes |', '|---|---|---|', ...rows].join('\n');
}

function commandRow({ type, is, comes }: DeclaredCommand): string {
  if ('inside' in comes) return `| ${type} | ${is} | - | ${comes.inside} |`;
  const { method, path } = routeOf(type) ?? {};
  return `| ${type} | ${is} | \`${method} ${path}\` | ${comes.says}. For ${comes.roles.join(', ')}. |`;
}

const catalogue = (): string => {
  const commands = Object.values(AGGREGATES).flatMap((aggregate) => {
    const declared: readonly DeclaredCommand[] = aggregate.commands;
    return declared.map((one) => commandRow(one));
  });
  const events: readonly DeclaredEvent[] = Object.values(DECLARATIONS);
  return [
    '# Events and commands',
    'Generated from the declarations in `libs/recovery`. `UPDATE_SCHEMAS=1 npx jest test/catalogue` writes it again.',
    '',
    '## Commands',
    'A fact has happened: what breaks a rule is recorded with its `breaches`. A rule refuses an intention.',
    '',
    '| command | is a | route | what it does |',
    '|---|---|---|---|',
    ...commands,
    '',
    '## Events',
    'A personal field is sealed with its customer’s key. No correction sets an identity.',
    '',
    events.map(eventSection).join('\n\n'),
    '',
  ].join('\n');
};

test('docs/events.md lists every event and command as they are declared', () => {
  const now = catalogue();
  if (process.env['UPDATE_SCHEMAS']) writeFileSync(FILE, now);
  expect(readFileSync(FILE, 'utf8')).toBe(now);
});

test('a command comes in by a route, or says why it has none', () => {
  for (const { commands } of Object.values(AGGREGATES))
    for (const { comes } of commands as readonly DeclaredCommand[])
      expect('inside' in comes ? comes.inside : comes.says).toMatch(/^[A-Z].{5,}/);
});
