import { randomUUID } from 'node:crypto';
import { isRefusal } from '../../../libs/event-sourcing/decider.js';
import type { ToAppend } from '../../../libs/event-sourcing/event.js';
import { handle } from '../../../libs/event-store/handle.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import { DECLARATIONS } from '../../../libs/recovery/history.js';
import { rulesDecider, type RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import type { RulesEvent } from '../../../libs/recovery/rules/rules-events.js';
import { digestBuild } from '../../../libs/replay/digest/digest.js';
import { switchGeneration } from '../../../libs/replay/builds/generations.js';
import { EXIT } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { operator } from '../operator.js';
import { bringUpToDate, build, releaseOld, rulesUnder } from '../read-models.js';
import type { RuleFile } from '../rule-file.js';
import { sealHistory } from '../sealing.js';

export interface Replayed {
  readonly programme: string;
  readonly ruleSet: string;
  readonly generation: number;
  readonly digestBefore?: string;
  readonly digestAfter: string;
}

/** A build under other rules beside the live one, the rules put in force over the past, and the switch, in this order. */
export async function runReplay(stores: Stores, { ruleSet, hash }: RuleFile, reason: string): Promise<Replayed> {
  const { programme } = ruleSet;
  const before = await bringUpToDate(stores);
  const digestBefore = (await digestBuild(stores.reads, before.id)).digest;
  // Before the build: whoever finds that left over by a crash, and feeds it, finds its rules in history.
  await commandRules(stores, { type: 'DraftRuleSet', programme, ruleSet: hash, content: ruleSet });
  const next = await build(stores, await rulesUnder(stores, ruleSet), `rule set ${hash}`);
  const digestAfter = (await digestBuild(stores.reads, next.id)).digest;
  await commandRules(stores, { type: 'ApproveRuleSet', programme, ruleSet: hash, reason });
  // The act; the switch only follows it, and bringUpToDate finishes it after a crash in between.
  await commandRules(stores, {
    type: 'ActivateRuleSet',
    programme,
    ruleSet: hash,
    overThePast: true,
    digestBefore,
    digestAfter,
  });
  stores.crashPoint('replay: after activation, before switch');
  await switchGeneration(stores.reads, next.id);
  await releaseOld(stores, before.id);
  await sealHistory(stores);
  return { programme, ruleSet: hash, generation: next.id, digestBefore, digestAfter };
}

/** Resolves to what happened. @throws Failure where the rules of rule sets say no. */
export async function commandRules(
  stores: Stores,
  command: RulesCommand,
  actor = operator(),
): Promise<readonly ToAppend<RulesEvent>[]> {
  const stream = `rules-${command.programme}`;
  const done = await handle(stores.events, rulesDecider, {
    stream,
    command,
    context: {
      now: new Date().toISOString(),
      actor,
      commandId: randomUUID(),
      operators: await operatorsOf(stores),
    },
    declarations: DECLARATIONS,
    envelope: { programme: command.programme, shardKey: stream },
  });
  if (isRefusal(done)) throw new Failure(done.because, EXIT.refused);
  return done.events;
}

/** Whoever has an operator's key; a store without keys has whoever is at its command line. */
async function operatorsOf({ ledger }: Stores): Promise<number> {
  const { ApiKeys } = await import('../../../libs/platform/auth/api-keys.js');
  const keys = await new ApiKeys(ledger, () => new Date().toISOString()).list();
  return new Set(keys.filter(({ role }) => role === 'operator').map(({ name }) => name)).size;
}
