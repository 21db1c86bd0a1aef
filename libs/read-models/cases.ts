import type { OpenedCase } from '../recovery/case/case-state.js';
import { begin, recordAfter, type CaseRecord } from './case-record.js';
import { CASE_FIELDS, ofEachCase, type CaseHappening } from './case-stream.js';
import type { PartOfInputs, ReadModel } from './inputs.js';

interface CaseFact {
  readonly case: OpenedCase;
  readonly more: CaseRecord;
  /** The latest occurredAt of its events, in whatever order they were recorded. */
  readonly lastEventAt: string;
  /** Of the case's stream: what an ETag says. */
  readonly revision: number;
}

function evolve(
  before: CaseFact | undefined,
  event: CaseHappening,
  inputs: PartOfInputs<'rootCauses'>,
): CaseFact | undefined {
  const now = inputs.cases.after(before?.case, event);
  if (!now) return undefined;
  const { occurredAt } = event;
  if (!before) {
    if (event.type !== 'CaseOpened') return undefined;
    return { case: now, more: begin(event), lastEventAt: occurredAt, revision: event.revision };
  }
  return {
    case: now,
    more: recordAfter({ case: now, more: before.more }, event, inputs),
    lastEventAt: occurredAt > before.lastEventAt ? occurredAt : before.lastEventAt,
    revision: Math.max(before.revision, event.revision),
  };
}

const shown = ({ case: now, more, lastEventAt, revision }: CaseFact) => ({
  ...more,
  ...now.facts,
  lastEventAt,
  revision,
  workedBy: now.workers,
  pausedUntil: now.pausedUntil ?? null,
  mergedInto: now.mergedInto ?? null,
  outcome: now.customerOutcome ?? null,
  tickets: now.tickets,
  /** The last one. */
  ticket: now.tickets.at(-1)?.ticket ?? null,
});

export type CaseDocument = Readonly<ReturnType<typeof shown>>;

/** Everything that is known of a case, open or closed: one document each. */
export const cases: ReadModel<CaseFact, ['rootCauses']> = {
  name: 'cases',
  version: 7,
  reads: ['rootCauses'],
  fields: {
    case: 'string',
    reference: 'string',
    programme: 'string',
    customer: 'string',
    response: 'string',
    order: 'string',
    status: 'string',
    ...CASE_FIELDS,
    tags: 'strings',
    openedAt: 'instant',
    lastEventAt: 'instant',
    cycle: 'integer',
    pausedUntil: 'instant',
    unanswered: 'integer',
    breachCount: 'integer',
    contactBreaches: 'integer',
    brokenRules: 'strings',
    workedBy: 'strings',
    outcome: 'string',
    ticket: 'string',
  },
  indexes: [['openedAt']],
  lookups: [['response'], ['reference'], ['ticket'], ['order'], ['customer', 'openedAt'], ['status', 'lastEventAt']],
  ...ofEachCase(evolve),
  documents: (fact, key) => [[key, shown(fact)]],
};
