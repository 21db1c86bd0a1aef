import { isDeepStrictEqual } from 'node:util';
import { idOf } from '../event-sourcing/identity.js';
import type { Recorded } from '../event-sourcing/event.js';
import { isSealed, type Sealed } from '../event-sourcing/sealed.js';
import { asCorrected, isCorrection } from '../recovery/case/correction.js';
import { DECLARATIONS, type EventToAppend } from '../recovery/history.js';
import type { PersonalData } from '../vault/personal-data.js';
import type { Origin, Rejected } from './mapping/map-case.js';
import { correctionOf } from './late-rows.js';

/** What the rows of a file say otherwise than they did when they were imported before. */
export interface ChangedRows {
  /** Of what a later event can put right. */
  readonly corrections: readonly EventToAppend[];
  /** Of all else, so that no change passes in silence. */
  readonly rejected: readonly Rejected[];
}

interface OfStream {
  readonly recorded: readonly Recorded[];
  readonly events: readonly EventToAppend[];
  readonly origins: ReadonlyMap<string, Origin>;
  /** UTC, ISO 8601. */
  readonly now: string;
}

/**
 * Compares what a file says of known events with what its source said last: what people corrected since then stands until
 * the source itself says something else. What the import fills in, such as the customer, is not compared.
 */
export async function changedRows(
  { recorded, events, origins, now }: OfStream,
  open: PersonalData['open'],
): Promise<ChangedRows> {
  const known = new Set(recorded.map(({ id }) => id));
  const ofSource = recorded.filter(({ imported }) => imported);
  const saidLast = new Map(asCorrected(ofSource).map((event) => [event.id, event]));
  const corrections: EventToAppend[] = [];
  const rejected: Rejected[] = [];
  for (const event of events) {
    const origin = origins.get(event.id);
    if (!origin || !known.has(event.id)) continue;
    const { line } = origin;
    const before = saidLast.get(event.id);
    if (!before) {
      rejected.push({
        line,
        reason: 'It says again what an earlier file took back: record that by hand, or give it another id',
      });
      continue;
    }
    const { set, fixed } = await differences(before, event, origin, open);
    const [column] = fixed;
    if (column !== undefined) {
      const reason = `It was imported before with another ${fixed.join(', ')}, which no file can change: put that back, or correct the case by hand`;
      rejected.push({ line, reason, field: column });
    } else if (Object.keys(set).length > 0) {
      const times = ofSource.filter((one) => isCorrection(one) && one.data.corrects === event.id).length;
      const commandId = idOf(event.id, 'put right by its source', times);
      corrections.push(correctionOf(before, { commandId, now, set, reason: 'The source says so now' }));
    }
  }
  return { corrections, rejected };
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields that a correction sets, and the columns of what none can. */
async function differences(
  before: Recorded,
  { type, stream, occurredAt, knownAt, data }: EventToAppend,
  { says }: Origin,
  open: PersonalData['open'],
): Promise<{ set: Readonly<Record<string, unknown>>; fixed: readonly string[] }> {
  const set: Record<string, unknown> = {};
  const fixed = new Set<string>();
  if (before.occurredAt !== occurredAt) fixed.add(says.occurredAt);
  if (before.knownAt !== knownAt) fixed.add(says.knownAt);
  const [was, is] = [before.data, data] as readonly Fields[] as readonly [Fields, Fields];
  for (const [field, columns] of Object.entries(says.fields)) {
    const [said, value] = [was[field], is[field]];
    // Only sealed words are waited for: an import compares every field of every row.
    if (isSealed(said) ? await isOpenedAs(said, value, open) : said === value || isDeepStrictEqual(said, value))
      continue;
    const declared = Object.entries(DECLARATIONS[type].data.properties).find(([name]) => name === field)?.[1];
    const isFixed = value === undefined || !stream.startsWith('case-') || !declared || 'x-identity' in declared;
    if (isFixed) for (const column of columns.length > 0 ? columns : [field]) fixed.add(column);
    else set[field] = value;
  }
  return { set, fixed: [...fixed] };
}

/** Forgotten words equal any, because nobody can tell. */
async function isOpenedAs(sealed: Sealed, value: unknown, open: PersonalData['open']): Promise<boolean> {
  const text = await open(sealed);
  return text === undefined || text === value;
}
