import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { previewFile, type Preview } from '../../../libs/import/preview.js';
import { loadMapping } from '../../../libs/import/mapping/load-mapping.js';
import { guessColumns } from '../../../libs/import/propose/guess-columns.js';
import { nameFrom, proposedMapping, proposedRules } from '../../../libs/import/propose/propose.js';
import { readSample } from '../../../libs/import/propose/sample.js';
import { ZONE_REMEDY, zoneProblem } from '../../../libs/recovery/calendar/zone.js';
import { Failure } from '../failure.js';
import { table } from '../output.js';
import { readRules } from '../rule-source.js';
import { prepareImport } from './import-run.js';

export interface Proposal {
  readonly mapping: string;
  readonly rules: string;
  /** The lines of the mapping with a guess. */
  readonly guesses: readonly string[];
}

/** Writes a mapping and a rule set for a file to start from. @throws Failure or FileRefused */
export async function propose(file: string, folder: string, zone: string | undefined): Promise<Proposal> {
  const problem = zone === undefined ? undefined : zoneProblem(zone);
  if (problem !== undefined) throw new Failure(`--zone: ${problem} ${ZONE_REMEDY}`);
  const name = nameFrom(basename(file));
  const mapping = join(folder, `${name}.mapping.yaml`);
  const rules = join(folder, `${name}.rules.yaml`);
  const there = [mapping, rules].find(existsSync);
  if (there !== undefined) throw new Failure(`${there} exists already. Move it, or name another folder with --to.`);
  const sample = await readSample(file);
  const guess = guessColumns(sample);
  if (!guess)
    throw new Failure(
      `No column of ${file} has dates that Amends can read, and a case needs the time of its opening. Name a file with such a column, or write a mapping.`,
    );
  const subject = {
    ...{ file: basename(file), name, rulesFile: basename(rules) },
    ...{ zone: zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, zoneIsGuessed: zone === undefined },
    reviewBy: `${new Date().getUTCFullYear() + 1}-12-31`,
  };
  const text = proposedMapping(sample, guess, subject);
  loadMapping(text, mapping);
  mkdirSync(folder, { recursive: true });
  writeFileSync(mapping, text, { flag: 'wx' });
  writeFileSync(rules, proposedRules(guess, subject), { flag: 'wx' });
  const guesses = text.split('\n').filter((line) => /# guess/i.test(line));
  return { mapping, rules, guesses: guesses.map((line) => line.trim()) };
}

/** What an import through the mapping would make of the file's first rows, under the mapping's pack. */
export async function preview(file: string, mappingFile: string): Promise<Preview> {
  const { mapping, packFile } = await prepareImport(file, mappingFile);
  return previewFile(file, mapping, readRules(packFile).ruleSet, new Date().toISOString());
}

const SHOWN_REJECTS = 5;

export async function previewText({ rows, opened, rejected, events, cases, notes }: Preview): Promise<string> {
  const counts = Object.entries(events).map(([type, count]) => [type, count]);
  const rejects = rejected
    .slice(0, SHOWN_REJECTS)
    .map(({ line, reason }) => `line ${line} would be rejected: ${reason}`);
  return [
    `The first ${rows.toLocaleString('en-US')} rows would open ${opened.toLocaleString('en-US')} cases, and ${rejected.length} would be rejected. Nothing is stored.`,
    await table(['event', 'count'], counts),
    ...cases.flatMap(({ group, lines, events: made }) => [
      `${group} (line ${lines.join(', ')})`,
      ...made.map(({ type, occurredAt, data }) => `  ${occurredAt}  ${type}${data === '' ? '' : `: ${data}`}`),
    ]),
    ...rejects,
    ...notes,
  ].join('\n');
}
