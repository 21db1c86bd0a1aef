import { randomUUID } from 'node:crypto';
import { isRefusal, type Refusal } from '../../../libs/event-sourcing/decider.js';
import type { Actor } from '../../../libs/event-sourcing/event.js';
import { wayIn } from '../../../libs/platform/stores/ground.js';
import type { Stores } from '../../../libs/platform/stores/open-stores.js';
import type { RulesCommand } from '../../../libs/recovery/rules/rule-decider.js';
import { releaseRetired } from '../../../libs/replay/builds/generations.js';
import { commandRules, type Sent } from '../../../libs/rule-changes/command-rules.js';
import { RuleChanges } from '../../../libs/rule-changes/rule-changes.js';
import { EXIT, Failure } from '../failure.js';
import { catchUp, directBuilds, sealHistory } from '../end-of-history.js';

/** Changes rules in this process; read models reach the end of history first, seals at the end. @throws Failure where it is refused */
export async function changeRules<T extends object>(
  stores: Stores,
  actor: Actor,
  work: (changes: RuleChanges, sent: Sent) => Promise<T | Refusal>,
): Promise<T> {
  const before = await catchUp(stores);
  const changes = new RuleChanges({ ...stores, ...(await wayIn(stores)), builds: directBuilds(stores) });
  const changed = unlessRefused(await work(changes, { actor, commandId: randomUUID() }));
  await releaseRetired(stores.reads, before.id);
  await sealHistory(stores);
  return changed;
}

/** Sends one command on rules, after which read models and seals reach the end of history. @throws Failure where it is refused */
export async function decideRules(stores: Stores, command: RulesCommand, actor: Actor): Promise<void> {
  unlessRefused(await commandRules(await wayIn(stores), command, { actor, commandId: randomUUID() }));
  if (await stores.reads.live()) await catchUp(stores);
  await sealHistory(stores);
}

function unlessRefused<T extends object>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new Failure(inWords(outcome), EXIT.refused);
  return outcome;
}

/** What the commands of a way out are called here. */
const ON_THE_COMMAND_LINE: Readonly<Record<string, string | undefined>> = {
  DraftRuleSet: 'amends rules draft',
  ApproveRuleSet: 'amends rules approve',
  ActivateRuleSet: 'amends rules activate',
  RollBackRules: 'amends rules rollback',
} satisfies Partial<Record<RulesCommand['type'], string>>;

function inWords({ because, through }: Refusal): string {
  const commands = (through?.by ?? []).flatMap((type) => ON_THE_COMMAND_LINE[type] ?? []);
  return commands.length === 0 ? because : `${because.replace(/\.$/, '')} (${commands.join(', ')}).`;
}
