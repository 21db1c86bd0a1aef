import { compileRules } from '../../recovery/rules/compile.js';
import type { RuleSet } from '../../recovery/rules/rule-set.js';
import type { Row } from './mapping.js';
import { loadMapping } from './load-mapping.js';
import { mapCase, type MappedCase } from './map-case.js';

/** A whole mapping with the given rules. */
export const mappingText = (emit: string, more = ''): string => `
programme: repairs
title: Repairs
source: workshop
pack: ../packs/repairs.yaml
format: { type: csv }
zone: Etc/UTC
dates: yyyy-MM-dd
empty: ['?']
rows: { group: ticket, grouped: together, id: [ticket, entry] }
${more}
emit:
${emit}
`;

export const OPENED = `
  - type: CaseOpened
    when: { first: true }
    occurredAt: day
    set: { kind: repair, priority: { column: urgency, otherwise: normal } }
`;

const RULES: RuleSet = {
  programme: 'repairs',
  title: 'Repairs',
  reviewBy: '2032-01-01',
  fallbackOwner: 'front-desk',
  calendars: {},
  targets: [],
  triage: {
    low: { nps: 6 },
    cells: {
      low: { yes: { do: 'recover', priority: 'high' }, no: { do: 'respect' }, 'not-answered': { do: 'recover' } },
      high: { yes: { do: 'call-back' }, no: { do: 'nothing' }, 'not-answered': { do: 'nothing' } },
    },
    team: 'care',
  },
};

/** Maps rows of ticket 7. Lines count from 2, after the header. */
export function mapRows(text: string, ...rows: readonly Row[]): MappedCase {
  const numbered = rows.map((row, i) => ({
    line: i + 2,
    row: { ticket: '7', entry: String(i), day: '2031-05-05', ...row },
  }));
  return mapCase(
    loadMapping(text, 'repairs.yaml'),
    { group: '7', rows: numbered },
    {
      customer: 'customer-1',
      rules: RULES,
      rulesAt: () => compileRules(RULES),
      recordedAt: '2031-06-01T00:00:00.000Z',
    },
  );
}

export const eventsOf = ({ streams }: MappedCase): readonly { type: string; data: object }[] =>
  [...streams.values()].flat().map(({ type, data }) => ({ type, data }));
