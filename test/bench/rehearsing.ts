import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { SqliteEventStore } from '../../libs/event-store/sqlite/sqlite-event-store.js';
import { startRules } from '../../libs/import/starting-rules.js';
import { rehearseInThreads } from '../../libs/platform/builds/rehearse-in-threads.js';
import { READ_MODELS } from '../../libs/read-models/read-models.js';
import { DECLARATIONS } from '../../libs/recovery/history.js';
import { ruleSetHash } from '../../libs/recovery/rules/hash.js';
import { parseRuleSet } from '../../libs/recovery/rules/parse-rule-set.js';
import type { RuleSet } from '../../libs/recovery/rules/rule-set.js';
import { rehearse } from '../../libs/rehearsal/rehearse.js';
import { fill, readOnce } from './history-of-cases.js';
import { inTurn, type Figure, type Size } from './measure.js';

const NOW = '2031-01-01T00:00:00.000Z';

/** Another goal over all of history: both sides folded, hashed and compared, by as many threads as there are cores. */
export async function rehearsing(size: Size, folder: string): Promise<Figure[]> {
  const events = SqliteEventStore.open({ folder, declarations: DECLARATIONS, mode: 'write' });
  try {
    const ruleSet = defaultPack();
    const actor = { id: 'bench', role: 'operator' };
    await startRules(events, { ruleSet, hash: ruleSetHash(ruleSet), now: NOW, actor });
    const count = await fill(events, size.quick ? 10_000 : 100_000);
    const asked = { candidate: { ruleSet: shorter(ruleSet) }, at: NOW, most: 1_000 };
    const threads = availableParallelism();
    const rehearsed = async (): Promise<number> => {
      const began = performance.now();
      const inShares = rehearseInThreads(threads, { places: { folder } });
      const { changedCount } = await rehearse(asked, { events, projections: READ_MODELS, inShares });
      if (changedCount === 0) throw new Error('The rehearsal of a shorter goal changed nothing.');
      return (count / (performance.now() - began)) * 1_000;
    };
    const { ours, against } = await inTurn(size.runs, rehearsed, () => readOnce(events));
    return [
      {
        what: `rehearse another goal, all ${READ_MODELS.length} read models on both sides`,
        unit: 'events/s',
        ours,
        against: { name: 'history read and parsed once, no folds', values: against },
        reach: { atLeast: 100_000 },
        note: `${count.toLocaleString('en')} events, ${threads} threads`,
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
