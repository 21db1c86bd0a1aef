import type { CaseEvent } from '../recovery/case/case-events.js';
import type { RecoveryEvent } from '../recovery/history.js';
import { READ_MODELS, type AnyReadModel } from '../read-models/read-models.js';
import { compileRules } from '../recovery/rules/compile.js';
import type { RuleSet } from '../recovery/rules/rule-set.js';
import { openHistory, tell, type Told } from '../replay/history.testing.js';
import { rebuild } from '../replay/builds/rebuild.js';
import { loadRuleBooks } from '../replay/builds/rule-books.js';
import { rehearse, type Rehearsal, type RehearsalOptions } from './rehearse.js';
import type { RehearsalAsked } from './sides.js';

export const PROJECTIONS: readonly AnyReadModel[] = READ_MODELS;

/** Read at this moment, where a test names no other. */
export const AT = '2031-06-30T00:00:00.000Z';

const DRAFTED = '2031-01-01T00:00:00.000Z';

/** Rules drafted and put in force since ever. */
export function inForce(ruleSet: RuleSet): Told[] {
  const { hash } = compileRules(ruleSet);
  const { programme } = ruleSet;
  return [
    ofRules({ type: 'RuleSetDrafted', data: { programme, ruleSet: hash, content: ruleSet } }),
    ofRules({ type: 'RuleSetActivated', data: { programme, ruleSet: hash, from: null, overThePast: false } }),
  ];
}

export const ofRules = (event: RecoveryEvent): Told => ({ stream: 'rules-care', event, occurredAt: DRAFTED });

/** A case by its name, event by event. */
export const caseTold = (name: string, ...told: readonly (readonly [at: string, event: CaseEvent])[]): Told[] =>
  told.map(([at, event]) => ({
    stream: `case-${name}`,
    customer: `customer of ${name}`,
    occurredAt: new Date(at).toISOString(),
    event:
      event.type === 'CaseOpened'
        ? { ...event, data: { ...event.data, case: name, customer: `customer of ${name}`, reference: name } }
        : event,
  }));

/** A history with what is told, its read models served, for the time of a test. */
export async function historyOf(...told: readonly Told[]): Promise<{
  readonly store: ReturnType<typeof openHistory>;
  rehearsed(ruleSet: RuleSet, more?: Partial<RehearsalAsked & RehearsalOptions>): Promise<Rehearsal>;
}> {
  const store = openHistory();
  const { events, reads } = store;
  await tell(events, told);
  const { books, entries } = await loadRuleBooks(events);
  const inputs = { rules: books };
  const common = { events, reads, projections: PROJECTIONS, inputs, stepMs: Infinity };
  const { id } = await rebuild({ ...common, ruleBooks: entries, reason: 'test' });
  await reads.switchTo(id, undefined);
  return {
    store,
    rehearsed(ruleSet, { signal, onProgress, inShares, ...more } = {}) {
      const asked = { candidate: { ruleSet }, at: AT, most: 1_000, ...more };
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
