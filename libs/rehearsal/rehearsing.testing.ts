import type { CaseEvent } from '../recovery/case/case.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { Inputs } from '../read-models/inputs.js';
import { READ_MODELS, type AnyReadModel } from '../read-models/read-models.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { openHistory, appendEvents, type GivenEvent } from '../replay/history.testing.js';
import { rebuild } from '../replay/builds/rebuild.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import { rehearse, type Rehearsal, type RehearsalOptions } from './rehearse.js';
import type { RehearsalRequest } from './sides.js';

export const PROJECTIONS: readonly AnyReadModel[] = READ_MODELS;

/** The moment at which running clocks are read, unless a test names another. */
export const READ_AT = '2031-06-30T00:00:00.000Z';

const DRAFTED = '2031-01-01T00:00:00.000Z';

/** The events that draft a rule set and put it in force since ever. */
export function inForce(ruleSet: RuleSet): GivenEvent[] {
  const { hash } = compileRules(ruleSet);
  const { programme } = ruleSet;
  return [
    rulesEvent({ type: 'RuleSetDrafted', data: { programme, ruleSet: hash, content: ruleSet } }),
    rulesEvent({ type: 'RuleSetActivated', data: { programme, ruleSet: hash, from: null, overThePast: false } }),
  ];
}

export const rulesEvent = (event: RecoveryEvent): GivenEvent => ({ stream: 'rules-care', event, occurredAt: DRAFTED });

/** The events of a case of this name. */
export const caseEvents = (
  name: string,
  ...events: readonly (readonly [at: string, event: CaseEvent])[]
): GivenEvent[] =>
  events.map(([at, event]) => ({
    stream: `case-${name}`,
    customer: `customer of ${name}`,
    occurredAt: new Date(at).toISOString(),
    event:
      event.type === 'CaseOpened'
        ? { ...event, data: { ...event.data, case: name, customer: `customer of ${name}`, reference: name } }
        : event,
  }));

/** A store with these events and a live build of them. */
export async function historyOf(...given: readonly GivenEvent[]): Promise<{
  readonly store: ReturnType<typeof openHistory>;
  rehearsed(ruleSet: RuleSet, more?: Partial<RehearsalRequest & RehearsalOptions>): Promise<Rehearsal>;
}> {
  const store = openHistory();
  const { events, reads } = store;
  await appendEvents(events, given);
  const { books, entries } = await loadRuleBooks(events);
  const inputs = new Inputs(books);
  const common = { events, reads, projections: PROJECTIONS, inputs, stepMs: Infinity };
  const { id } = await rebuild({ ...common, ruleBooks: entries, reason: 'test' });
  await reads.switchTo(id, undefined);
  return {
    store,
    rehearsed(ruleSet, { signal, onProgress, inShares, ...more } = {}) {
      const asked = { candidate: { ruleSet }, at: READ_AT, most: 1_000, ...more };
      return rehearse(asked, {
        events,
        projections: PROJECTIONS,
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
        ...(inShares && { inShares }),
      });
    },
  };
}
