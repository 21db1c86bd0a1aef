import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { rehearseInThreads } from '../../libs/builds/rehearse-in-threads.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { rehearse } from '../../libs/rehearsal/rehearse.js';
import { fill, readOnce } from './history-of-cases.js';
import { inTurn, type Figure, type Size } from './measure.js';

const NOW = '2031-01-01T00:00:00.000Z';

/**
 * Rehearses drafts over all of history, with a thread for each core. One changes a goal, as most do, which affects two
 * read models; the other affects all that read the rules.
 */
export async function rehearsing(size: Size, folder: string): Promise<Figure[]> {
  const events = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
  try {
    const ruleSet = defaultPack();
    const actor = { id: 'bench', role: 'operator' };
    await startRules(events, { ruleSet, hash: ruleSetHash(ruleSet), now: NOW, actor });
    const count = await fill(events, size.quick ? 6_000 : 100_000);
    const threads = availableParallelism();
    const rehearsed = (draft: RuleSet) => async (): Promise<number> => {
      const began = performance.now();
      const asked = { candidate: { ruleSet: draft }, at: NOW, most: 1_000 };
      const inShares = rehearseInThreads(threads, { places: { folder } });
      const { changedCount } = await rehearse(asked, { events, projections: READ_MODELS, inShares });
      if (changedCount === 0) throw new Error('The rehearsal of a shorter goal changed nothing.');
      return (count / (performance.now() - began)) * 1_000;
    };
    const read = (): Promise<number> => readOnce(events);
    const goal = await inTurn(size.runs, rehearsed(shorter(ruleSet)), read);
    const everything = await inTurn(size.runs, rehearsed(otherwise(shorter(ruleSet))), read);
    const name = 'history read and parsed once, no folds';
    const note = `${count.toLocaleString('en')} events, ${threads} threads`;
    return [
      {
        what: `rehearse another goal, all ${READ_MODELS.length} read models on both sides`,
        unit: 'events/s',
        ours: goal.ours,
        against: { name, values: goal.against },
        reach: { atLeast: 100_000 },
        note,
      },
      {
        what: 'rehearse a draft that reaches all that reads rules',
        unit: 'events/s',
        ours: everything.ours,
        against: { name, values: everything.against },
        note,
      },
    ];
  } finally {
    await events.close();
  }
}

function defaultPack(): RuleSet {
  const pack = join(resolve(import.meta.dirname, '../../..'), 'packs/service-recovery.yaml');
  const { ruleSet } = parseRuleSet(readFileSync(pack, 'utf8'));
  if (!ruleSet) throw new Error(`${pack} does not parse.`);
  return ruleSet;
}

const shorter = (ruleSet: RuleSet): RuleSet => ({
  ...ruleSet,
  targets: ruleSet.targets.map((target) => ({
    ...target,
    goals: (target.goals ?? []).map((goal) => (goal.within === '24h' ? { ...goal, within: '20h' } : goal)),
  })),
});

/** A holiday in each calendar, another threshold, and a cause renamed. */
const otherwise = (ruleSet: RuleSet): RuleSet => ({
  ...ruleSet,
  calendars: Object.fromEntries(
    Object.entries(ruleSet.calendars).map(([name, calendar]) => [
      name,
      { ...calendar, holidays: [...(calendar.holidays ?? []), '2031-01-08'] },
    ]),
  ),
  ...(ruleSet.triage && { triage: { ...ruleSet.triage, low: { ...ruleSet.triage.low, nps: 5 } } }),
  rootCauses: { ...ruleSet.rootCauses, mapped: [{ from: ['process', 'billing'], to: ['process', 'invoices'] }] },
});
