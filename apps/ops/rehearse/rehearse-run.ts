import { availableParallelism } from 'node:os';
import type { Actor } from '../../../libs/event-sourcing/event.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { rehearseInThreads } from '../../../libs/builds/rehearse-in-threads.js';
import { READ_MODELS } from '../../../libs/read-models/read-models.js';
import { keepPlan } from '../../../libs/rehearsal/plan.js';
import { rehearse, type Rehearsal } from '../../../libs/rehearsal/rehearse.js';
import { mistakeIn } from '../../../libs/rehearsal/sides.js';
import { Failure } from '../failure.js';
import { showing } from '../progress.js';
import { decideRules } from '../rules/change-rules.js';
import { findRules, isRuleFile } from '../rule-source.js';

export interface RehearseRequest {
  /** A file, or a rule set of the store. */
  readonly rules: string;
  readonly against?: string;
  readonly from?: string;
  readonly to?: string;
  readonly since?: string;
  readonly at?: string;
  /** Whom history names for a draft's rehearsal. */
  readonly actor: Actor;
}

export interface Rehearsed extends Rehearsal {
  /** Whether history records it: for a draft over all of history, compared with the rules in force. */
  readonly recorded: boolean;
}

/** It lists at most so many changed verdicts, and counts all. */
const MOST = 100_000;

/** Rehearses in as many threads as the machine has cores. */
export async function runRehearsal(stores: Stores, request: RehearseRequest): Promise<Rehearsed> {
  const { rules, against, from, to, since, at = new Date().toISOString(), actor } = request;
  const { events, places } = stores;
  const ruleSet = await findRules(stores, rules);
  const other = against === undefined ? undefined : await findRules(stores, against);
  const drafted = !isRuleFile(rules) && stores.mode === 'write';
  const recorded = drafted && !other && from === undefined && to === undefined;
  const asked = {
    candidate: { ruleSet, since },
    against: other && { ruleSet: other },
    from,
    to,
    at,
    most: MOST,
  };
  const mistake = mistakeIn(asked);
  if (mistake) throw new Failure(`--${mistake.field} ${mistake.message}.`);
  const rehearsal = await showing('Rehearsing', (onProgress) =>
    rehearse(asked, {
      events,
      projections: READ_MODELS,
      inShares: rehearseInThreads(availableParallelism(), { places, onProgress }),
    }),
  );
  if (recorded) await record(stores, rehearsal, actor);
  return { ...rehearsal, recorded };
}

/** Stores the plan first, so that history names no missing one. */
async function record(stores: Stores, rehearsal: Rehearsal, actor: Actor): Promise<void> {
  const { programme, ruleSet, digestBefore, digestAfter, changedCount } = rehearsal;
  await keepPlan(stores.ledger, rehearsal);
  const digests = { digestBefore, digestAfter };
  await decideRules(stores, { type: 'RecordRehearsal', programme, ruleSet, ...digests, changedCount }, actor);
}
