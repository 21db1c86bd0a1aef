import type { OpenedCase } from '../recovery/case/case-state.js';
import { readCause } from '../recovery/root-cause/read-cause.js';
import { CASE_FIELDS, ofEachCase, type CaseHappening } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

interface CauseFact {
  readonly programme: string;
  readonly case: OpenedCase;
  /** As first recorded, as recorded last, and as the rules read the last. */
  readonly first: readonly string[];
  readonly recorded: readonly string[];
  readonly read: readonly string[];
  readonly identifiedAt: string | null;
}

const NONE: readonly string[] = [];

function evolve(
  before: CauseFact | undefined,
  event: CaseHappening,
  { rules, cases }: PartOfInputs<'rootCauses'>,
): CauseFact | undefined {
  const now = cases.after(before?.case, event);
  if (!now) return undefined;
  if (!before) {
    const { programme } = event;
    return { programme, case: now, first: NONE, recorded: NONE, read: NONE, identifiedAt: null };
  }
  if (event.type === 'RootCauseIdentified') {
    const { cause } = event.data;
    const first = before.first.length === 0 ? cause : before.first;
    const read = readCause(cause, rules.at(event.programme, event.occurredAt), now.facts);
    return { ...before, case: now, first, recorded: cause, read, identifiedAt: event.occurredAt };
  }
  return now === before.case ? before : { ...before, case: now };
}

const level = (cause: readonly string[], n: number): string | null => cause[n - 1] ?? null;

const levelsOf = (cause: 'level' | 'recorded' | 'first') =>
  Object.fromEntries([1, 2, 3, 4].map((n) => [`${cause}${n}`, 'string' as const]));

/** One document for each case whose cause was found. `level1` to `level4` are as read now, `recorded1` on as recorded. */
export const rootCauses: ReadModel<CauseFact, ['rootCauses']> = {
  name: 'root_causes',
  version: 2,
  reads: ['rootCauses'],
  fields: {
    case: 'string',
    programme: 'string',
    ...levelsOf('level'),
    ...levelsOf('recorded'),
    ...levelsOf('first'),
    ...CASE_FIELDS,
    month: 'string',
    openedAt: 'instant',
    identifiedAt: 'instant',
  },
  indexes: [],
  lookups: [['programme', 'month']],
  ...ofEachCase(evolve),
  documents: ({ case: { facts, openedAt }, first, recorded, read, programme, identifiedAt }, key) => {
    if (recorded.length === 0) return [];
    const document = {
      case: key,
      programme,
      level1: level(read, 1),
      level2: level(read, 2),
      level3: level(read, 3),
      level4: level(read, 4),
      recorded1: level(recorded, 1),
      recorded2: level(recorded, 2),
      recorded3: level(recorded, 3),
      recorded4: level(recorded, 4),
      first1: level(first, 1),
      first2: level(first, 2),
      first3: level(first, 3),
      first4: level(first, 4),
      recorded,
      read,
      kind: facts.kind,
      priority: facts.priority,
      team: facts.team,
      owner: facts.owner,
      touchpoint: facts.touchpoint,
      product: facts.product,
      month: openedAt.slice(0, 7),
      openedAt,
      identifiedAt,
    };
    return [[key, document]];
  },
};
