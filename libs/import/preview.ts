import { inOneLine } from '../event-sourcing/one-line.js';
import { DECLARATIONS } from '../recovery/history.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { caseGroups } from './case-groups.js';
import { firstRows } from './first-rows.js';
import { openFor } from './import-file.js';
import type { CompiledMapping } from './mapping/compile-mapping.js';
import { shapeOf } from './mapping/event-shapes.js';
import { mapCase } from './mapping/map-case.js';
import type { EventToAppend } from '../recovery/history.js';

/** What an import would make of a file's first rows. */
export interface Preview {
  readonly rows: number;
  /** Of how many of these rows' groups a case would be opened. */
  readonly opened: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
  /** How many events of each type. */
  readonly events: Readonly<Record<string, number>>;
  /** Some cases, first those in which most happens. */
  readonly cases: readonly PreviewedCase[];
  readonly notes: readonly string[];
}

export interface PreviewedCase {
  readonly group: string;
  readonly lines: readonly number[];
  readonly events: readonly { readonly type: string; readonly occurredAt: string; readonly data: string }[];
}

const SHOWN_CASES = 3;

/** Stores nothing. @throws FileRefused or MappingRefused as an import does */
export async function previewFile(
  file: string,
  loaded: CompiledMapping,
  rules: RuleSet,
  now: string,
): Promise<Preview> {
  const csv = await openFor(file, loaded);
  try {
    const { seen, read } = await firstRows(csv);
    const mapping = loaded.fitTo(seen);
    const compiled = compileRules(rules);
    const rejected: { line: number; reason: string }[] = [];
    const reject = (line: number, reason: string) => rejected.push({ line, reason });
    const mapped: { group: string; lines: readonly number[]; events: readonly EventToAppend[] }[] = [];
    for await (const cases of caseGroups(once(read), mapping, ({ line, reason }) => reject(line, reason))) {
      for (const one of cases) {
        const made = mapCase(mapping, one, { customer: 'preview', rules, rulesAt: () => compiled, recordedAt: now });
        for (const { line, reason } of made.rejected) reject(line, reason);
        mapped.push({
          group: one.group,
          lines: one.rows.map(({ line }) => line),
          events: [...made.streams.values()].flat(),
        });
      }
    }
    const events = mapped.flatMap((one) => one.events);
    return {
      rows: read.flat().length,
      opened: events.filter(({ type }) => type === 'CaseOpened').length,
      rejected,
      events: Object.fromEntries(
        [...Map.groupBy(events, ({ type }) => type)].map(([type, of]) => [type, of.length] as const),
      ),
      cases: mapped
        .toSorted((a, b) => b.events.length - a.events.length)
        .slice(0, SHOWN_CASES)
        .map((one) => ({ ...one, events: one.events.map(shown) })),
      notes: mapping.took,
    };
  } finally {
    await csv.close();
  }
}

async function* once<T>(batches: readonly T[]): AsyncGenerator<T, void> {
  yield* batches;
}

const LONGEST = 60;

/** Ids and hashes, which say nothing to who reads a preview. */
const OURS: ReadonlySet<string> = new Set(['response', 'case', 'ruleSet']);

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** What the mapping set, without a person's words. */
function shown({ type, occurredAt, data }: EventToAppend): PreviewedCase['events'][number] {
  const personal: readonly string[] = DECLARATIONS[type].personal ?? [];
  const fields = Object.entries(data).filter(
    ([field, value]) =>
      !OURS.has(field) && shapeOf(type)?.[field]?.given !== true && value !== undefined && !isEmpty(value),
  );
  const texts = fields.map(
    ([field, value]) => `${field} ${personal.includes(field) ? '...' : inOneLine(value, LONGEST)}`,
  );
  return { type, occurredAt, data: texts.join(', ') };
}
